"""One audit as its pages show it: the rail of families, one criterion, what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from trust_audit.labels import FAMILIES
from trust_audit.models import Audit, CriterionResult, Evidence, Finding, Proposal
from trust_audit.radar import Radar, Series, radar
from trust_audit.rules.checklist import Criterion, Family, Law
from trust_audit.rules.gains import Effort, Gain, gains, strengths
from trust_audit.rules.logs import Call, Suggestion, TestOrder, level_of_calls, level_of_orders
from trust_audit.rules.scoring import FamilyScore, Score
from trust_audit.selectors.checklists import checklist
from trust_audit.selectors.scores import Scored, scored
from trust_audit.states import Proof
from trust_audit.wording import in_words, language, level_word, probe_sentence, sentence

CALLS, ORDERS = "ORD-07", "ORD-04"
PRIORITIES = 5


@dataclass(frozen=True)
class RailEntry:
    code: str
    question: str
    state: str  # tested, na, open
    level: int | None
    disputed: bool
    proposed: bool


@dataclass(frozen=True)
class RailFamily:
    family: Family
    label: str
    score: FamilyScore
    entries: tuple[RailEntry, ...]


@dataclass(frozen=True)
class Choice:
    level: int
    word: str
    anchor: str
    chosen: bool


@dataclass(frozen=True)
class ShownProposal:
    row: Proposal
    question: str
    sentences: list[str]


@dataclass(frozen=True)
class Card:
    """One criterion in the reader's language, with what was said about it."""

    result: CriterionResult
    question: str
    why: str
    how: str
    law: Law | None
    choices: tuple[Choice, ...]
    second_choices: tuple[Choice, ...]
    findings: list[Finding]
    evidence: list[Evidence]
    proposal: ShownProposal | None
    suggestion: Suggestion | None
    previous: str
    next: str
    number: int


def rail(found: Scored, proposals: Sequence[Proposal] = ()) -> list[RailFamily]:
    criteria = checklist(found.audit.checklist).by_code()
    waiting = {one.code for one in proposals if one.decision == "open" and one.level is not None}
    return [
        RailFamily(
            family=family,
            label=str(FAMILIES[family]),
            score=score,
            entries=tuple(
                _entry(result, criteria[result.code], waiting)
                for result in found.results
                if result.family == family
            ),
        )
        for family, score in found.score.families.items()
    ]


def _entry(result: CriterionResult, criterion: Criterion, waiting: set[str]) -> RailEntry:
    state = "na" if not result.applies else ("tested" if result.level is not None else "open")
    return RailEntry(
        result.code,
        in_words(criterion.question),
        state,
        result.level,
        result.disputed,
        result.code in waiting,
    )


def card(audit: Audit, found: Scored, code: str, proposals: Sequence[Proposal]) -> Card:
    """Raises ``KeyError`` for a code the audit does not ask."""
    result = found.by_code[code]
    criterion = checklist(audit.checklist).by_code()[code]
    codes = [one.code for one in found.results]
    at = codes.index(code)
    evidence = found.evidence.get(code, [])
    newest = [one for one in proposals if one.code == code]
    return Card(
        result=result,
        question=in_words(criterion.question),
        why=in_words(criterion.why),
        how=in_words(criterion.how),
        law=criterion.law,
        choices=_choices(criterion, result.level if result.applies else None),
        second_choices=_choices(criterion, result.second_level),
        findings=list(result.findings.select_related("page").order_by("pk")),
        evidence=evidence,
        proposal=shown_proposal(newest[-1], criterion) if newest else None,
        suggestion=suggestion(code, evidence),
        previous=codes[at - 1] if at else "",
        next=codes[at + 1] if at + 1 < len(codes) else "",
        number=at + 1,
    )


def _choices(criterion: Criterion, chosen: int | None) -> tuple[Choice, ...]:
    return tuple(
        Choice(level, level_word(criterion, level), anchor, level == chosen)
        for level, anchor in criterion.anchors_in(language())
    )


def shown_proposal(row: Proposal, criterion: Criterion) -> ShownProposal:
    return ShownProposal(row, in_words(criterion.question), [probe_sentence(one) for one in row.because])


def proposals_of(audit: Audit) -> list[Proposal]:
    """The newest of each criterion, in the order of their codes."""
    rows = audit.proposals.select_related("decided_by").order_by("probed_at", "pk")
    newest = {row.code: row for row in rows}
    return [newest[code] for code in sorted(newest)]


def suggestion(code: str, evidence: Sequence[Evidence]) -> Suggestion | None:
    """The level that the counted calls or test orders come to."""
    if code == CALLS and (calls := [one.data for one in evidence if one.kind == Proof.CALL]):
        return level_of_calls([Call(one.get("waited_seconds"), bool(one.get("solved"))) for one in calls])
    if code == ORDERS and (orders := [one.data for one in evidence if one.kind == Proof.ORDER]):
        return level_of_orders([_order(one) for one in orders])
    return None


def _order(data: dict[str, Any]) -> TestOrder:
    came = data.get("delivered_on")
    return TestOrder(
        promised_on=date.fromisoformat(data["promised_on"]),
        delivered_on=date.fromisoformat(came) if came else None,
        right_goods=bool(data.get("right_goods")),
        extra_cost=bool(data.get("extra_cost")),
    )


@dataclass(frozen=True)
class Priority:
    gain: Gain
    question: str
    level: int | None
    family: str


def priorities(found: Scored) -> list[Priority]:
    """Every tested criterion below the top, the first to fix first."""
    criteria = checklist(found.audit.checklist).by_code()
    efforts = {result.code: Effort(result.effort) for result in found.results}
    by_code = found.by_code
    return [
        Priority(
            one, in_words(criteria[one.code].question), by_code[one.code].level,
            str(FAMILIES[Family(by_code[one.code].family)]),
        )
        for one in gains(found.items, found.marks, efforts)
    ]  # fmt: skip


def strong_points(found: Scored) -> list[tuple[str, str]]:
    criteria = checklist(found.audit.checklist).by_code()
    return [(code, in_words(criteria[code].question)) for code in strengths(found.items, found.marks)[:5]]


def radar_of(*found: Scored, names: Sequence[str] = ()) -> Radar:
    """The radar of one audit, or of several laid over each other; the first one's coverage fades the axes."""
    labels = {family: str(label) for family, label in FAMILIES.items()}
    series = [
        Series(
            names[index] if index < len(names) else one.audit.site.name,
            f"radar-shape--{index + 1}",
            {family: _float(score.score) for family, score in one.score.families.items()},
        )
        for index, one in enumerate(found)
    ]
    coverage = {family: _float(score.coverage) for family, score in found[0].score.families.items()}
    return radar(series, labels, coverage)


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def reasons(score: Score) -> list[str]:
    return [sentence(one) for one in score.because]


def audit_now(audit: Audit, as_of: date) -> Scored:
    return scored(audit, as_of)
