"""Two audits of a site: what is reported, and what really changed on the criteria tested in both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from common.reasons import Reason
from trust_audit.rules.checklist import Family, Item
from trust_audit.rules.scoring import NO_WEIGHTS, FamilyWeights, Mark, Score, score_audit

FAMILY_LOSS = 10  # points of a family that raise an alert


class Change(StrEnum):
    IMPROVED = "improved"
    REGRESSED = "regressed"
    UNCHANGED = "unchanged"
    NEWLY_TESTED = "newly_tested"
    NO_LONGER_TESTED = "no_longer_tested"
    BECAME_NOT_APPLICABLE = "became_not_applicable"
    NOT_TESTED = "not_tested"


@dataclass(frozen=True)
class Side:
    """One audit: the items with the weights it keeps, its marks and the version of its checklist."""

    version: str
    items: Sequence[Item]
    marks: Mapping[str, Mark]


@dataclass(frozen=True)
class LikeForLike:
    """The same formula on both sides, over the criteria tested in both, with the weights of the later.

    ``contributions`` by code add up to the change of ``raw`` exactly.
    """

    before: Score
    after: Score
    contributions: Mapping[str, Fraction]
    codes: tuple[str, ...]

    @property
    def raw_delta(self) -> Fraction:
        return sum(self.contributions.values(), Fraction(0))

    @property
    def delta(self) -> Fraction:
        return (self.after.overall or Fraction(0)) - (self.before.overall or Fraction(0))


@dataclass(frozen=True)
class Comparison:
    """``reported`` is the later overall score less the earlier; None where one has none.
    ``like_for_like`` is None when the checklists differ or no criterion was tested in both."""

    before: Score
    after: Score
    reported: Fraction | None
    like_for_like: LikeForLike | None
    changes: Mapping[str, Change]
    families: Mapping[Family, Fraction | None]
    alerts: tuple[Reason, ...]


def change_of(before: Mark, after: Mark) -> Change:
    if not after.applies:
        return Change.BECAME_NOT_APPLICABLE if before.applies else Change.UNCHANGED
    if before.tested and after.tested:
        if after.share == before.share:
            return Change.UNCHANGED
        return Change.IMPROVED if after.share > before.share else Change.REGRESSED
    if after.tested:
        return Change.NEWLY_TESTED
    return Change.NO_LONGER_TESTED if before.tested else Change.NOT_TESTED


def compare(before: Side, after: Side, family_weights: FamilyWeights = NO_WEIGHTS) -> Comparison:
    scores = [score_audit(side.items, side.marks, family_weights) for side in (before, after)]
    old, new = scores
    known = old.overall is not None and new.overall is not None
    codes = dict.fromkeys([item.code for side in (after, before) for item in side.items])
    return Comparison(
        before=old,
        after=new,
        reported=new.overall - old.overall if known else None,  # type: ignore[operator]
        like_for_like=_like_for_like(before, after, family_weights),
        changes={code: change_of(_mark(before, code), _mark(after, code)) for code in codes},
        families=_family_deltas(old, new),
        alerts=_alerts(before, after, old, new),
    )


def _mark(side: Side, code: str) -> Mark:
    return side.marks.get(code, Mark())


def _like_for_like(before: Side, after: Side, family_weights: FamilyWeights) -> LikeForLike | None:
    if before.version != after.version:
        return None
    asked = {item.code for item in before.items}
    shared = [
        item
        for item in after.items
        if item.code in asked and _mark(before, item.code).tested and _mark(after, item.code).tested
    ]
    if not shared:
        return None
    families = {item.family for item in shared}
    all_families = sum(family_weights.get(family, 1) for family in families)
    contributions = {}
    for item in shared:
        whole = sum(one.weight for one in shared if one.family == item.family)
        share = Fraction(family_weights.get(item.family, 1), all_families)
        step = _mark(after, item.code).share - _mark(before, item.code).share
        contributions[item.code] = share * 100 * item.weight * step / whole
    return LikeForLike(
        before=score_audit(shared, before.marks, family_weights),
        after=score_audit(shared, after.marks, family_weights),
        contributions=contributions,
        codes=tuple(item.code for item in shared),
    )


def _family_deltas(before: Score, after: Score) -> dict[Family, Fraction | None]:
    deltas: dict[Family, Fraction | None] = {}
    for family in Family:
        old, new = before.families.get(family), after.families.get(family)
        known = old is not None and new is not None and old.score is not None and new.score is not None
        deltas[family] = new.score - old.score if known else None  # type: ignore[union-attr, operator]
    return deltas


def _alerts(before: Side, after: Side, old: Score, new: Score) -> tuple[Reason, ...]:
    found = []
    for item in after.items:
        earlier, later = _mark(before, item.code), _mark(after, item.code)
        fell = earlier.tested and earlier.level != 0 and later.tested and later.level == 0
        if item.cap is not None and fell:
            found.append(Reason("blocking_fell_to_zero", {"name": item.code, "limit": float(item.cap)}))
    for family, delta in _family_deltas(old, new).items():
        if delta is not None and delta <= -FAMILY_LOSS:
            found.append(Reason("family_lost", {"name": family.value, "points": float(-delta)}))
    return tuple(found)
