"""Make an owner's list of one week, once, with its mail in the same transaction."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.models import User
from attention.emails import MAIL_KIND, build_mail, mail_key
from attention.models import Belief, ListLine, WeeklyList
from attention.rules.belief import Floats
from attention.rules.planning import RULE_VERSION, WeekPlan, plan_week
from attention.selectors.portfolio import portfolio_margin_rate, read_portfolio, run_for, trends
from clients.models import Client
from clients.rules import ClientState
from common.periods import IsoWeek
from jobs.outbox import queue_mail
from kinetics.models import KineticsRun

logger = logging.getLogger(__name__)
BELIEFS_KEPT_WEEKS = 26
LEAST_MAIL_TIME = timedelta(days=1)


def owners_with_clients() -> QuerySet[User]:
    """Who gets a list: active, with hours for clients and at least one client."""
    return User.objects.filter(
        Exists(Client.objects.filter(owner=OuterRef("pk"), state=ClientState.ACTIVE.value)),
        is_active=True,
        weekly_hours__gt=0,
    ).order_by("pk")


def freeze_lists(*, week: IsoWeek, now: datetime, owners: Iterable[User] | None = None) -> dict[str, int]:
    """Freeze the lists of ``week`` that do not exist yet and queue their mails.

    Returns counts of owners by state: ``frozen`` now, of which ``empty``; ``already`` there;
    ``waiting`` because no night is published. Safe to repeat and to run at the same time.
    """
    asked = list(owners_with_clients() if owners is None else owners)
    there = set(_of_week(week).values_list("owner_id", flat=True))
    todo = [owner for owner in asked if owner.pk not in there]
    counts = Counter({"frozen": 0, "empty": 0, "already": len(asked) - len(todo), "waiting": 0})
    run = run_for(week)
    if run is None:
        counts["waiting"] = len(todo)
    elif todo:
        margin_rate = portfolio_margin_rate(run.as_of)
        for owner in todo:
            counts.update(_freeze(owner, week, run, margin_rate, now))
        _forget_old_beliefs(week)
    return dict(counts)


def _of_week(week: IsoWeek) -> QuerySet[WeeklyList]:
    return WeeklyList.objects.filter(iso_year=week.year, iso_week=week.week)


def _freeze(
    owner: User, week: IsoWeek, run: KineticsRun, margin_rate: float | None, now: datetime
) -> list[str]:
    """States to count. Read and reckon first, then write all of it or nothing."""
    portfolio, beliefs = read_portfolio(owner=owner, week=week, run=run, margin_rate=margin_rate)
    # A rerun of the night may have taken the rows away while they were read.
    if not KineticsRun.objects.published().filter(pk=run.pk).exists():
        return ["waiting"]
    plan = plan_week(portfolio)
    revenue = trends([line.client_id for line in plan.lines], run.as_of)
    try:
        with transaction.atomic():
            weekly_list = _write_list(owner, week, run, plan, now)
            _write_lines(weekly_list, plan, revenue)
            _write_beliefs(week, beliefs)
            _queue(weekly_list, owner, now)
    except IntegrityError:
        # Somebody else was quicker: the list that is there is the list.
        if not _of_week(week).filter(owner=owner).exists():
            raise
        return ["already"]
    logger.info("list of week %s for owner %s: %s lines", week, owner.pk, len(plan.lines))
    return ["frozen"] if plan.lines else ["frozen", "empty"]


def _write_list(owner: User, week: IsoWeek, run: KineticsRun, plan: WeekPlan, now: datetime) -> WeeklyList:
    return WeeklyList.objects.create(
        owner=owner, iso_year=week.year, iso_week=week.week, as_of=run.as_of, kinetics_run=run,
        capacity_minutes=round(owner.weekly_hours * 60), planned_minutes=plan.planned_minutes,
        hour_value_cents=plan.hour_value_cents, looked_at=plan.looked_at, left_out=plan.left_out,
        rule_version=RULE_VERSION, params=plan.params, frozen_at=now,
    )  # fmt: skip


def _write_lines(weekly_list: WeeklyList, plan: WeekPlan, revenue: Mapping[int, list[int]]) -> None:
    ListLine.objects.bulk_create(
        ListLine(
            weekly_list=weekly_list, client_id=line.client_id, rank=rank, dose_minutes=line.dose_minutes,
            value_cents=line.value_cents, parts=line.parts, inputs=line.inputs,
            trend=revenue[line.client_id], reasons=[reason.as_json() for reason in line.reasons],
            act=line.act, segment=line.segment, own_segment=line.own_segment, exploration=line.exploration,
        )
        for rank, line in enumerate(plan.lines, start=1)
    )  # fmt: skip


def _write_beliefs(week: IsoWeek, beliefs: Mapping[int, Floats]) -> None:
    rows = [
        Belief(client_id=client_id, iso_year=week.year, iso_week=week.week,
               stable=float(row[0]), sliding=float(row[1]), critical=float(row[2]))
        for client_id, row in beliefs.items()
    ]  # fmt: skip
    # A client that changed hands this week has its belief already.
    Belief.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)


def _queue(weekly_list: WeeklyList, owner: User, now: datetime) -> None:
    mail = build_mail(weekly_list, owner)
    weekly_list.mail = queue_mail(
        kind=MAIL_KIND, key=mail_key(weekly_list.week, owner), recipient=owner, subject=mail.subject,
        text=mail.text, html=mail.html, now=now, give_up_at=_give_up_at(weekly_list.week, owner, now),
    )  # fmt: skip
    weekly_list.save(update_fields=["mail"])


def _give_up_at(week: IsoWeek, owner: User, now: datetime) -> datetime:
    """The end of the owner's week: last week's list helps nobody. A list made late has a day."""
    next_monday = datetime.combine(week.plus(1).monday, datetime.min.time(), tzinfo=ZoneInfo(owner.time_zone))
    return max(next_monday, now + LEAST_MAIL_TIME)


def _forget_old_beliefs(week: IsoWeek) -> None:
    """Only the newest belief of a client is read again; the lines keep what they were made from."""
    oldest = week.plus(-BELIEFS_KEPT_WEEKS)
    coded = Belief.objects.annotate(code=F("iso_year") * 100 + F("iso_week"))
    coded.filter(code__lt=oldest.year * 100 + oldest.week).delete()
