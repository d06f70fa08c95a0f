"""The score of an audit: six families, one overall value, how sure it is, and what holds it down.

Sums are exact fractions until they are printed, so that 85 is 85 and a cap is the cap. A criterion that
does not apply weighs nothing; one that was not tested is not zero: it widens the interval and lowers
the coverage. Formulas: docs/method.md, Trust.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from common.reasons import Reason
from trust_audit.rules.checklist import TOP, Family, Item

RULE_VERSION = "1"
WEAKEST_MARGIN = 45  # the overall score exceeds the weakest family by this much at most
FINAL_COVERAGE, PROVISIONAL_COVERAGE = Fraction(8, 10), Fraction(1, 2)
SURE_ENOUGH_FOR_A = 0.60
FRESH_DAYS, HALVING_DAYS = 90, 180


class EvidenceKind(StrEnum):
    CLAIM = "claim"
    URL = "url"
    PROBE = "probe"
    FILE = "file"
    REVIEWED = "reviewed"


STRENGTH = {
    EvidenceKind.CLAIM: 0.3,
    EvidenceKind.URL: 0.5,
    EvidenceKind.PROBE: 0.7,
    EvidenceKind.FILE: 0.8,
    EvidenceKind.REVIEWED: 1.0,
}


class State(StrEnum):
    FINAL = "final"
    PROVISIONAL = "provisional"
    NO_GRADE = "no grade"


GRADES = ((85, "A"), (70, "B"), (55, "C"), (40, "D"))
LOWEST = "E"


@dataclass(frozen=True)
class Mark:
    """What an audit says of one criterion: a level from 0 to 4 (halves where two reviewers disagree by
    one), or None for not tested; ``applies`` is False when the criterion does not apply."""

    level: Fraction | int | None = None
    applies: bool = True
    evidence: EvidenceKind = EvidenceKind.CLAIM
    age_days: int = 0

    @property
    def tested(self) -> bool:
        return self.applies and self.level is not None

    @property
    def halves(self) -> int:
        """The level in halves, so that sums over thousands of audits stay whole numbers."""
        return int(2 * (self.level or 0))

    @property
    def share(self) -> Fraction:
        return Fraction(self.halves, 2 * TOP)

    @property
    def trust(self) -> float:
        return STRENGTH[self.evidence] * freshness(self.age_days)


@dataclass(frozen=True)
class FamilyScore:
    """Scores are 0 to 100, coverage and confidence 0 to 1; None where nothing was tested or applies."""

    score: Fraction | None
    coverage: Fraction | None
    low: Fraction | None
    high: Fraction | None
    confidence: float | None
    tested: int
    applicable: int


class CapKind(StrEnum):
    WEAKEST = "weakest_family"
    BLOCKING = "blocking"


@dataclass(frozen=True)
class Cap:
    """A ceiling below the raw score; ``name`` is the family's or the criterion's code."""

    kind: CapKind
    name: str
    limit: Fraction


@dataclass(frozen=True)
class Score:
    families: Mapping[Family, FamilyScore]
    raw: Fraction | None
    overall: Fraction | None
    low: Fraction | None
    high: Fraction | None
    coverage: Fraction
    confidence: float
    grade: str | None
    state: State
    caps: tuple[Cap, ...] = ()
    because: tuple[Reason, ...] = field(default=())


FamilyWeights = Mapping[Family, int]
NO_WEIGHTS: FamilyWeights = {}


def freshness(age_days: int) -> float:
    """1 for ninety days, then halved every 180 days."""
    return 1.0 if age_days <= FRESH_DAYS else 0.5 ** ((age_days - FRESH_DAYS) / HALVING_DAYS)


def family_score(items: Iterable[Item], marks: Mapping[str, Mark]) -> FamilyScore:
    pairs = [(item.weight, marks.get(item.code, Mark())) for item in items]
    applicable = [(weight, mark) for weight, mark in pairs if mark.applies]
    tested = [(weight, mark) for weight, mark in applicable if mark.tested]
    whole, seen = sum(weight for weight, _ in applicable), sum(weight for weight, _ in tested)
    if not whole:
        return FamilyScore(None, None, None, None, None, 0, 0)
    won = 100 * sum(weight * mark.halves for weight, mark in tested)
    low, coverage = Fraction(won, 2 * TOP * whole), Fraction(seen, whole)
    return FamilyScore(
        score=Fraction(won, 2 * TOP * seen) if seen else None,
        coverage=coverage,
        low=low,
        high=low + 100 * (1 - coverage),
        confidence=min(sum(weight * mark.trust for weight, mark in tested) / whole, seen / whole),
        tested=len(tested),
        applicable=len(applicable),
    )


def _mean(values: Mapping[Family, Fraction | None], weights: FamilyWeights) -> Fraction | None:
    known = {family: value for family, value in values.items() if value is not None}
    total = sum(weights.get(family, 1) for family in known)
    if not total:
        return None
    return sum((weights.get(family, 1) * value for family, value in known.items()), Fraction(0)) / total


def grade_of(overall: Fraction, confidence: float) -> str:
    grade = next((letter for line, letter in GRADES if overall >= line), LOWEST)
    return "B*" if grade == "A" and confidence < SURE_ENOUGH_FOR_A else grade


def state_of(coverage: Fraction) -> State:
    if coverage >= FINAL_COVERAGE:
        return State.FINAL
    return State.PROVISIONAL if coverage > PROVISIONAL_COVERAGE else State.NO_GRADE


def _caps(
    items: Sequence[Item], marks: Mapping[str, Mark], families: Mapping[Family, FamilyScore], raw: Fraction
) -> tuple[Cap, ...]:
    """The ceilings that hold the score down, the lowest first."""
    scores = {family: one.score for family, one in families.items() if one.score is not None}
    weakest = min(scores, key=lambda family: scores[family])
    found = [Cap(CapKind.WEAKEST, weakest, scores[weakest] + WEAKEST_MARGIN)]
    for item in items:
        mark = marks.get(item.code, Mark())
        if item.cap is not None and mark.tested and mark.level == 0:
            found.append(Cap(CapKind.BLOCKING, item.code, Fraction(item.cap)))
    return tuple(sorted((cap for cap in found if cap.limit < raw), key=lambda cap: cap.limit))


def score_audit(
    items: Sequence[Item], marks: Mapping[str, Mark], family_weights: FamilyWeights = NO_WEIGHTS
) -> Score:
    """The score of ``marks`` by code; a code without a mark was not tested."""
    by_family: dict[Family, list[Item]] = {}
    for item in items:
        by_family.setdefault(item.family, []).append(item)
    families = {family: family_score(by_family[family], marks) for family in Family if family in by_family}
    coverage = _mean({family: one.coverage for family, one in families.items()}, family_weights)
    raw = _mean({family: one.score for family, one in families.items()}, family_weights)
    total = sum(family_weights.get(family, 1) for family, one in families.items() if one.applicable)
    confidence = sum(
        family_weights.get(family, 1) * (one.confidence or 0.0) for family, one in families.items()
    ) / (total or 1)
    state = state_of(coverage or Fraction(0))
    caps = _caps(items, marks, families, raw) if raw is not None else ()
    overall = min([raw, *(cap.limit for cap in caps)]) if raw is not None else None
    graded = overall is not None and state != State.NO_GRADE
    grade = grade_of(overall, confidence) if graded and overall is not None else None
    return Score(
        families=families,
        raw=raw,
        overall=overall,
        low=_mean({family: one.low for family, one in families.items()}, family_weights),
        high=_mean({family: one.high for family, one in families.items()}, family_weights),
        coverage=coverage or Fraction(0),
        confidence=confidence,
        grade=grade,
        state=state,
        caps=caps,
        because=_reasons(raw, caps, grade, coverage or Fraction(0), confidence),
    )


def _down(share: Fraction | float) -> float:
    """A share as a sentence prints it, rounded down to a tenth of a percent: 80% said is 80% reached."""
    return math.floor(float(share) * 1000 + 1e-9) / 1000


def _reasons(
    raw: Fraction | None, caps: tuple[Cap, ...], grade: str | None, coverage: Fraction, confidence: float
) -> tuple[Reason, ...]:
    if raw is None:
        return (Reason("nothing_tested"),)
    codes = {CapKind.WEAKEST: "capped_by_family", CapKind.BLOCKING: "capped_by_criterion"}
    found = [
        Reason(codes[cap.kind], {"raw": float(raw), "limit": float(cap.limit), "name": cap.name})
        for cap in caps
    ]
    if grade is None:
        found.append(Reason("coverage_too_small", {"coverage_exact_rate": _down(coverage)}))
    elif coverage < FINAL_COVERAGE:
        found.append(Reason("coverage_provisional", {"coverage_exact_rate": _down(coverage)}))
    if grade == "B*":
        found.append(Reason("evidence_too_thin", {"confidence_exact_rate": _down(confidence)}))
    return tuple(found) or (Reason("nothing_holds_it_down"),)
