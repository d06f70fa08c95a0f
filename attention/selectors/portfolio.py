"""What an owner's week is planned from: a handful of set-based reads, whatever the number of clients."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import F, Max, QuerySet, Sum
from django.db.models.functions import TruncDate

from accounts.models import User
from attention.models import Belief, ListLine, WeeklyList
from attention.rules.belief import PRIOR, Floats, first_look, smooth
from attention.rules.facts import ClientFacts
from attention.rules.lines import Answer, LineState, weeks_between
from attention.rules.planning import Portfolio
from clients.personal.profiling import profiled_q
from clients.rules import ClientState
from common.periods import IsoWeek, current_window
from kinetics.models import ClientIndicator, KineticsRun
from kinetics.states import Evidence, RevenueState
from sales.models import ClientDay
from segmentation.selectors import own_segments_by_client, playbooks_by_client

TREND_SPANS = 13
SPAN_DAYS = 28
INDICATOR_FIELDS = (
    "window_days", "r0_cents", "r1_cents", "growth_rate", "change_p", "gap_p", "first_day", "last_day",
    "expected_cents", "repeat_days", "recency_weeks", "margin_rate", "margin_change", "cost_coverage",
    "assumed_share",
)  # fmt: skip


def run_for(week: IsoWeek) -> KineticsRun | None:
    """The newest published night that was known by the end of ``week``."""
    nights = KineticsRun.objects.published().nights().filter(as_of__lte=week.monday + timedelta(days=6))
    return nights.order_by("-as_of", "-published_at").first()


def portfolio_margin_rate(as_of: date) -> float | None:
    """ΣM / ΣRc over the costed lines of the last 52 weeks of all clients; None without any."""
    window = current_window(as_of)
    sums = ClientDay.objects.filter(day__gt=window.start, day__lte=window.end).aggregate(
        rc=Sum("rc"), cost=Sum("cost")
    )
    if not sums["rc"] or sums["rc"] <= 0:
        return None
    return float((sums["rc"] - sums["cost"]) / sums["rc"])


def read_portfolio(
    *, owner: User, week: IsoWeek, run: KineticsRun, margin_rate: float | None
) -> tuple[Portfolio, dict[int, Floats]]:
    """The owner's clients as of ``run``, and the beliefs of the week by client."""
    clients = _facts(owner, week, run)
    beliefs = _beliefs(owner, week, clients)
    portfolio = Portfolio(
        owner_id=owner.pk,
        week=week,
        as_of=run.as_of,
        hours=float(owner.weekly_hours),
        clients=clients,
        stable={client_id: float(row[0]) for client_id, row in beliefs.items()},
        answers=_answers(owner, week),
        first_week=_first_week(owner) or week,
        margin_rate=margin_rate,
    )
    return portfolio, beliefs


def _facts(owner: User, week: IsoWeek, run: KineticsRun) -> list[ClientFacts]:
    sunday = week.monday + timedelta(days=6)
    segments = playbooks_by_client(owner=owner, day=sunday)
    own = own_segments_by_client(owner=owner, day=sunday)
    rows = (
        ClientIndicator.objects.filter(run=run, client__owner=owner, client__state=ClientState.ACTIVE.value)
        .filter(profiled_q())
        .annotate(created_on=TruncDate("client__created_at"))
        .values_list("client_id", "created_on", "evidence", "revenue_state", *INDICATOR_FIELDS)
        .order_by("client_id")
    )
    return [
        ClientFacts(
            client_id,
            created,
            segments.get(client_id, ""),
            own.get(client_id, ""),
            Evidence(evidence),
            RevenueState(state),
            *rest,
        )
        for client_id, created, evidence, state, *rest in rows.iterator()
    ]


def _beliefs(owner: User, week: IsoWeek, clients: list[ClientFacts]) -> dict[int, Floats]:
    """Last belief moved to ``week`` and weighed with the evidence of the run."""
    if not clients:
        return {}
    known = _last_beliefs(owner, week)
    evidence = [one.evidence for one in clients]
    before = np.array([known[one.client_id][1] if one.client_id in known else PRIOR for one in clients])
    gaps = [weeks_between(known[one.client_id][0], week) if one.client_id in known else 0 for one in clients]
    seen = np.array([[one.client_id in known] for one in clients])
    believed = np.where(seen, smooth(before, gaps, evidence), first_look(evidence))
    return {one.client_id: row for one, row in zip(clients, believed, strict=True)}


def _last_beliefs(owner: User, week: IsoWeek) -> dict[int, tuple[IsoWeek, tuple[float, float, float]]]:
    """Newest belief before ``week`` of each client; nearly always all of one week."""
    earlier = (
        Belief.objects.filter(client__owner=owner)
        .annotate(code=F("iso_year") * 100 + F("iso_week"))
        .filter(code__lt=week.year * 100 + week.week)
    )
    newest = dict(earlier.values("client_id").annotate(last=Max("code")).values_list("client_id", "last"))
    rows = earlier.filter(code__in=set(newest.values()))
    return {
        client_id: (IsoWeek(code // 100, code % 100), (stable, sliding, critical))
        for client_id, code, stable, sliding, critical in rows.values_list(
            "client_id", "code", "stable", "sliding", "critical"
        )
        if newest[client_id] == code
    }


def _answers(owner: User, week: IsoWeek) -> dict[int, list[Answer]]:
    """Answers of the year before ``week`` on clients the owner has now, whoever gave them."""
    lines: QuerySet[ListLine] = ListLine.objects.filter(
        client__owner=owner, weekly_list__iso_year__gte=week.year - 1
    ).exclude(state=LineState.OPEN)
    zone = ZoneInfo(owner.time_zone)
    found: dict[int, list[Answer]] = defaultdict(list)
    for client_id, year, number, state, spent, dose, until, at in lines.values_list(
        "client_id", "weekly_list__iso_year", "weekly_list__iso_week", "state", "spent_minutes",
        "dose_minutes", "snoozed_until", "answered_at",
    ):  # fmt: skip
        answered = IsoWeek(year, number)
        if answered < week:
            day = at.astimezone(zone).date() if at else None
            minutes = dose if spent is None else spent
            found[client_id].append(Answer(answered, LineState(state), minutes, until, day))
    return found


def _first_week(owner: User) -> IsoWeek | None:
    first = WeeklyList.objects.filter(owner=owner).order_by("iso_year", "iso_week").first()
    return first.week if first else None


def trends(client_ids: Iterable[int], as_of: date) -> dict[int, list[int]]:
    """Revenue in the last 13 spans of 28 days up to ``as_of``, oldest first: no span is cut short."""
    found: dict[int, list[int]] = {client_id: [0] * TREND_SPANS for client_id in client_ids}
    since = as_of - timedelta(days=TREND_SPANS * SPAN_DAYS)
    days = ClientDay.objects.filter(client__in=found, day__gt=since, day__lte=as_of)
    for client_id, day, revenue in days.values_list("client_id", "day", "rev"):
        found[client_id][TREND_SPANS - 1 - (as_of - day).days // SPAN_DAYS] += revenue
    return found
