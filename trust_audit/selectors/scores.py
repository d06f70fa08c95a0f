"""The score of stored audits."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from trust_audit.models import Audit, CriterionResult, Evidence
from trust_audit.rules.checklist import Family, Item
from trust_audit.rules.comparison import Comparison, Side, compare
from trust_audit.rules.marks import ProofSeen, mark_of
from trust_audit.rules.scoring import Mark, Score, score_audit
from trust_audit.states import Proof


@dataclass(frozen=True)
class Scored:
    """An audit with everything its figures are made of. ``as_of``: the day evidence is aged to."""

    audit: Audit
    results: tuple[CriterionResult, ...]
    items: tuple[Item, ...]
    marks: dict[str, Mark]
    score: Score
    as_of: date
    evidence: dict[str, list[Evidence]] = field(default_factory=dict)

    @property
    def by_code(self) -> dict[str, CriterionResult]:
        return {result.code: result for result in self.results}

    @property
    def side(self) -> Side:
        return Side(self.audit.checklist, self.items, self.marks)

    @property
    def tested(self) -> int:
        return sum(result.tested for result in self.results)

    @property
    def applicable(self) -> int:
        return sum(result.applies for result in self.results)

    @property
    def percent_done(self) -> int:
        """Rounded down: 100 only when nothing is left."""
        done = sum(result.tested or not result.applies for result in self.results)
        return 100 * done // len(self.results) if self.results else 0


def local_day(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def scored(audit: Audit, as_of: date) -> Scored:
    return scored_many([audit], as_of)[audit.pk]


def scored_many(audits: Iterable[Audit], as_of: date) -> dict[int, Scored]:
    """Two queries whatever the number of audits. A signed audit stands at the day of its signature."""
    audits = list(audits)
    results: dict[int, list[CriterionResult]] = defaultdict(list)
    for result in CriterionResult.objects.filter(audit__in=audits).order_by("audit", "position"):
        results[result.audit_id].append(result)
    evidence: dict[int, dict[str, list[Evidence]]] = defaultdict(lambda: defaultdict(list))
    rows = Evidence.objects.filter(audit__in=audits, result__isnull=False).select_related("result")
    for one in rows.order_by("pk"):
        evidence[one.audit_id][one.result.code].append(one)
    return {audit.pk: _scored(audit, results[audit.pk], dict(evidence[audit.pk]), as_of) for audit in audits}


def _scored(
    audit: Audit, results: list[CriterionResult], evidence: dict[str, list[Evidence]], as_of: date
) -> Scored:
    day = local_day(audit.signed_at) if audit.signed_at else as_of
    items = tuple(Item(one.code, Family(one.family), one.weight, one.cap) for one in results)
    marks = {one.code: _mark(one, evidence.get(one.code, []), day) for one in results}
    return Scored(audit, tuple(results), items, marks, score_audit(items, marks), day, evidence)


def _mark(result: CriterionResult, evidence: list[Evidence], day: date) -> Mark:
    return mark_of(
        applies=result.applies,
        level=result.level,
        second_level=result.second_level,
        level_age_days=max(0, (day - local_day(result.level_at)).days) if result.level_at else 0,
        proofs=[
            ProofSeen(
                kind=Proof(one.kind),
                age_days=max(0, (day - one.captured_on).days),
                explained=bool(result.note or one.caption),
                confirmed=one.confirmed_at is not None,
            )
            for one in evidence
        ],
    )


def compared(before: Scored, after: Scored) -> Comparison:
    return compare(before.side, after.side)


def frozen_score(audit: Audit) -> dict[str, Any]:
    """What the signature wrote down; empty while the audit runs."""
    score: dict[str, Any] = audit.score
    return score
