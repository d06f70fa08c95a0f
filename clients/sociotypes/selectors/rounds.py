"""How rounds go: who got, opened, finished; and the mix of answers where enough people answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import numpy as np
from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When

from clients.models import Invitation, ItemAnswer, QuestionnaireRound, SociotypeResult
from clients.sociotypes.permission import of_profiled_q
from clients.sociotypes.rules.instrument import CURRENT, TYPES
from clients.sociotypes.rules.mix import told_mix
from clients.sociotypes.rules.reliability import ScaleReliability, reliability
from clients.sociotypes.rules.scoring import Channel
from common.paging import Page
from jobs.rules import MailState

"""A mix of fewer people would tell what one of them answered."""
PAGE_SIZE = 50


class Progress(StrEnum):
    """Where an invitation stands; the first that holds counts."""

    DONE = "done"
    REVOKED = "revoked"
    STARTED = "started"
    EXPIRED = "expired"
    NOT_DELIVERED = "not_delivered"
    SENT = "sent"
    WAITING = "waiting"


def with_progress(invitations: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    tests = {
        Progress.DONE: Q(sheet__completed_at__isnull=False),
        Progress.REVOKED: Q(revoked_at__isnull=False),
        Progress.EXPIRED: Q(expires_at__lt=now),
        Progress.STARTED: Q(sheet__isnull=False),
        Progress.NOT_DELIVERED: Q(mail__state__in=[MailState.FAILED, MailState.UNCERTAIN]),
        Progress.SENT: Q(mail__state=MailState.SENT),
    }
    whens = [When(test, then=Value(state.value)) for state, test in tests.items()]
    return invitations.annotate(
        progress=Case(*whens, default=Value(Progress.WAITING.value), output_field=CharField())
    )


@dataclass(frozen=True)
class RoundRow:
    round: QuestionnaireRound
    invited: int
    started: int
    done: int

    @property
    def rate(self) -> float | None:
        """Share of those invited who finished."""
        return self.done / self.invited if self.invited else None


def round_rows(user: Any, limit: int = 50) -> list[RoundRow]:
    """Newest first; the counts are of the clients one may see."""
    rounds = list(
        QuestionnaireRound.objects.visible_to(user).defer("audience").select_related("created_by")
        .order_by("-created_at", "-pk")[:limit]
    )  # fmt: skip
    counted = (
        Invitation.objects.visible_to(user).filter(round__in=[each.pk for each in rounds])
        .values("round_id").annotate(
            invited=Count("pk"), started=Count("sheet"), done=Count("sheet__completed_at"),
        ).order_by()
    )  # fmt: skip
    by_round = {row["round_id"]: row for row in counted}
    nothing = {"invited": 0, "started": 0, "done": 0}
    return [
        RoundRow(each, **{name: by_round.get(each.pk, nothing)[name] for name in nothing}) for each in rounds
    ]


def progress_counts(round_: QuestionnaireRound, user: Any, now: datetime) -> dict[str, int]:
    mine = with_progress(round_.invitations.visible_to(user), now)
    return dict(mine.values_list("progress").annotate(n=Count("pk")).order_by())


def invitation_page(
    round_: QuestionnaireRound, user: Any, now: datetime, *, number: int, progress: str = ""
) -> Page[Invitation]:
    rows = with_progress(round_.invitations.visible_to(user), now)
    if progress:
        rows = rows.filter(progress=progress)
    rows = rows.select_related("person__client", "sheet", "mail").order_by("person__client__name", "pk")
    start = (number - 1) * PAGE_SIZE
    found = list(rows[start : start + PAGE_SIZE + 1])
    return Page(rows=found[:PAGE_SIZE], number=number, size=PAGE_SIZE, has_next=len(found) > PAGE_SIZE)


@dataclass(frozen=True)
class Mix:
    """People by type, all together; the counts of small groups are withheld (None)."""

    counts: dict[str, int | None]
    total: int


def mix(user: Any, as_of: date) -> Mix | None:
    """How many people of each type answered or were observed; None below ten."""
    # Nearly all are valid: said with NOT, SQLite passes over them as they lie, not one by one in the order of days.
    valid = SociotypeResult.objects.visible_to(user).filter(
        ~Q(expires_on__lt=as_of), of_profiled_q(), superseded_on__isnull=True, person__left_on__isnull=True,
    ).filter(Q(is_suspect=False) | Q(confirmed_at__isnull=False)).exclude(type="")  # fmt: skip
    counts = dict(valid.values_list("type").annotate(n=Count("pk")).order_by())
    told = told_mix({kind.value: counts.get(kind.value, 0) for kind in TYPES})
    return Mix(told, sum(counts.values())) if told else None


def answer_table(user: Any, *, language: str = "") -> Any:
    """n × 12 of complete, unflagged or confirmed answers given by people themselves, kept statement by
    statement. Two columns per answer: read in one query."""
    sheets = SociotypeResult.objects.visible_to(user).filter(
        of_profiled_q(), channel__in=[Channel.SELF, Channel.PHONE], answered=len(CURRENT.items),
        version=CURRENT.version, instrument=CURRENT.name,
    ).filter(Q(is_suspect=False) | Q(confirmed_at__isnull=False))  # fmt: skip
    if language:
        sheets = sheets.filter(language=language)
    rows = ItemAnswer.objects.filter(sheet__in=sheets.values("sheet_id")).order_by("sheet_id")
    return _table(list(rows.values_list("sheet_id", "item", "value")))


def _table(rows: Sequence[tuple[int, str, int | None]]) -> Any:
    places = {key: i for i, key in enumerate(CURRENT.keys)}
    index: dict[int, int] = {}
    for sheet, _, _ in rows:
        index.setdefault(sheet, len(index))
    table = np.full((len(index), len(places)), np.nan)
    for sheet, item, value in rows:
        if item in places and value is not None:
            table[index[sheet], places[item]] = value
    return table


@dataclass(frozen=True)
class ReliabilityReport:
    language: str
    answers: int
    scales: Sequence[ScaleReliability]


def reliability_report(user: Any, language: str = "") -> ReliabilityReport:
    table = answer_table(user, language=language)
    return ReliabilityReport(language, len(table), reliability(table))
