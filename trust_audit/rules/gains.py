"""What to fix first: the points each fix would win, and what several together would make of the score."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from trust_audit.rules.checklist import TOP, Family, Item
from trust_audit.rules.scoring import NO_WEIGHTS, FamilyWeights, Mark, Score, score_audit

QUICK_WIN_POINTS = 1


class Effort(StrEnum):
    SMALL = "S"
    MEDIUM = "M"
    LARGE = "L"


COST = {Effort.SMALL: 1, Effort.MEDIUM: 3, Effort.LARGE: 8}


@dataclass(frozen=True)
class Gain:
    """``points`` of the raw score; ``blocking``: its level of 0 caps the overall score today."""

    code: str
    points: Fraction
    blocking: bool
    effort: Effort

    @property
    def quick_win(self) -> bool:
        return self.effort == Effort.SMALL and self.points >= QUICK_WIN_POINTS


def gain_of(
    item: Item, items: Sequence[Item], marks: Mapping[str, Mark], family_weights: FamilyWeights = NO_WEIGHTS
) -> Fraction:
    """Points of the raw score won by bringing the criterion to the top; exact when its family was
    tested completely and no cap holds. Zero for what was not tested."""
    mark = marks.get(item.code, Mark())
    if not mark.tested:
        return Fraction(0)
    applicable = [one for one in items if marks.get(one.code, Mark()).applies]
    families: set[Family] = {one.family for one in applicable}
    family_share = Fraction(
        family_weights.get(item.family, 1), sum(family_weights.get(family, 1) for family in families) or 1
    )
    whole = sum(one.weight for one in applicable if one.family == item.family)
    return family_share * 100 * item.weight * (1 - mark.share) / whole


def gains(
    items: Sequence[Item],
    marks: Mapping[str, Mark],
    efforts: Mapping[str, Effort] | None = None,
    family_weights: FamilyWeights = NO_WEIGHTS,
) -> list[Gain]:
    """Every tested criterion below the top: what blocks first, then most points for the effort."""
    known = efforts or {}
    found = [
        Gain(
            code=item.code,
            points=gain_of(item, items, marks, family_weights),
            blocking=item.cap is not None and marks[item.code].level == 0,
            effort=known.get(item.code, Effort.MEDIUM),
        )
        for item in items
        if item.code in marks and marks[item.code].tested and marks[item.code].share < 1
    ]
    return sorted(found, key=lambda one: (not one.blocking, -one.points / COST[one.effort], one.code))


def strengths(items: Sequence[Item], marks: Mapping[str, Mark]) -> list[str]:
    """Codes at level 3 and more, the heaviest and highest first."""
    good = [item for item in items if item.code in marks and marks[item.code].share >= Fraction(3, 4)]
    good = [item for item in good if marks[item.code].tested]
    return [
        item.code for item in sorted(good, key=lambda i: (-i.weight * marks[i.code].share, -i.weight, i.code))
    ]


def if_fixed(
    items: Sequence[Item],
    marks: Mapping[str, Mark],
    codes: Iterable[str],
    family_weights: FamilyWeights = NO_WEIGHTS,
) -> Score:
    """The score with these criteria at the top, caps included; what does not apply stays out."""
    raised = dict(marks)
    for code in codes:
        mark = marks.get(code, Mark())
        if mark.applies:
            raised[code] = Mark(TOP, True, mark.evidence, mark.age_days)
    return score_audit(items, raised, family_weights)
