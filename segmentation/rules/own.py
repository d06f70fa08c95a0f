"""A company's own segmentation, computed by ordered rules: the first rule that fits gives the segment. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from segmentation.rules.grid import Segment

PLAYBOOKS = (Segment.WHALE, Segment.THOROUGHBRED, Segment.ATHLETE, Segment.DILEMMA)
NOWHERE = -1
MAX_CONDITIONS = 4


class Method(StrEnum):
    IMPORTED = "imported"
    RULES = "rules"


class Fact(StrEnum):
    """What a condition asks of a client."""

    REVENUE = "revenue"  # cents of the last 52 weeks
    MARGIN = "margin"  # rate of the last 52 weeks; unknown fits no condition
    ORDERS = "orders"  # purchase days of the last 52 weeks
    RECENCY = "recency"  # days since the last purchase; never bought fits no condition
    TAG = "tag"
    CATEGORY = "category"  # bought in the last 52 weeks
    KIND = "kind"
    OWNER = "owner"
    TEAM = "team"


NUMBERS = frozenset({Fact.REVENUE, Fact.MARGIN, Fact.ORDERS, Fact.RECENCY})


class Operator(StrEnum):
    AT_LEAST = "at_least"
    BELOW = "below"
    IS = "is"
    IS_NOT = "is_not"


@dataclass(frozen=True)
class Condition:
    """``value``: cents, rate, count or days for numbers; else the id, or the code of a kind."""

    fact: Fact
    operator: Operator
    value: float | int | str

    def as_json(self) -> list[Any]:
        return [self.fact.value, self.operator.value, self.value]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> Self:
        return cls(Fact(data[0]), Operator(data[1]), data[2])


@dataclass(frozen=True)
class OwnFacts:
    """One entry per client in each array; NaN is unknown. ``members`` holds, for every set a condition
    names, who is in it."""

    numbers: Mapping[Fact, NDArray[np.float64]]
    members: Mapping[tuple[Fact, float | int | str], NDArray[np.bool_]]
    count: int


def assign(facts: OwnFacts, rules: Sequence[Sequence[Condition]]) -> NDArray[np.int64]:
    """Position of the first rule all of whose conditions hold, ``NOWHERE`` for who fits none.

    A rule without conditions fits everybody: what is left.
    """
    found = np.full(facts.count, NOWHERE, dtype=np.int64)
    for position, conditions in enumerate(rules):
        fits = found == NOWHERE
        for condition in conditions:
            fits &= holds(facts, condition)
        found[fits] = position
    return found


def holds(facts: OwnFacts, condition: Condition) -> NDArray[np.bool_]:
    if condition.fact in NUMBERS:
        values = facts.numbers[condition.fact]
        with np.errstate(invalid="ignore"):
            at_least = values >= float(condition.value)
            return at_least if condition.operator == Operator.AT_LEAST else ~at_least & ~np.isnan(values)
    inside = facts.members[condition.fact, condition.value]
    return inside if condition.operator == Operator.IS else ~inside


# Words by which a file may call the four segments of the grid; the mapping is a proposal a person corrects.
_KNOWN = {
    Segment.WHALE: {"whale", "whales", "baleine", "baleines", "ba"},
    Segment.THOROUGHBRED: {"thoroughbred", "thoroughbreds", "pur-sang", "pur sang", "pursang", "ps"},
    Segment.ATHLETE: {"athlete", "athletes", "athlète", "athlètes"},
    Segment.DILEMMA: {"dilemma", "dilemmas", "dilemme", "dilemmes"},
}


def playbook_named(*words: str) -> str:
    """The playbook a segment's code or name calls by its own word; empty when none does."""
    said = {word.strip().casefold() for word in words}
    return next((segment.value for segment, known in _KNOWN.items() if known & said), "")
