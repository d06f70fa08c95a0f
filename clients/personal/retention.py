"""How long data of people are kept: who falls due, who was warned, and, where a rule is on, the erasure."""

import calendar
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Max
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from clients.models import Client, Interaction, Person, RetentionNotice, RetentionRule
from clients.personal.erasing import erase_subject
from clients.personal.sources import subject_of
from clients.rules import WARNING_DAYS, ClientKind, ClientState, RetentionAudience
from common.conflicts import Vanished, is_busy
from common.periods import IsoWeek
from jobs.outbox import queue_mail

Days = Mapping[int, date]
_orders: list[Callable[[], Days]] = []
MOST_ERASED = 200
"""Erasures of one night; the next night goes on."""
AT_ONCE = 500
MAIL_KIND = "clients.retention"
MAIL_LIVES = timedelta(days=3)


def add_orders(last_days: Callable[[], Days]) -> None:
    """Where the last order of each client is known; who has one is a client, others are prospects."""
    if last_days not in _orders:
        _orders.append(last_days)


def rules() -> dict[RetentionAudience, RetentionRule]:
    """Both rules; one that nobody touched yet has its default: 36 months, off."""
    stored = {rule.audience: rule for rule in RetentionRule.objects.all()}
    return {audience: stored.get(audience.value) or RetentionRule(audience=audience.value)
            for audience in RetentionAudience}  # fmt: skip


@transaction.atomic
def change_rule(
    *, audience: RetentionAudience, months: int, is_on: bool, by: Any, now: datetime
) -> RetentionRule:
    rule, _created = RetentionRule.objects.update_or_create(
        audience=audience.value,
        defaults={"months": months, "is_on": is_on, "changed_by": by, "changed_at": now},
    )
    return rule


def months_after(day: date, months: int) -> date:
    """The same day of the month, or its last one where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Due:
    """Somebody and the day on which the data fall due."""

    client_id: int
    person_id: int | None
    audience: RetentionAudience
    last_sign_on: date
    due_on: date

    @property
    def key(self) -> tuple[int, int | None]:
        return self.client_id, self.person_id


def falling_due(*, today: date) -> Iterator[Due]:
    """Private clients and people of companies due within the warning time, read set-based."""
    orders: dict[int, date] = {}
    for source in _orders:
        for client_id, day in source().items():
            orders[client_id] = max(day, orders.get(client_id, day))
    kept = {audience: rule.months for audience, rule in rules().items()}
    horizon = today + timedelta(days=WARNING_DAYS)
    for client_id, person_id, signs in (*_private_clients(orders), *_people(orders)):
        audience = RetentionAudience.CLIENT if client_id in orders else RetentionAudience.PROSPECT
        last = max(day for day in signs if day is not None)
        due_on = months_after(last, kept[audience])
        if due_on <= horizon:
            yield Due(client_id, person_id, audience, last, due_on)


Signs = tuple[int, int | None, tuple[date | None, ...]]


def _private_clients(orders: Days) -> Iterator[Signs]:
    talks = _last_talks("client_id")
    contacts = dict(
        Person.objects.filter(last_contact_on__isnull=False).values("client_id")
        .annotate(last=Max("last_contact_on")).values_list("client_id", "last")
    )  # fmt: skip
    rows = Client.objects.filter(kind=ClientKind.PERSON.value, state=ClientState.ACTIVE.value)
    for pk, created in rows.annotate(day=TruncDate("created_at")).values_list("pk", "day").iterator():
        yield pk, None, (created, orders.get(pk), talks.get(pk), contacts.get(pk))


def _people(orders: Days) -> Iterator[Signs]:
    """A person who left a company is kept for what that person did, not for what the company buys."""
    talks = _last_talks("person_id")
    rows = Person.objects.filter(
        client__kind=ClientKind.COMPANY.value, client__state=ClientState.ACTIVE.value
    )
    columns = rows.annotate(day=TruncDate("created_at")).values_list(
        "pk", "client_id", "day", "last_contact_on", "left_on"
    )
    for pk, client_id, created, contact, left in columns.iterator():
        bought = left if left else orders.get(client_id)
        yield client_id, pk, (created, contact, talks.get(pk), bought)


def _last_talks(by: str) -> dict[int, date]:
    """Last interaction that came from the client's side; a mail of ours is no sign of life."""
    talks = Interaction.objects.filter(came_from_client=True, **{f"{by}__isnull": False})
    return dict(talks.values(by).annotate(last=Max(TruncDate("happened_at"))).values_list(by, "last"))


def check_retention(*, today: date, now: datetime) -> dict[str, Any]:
    """Warn of what falls due within 60 days and, where a rule is on, erase what is due; safe to repeat."""
    due = {one.key: one for one in falling_due(today=today)}
    with transaction.atomic():
        counts = _keep_notices(due, today)
        _tell_owners(counts.pop("new_ids"), now)
    erased = _act(today, now)
    return {
        "due_soon": len(due), "warned": counts["warned"], "withdrawn": counts["withdrawn"], "erased": erased,
        "postponed": RetentionNotice.objects.filter(postponed_until__gt=today).count(),
    }  # fmt: skip


def _keep_notices(due: Mapping[tuple[int, int | None], Due], today: date) -> dict[str, Any]:
    known = {(notice.client_id, notice.person_id): notice for notice in RetentionNotice.objects.all()}
    gone = [notice.pk for key, notice in known.items() if key not in due]
    for first in range(0, len(gone), AT_ONCE):
        RetentionNotice.objects.filter(pk__in=gone[first : first + AT_ONCE]).delete()
    moved = []
    for key in due.keys() & known.keys():
        notice, one = known[key], due[key]
        if (notice.due_on, notice.audience) != (one.due_on, one.audience.value):
            notice.due_on, notice.last_sign_on, notice.audience = (
                one.due_on,
                one.last_sign_on,
                one.audience.value,
            )
            moved.append(notice)
    RetentionNotice.objects.bulk_update(moved, ["due_on", "last_sign_on", "audience"], batch_size=AT_ONCE)
    new = RetentionNotice.objects.bulk_create(
        [
            RetentionNotice(
                client_id=one.client_id, person_id=one.person_id, audience=one.audience.value,
                last_sign_on=one.last_sign_on, due_on=one.due_on, warned_on=today,
            )
            for key, one in sorted(due.items(), key=lambda item: (item[1].due_on, item[1].client_id))
            if key not in known
        ],
        batch_size=AT_ONCE,
    )  # fmt: skip
    return {"warned": len(new), "withdrawn": len(gone), "new_ids": [notice.client_id for notice in new]}


def _tell_owners(client_ids: list[int], now: datetime) -> None:
    """One mail a week and owner, with how many and where to look; no names."""
    by_owner: Counter[int] = Counter()
    for first in range(0, len(client_ids), AT_ONCE):
        rows = Client.objects.filter(pk__in=client_ids[first : first + AT_ONCE], owner__is_active=True)
        by_owner.update(rows.values_list("owner_id", flat=True))
    week = IsoWeek.of(now.date())
    for owner in User.objects.filter(pk__in=by_owner).order_by("pk"):
        with translation.override(owner.language):
            count = by_owner[owner.pk]
            subject = ngettext(
                "The data of %(count)s person fall due", "The data of %(count)s people fall due", count
            ) % {"count": count}
            url = f"{settings.CMIX_BASE_URL}{reverse('clients:retention')}"
            text = _(
                "Nothing was heard of them for long. Keep them with a reason, or let them go: %(url)s"
            ) % {"url": url}
        queue_mail(
            kind=MAIL_KIND, key=f"{week}:{owner.pk}", recipient=owner, subject=subject, text=text, html="",
            now=now, give_up_at=now + MAIL_LIVES,
        )  # fmt: skip


def _act(today: date, now: datetime) -> int:
    """Erase what is due, was warned of 60 days ago and is not postponed, where the rule is on."""
    on = [audience.value for audience, rule in rules().items() if rule.is_on]
    ripe = RetentionNotice.objects.filter(
        audience__in=on, due_on__lte=today, warned_on__lte=today - timedelta(days=WARNING_DAYS)
    ).exclude(postponed_until__gt=today)
    erased = 0
    for notice in ripe.select_related("client", "person__client").order_by("due_on", "pk")[:MOST_ERASED]:
        subject = subject_of(notice.person or notice.client)
        try:
            erase_subject(subject=subject, by=None, now=now, reason="retention")
        except Vanished:
            continue
        except DatabaseError as error:
            if not is_busy(error):
                raise
            break  # an import holds the records: the next night goes on
        erased += 1
    return erased


def postpone(*, notice: RetentionNotice, until: date, reason: str, by: Any) -> None:
    """Keep the data until ``until``, for a reason that is shown."""
    RetentionNotice.objects.filter(pk=notice.pk).update(
        postponed_until=until, reason=reason.strip(), postponed_by=by
    )
