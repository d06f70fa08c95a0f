"""The strategic grid of seed 000: revenue against profitability, four segments. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from common.reasons import Reason

RULE_VERSION = "grid-1"
MIN_TENURE_DAYS = 91
MIN_COST_COVERAGE = 0.8


class Segment(StrEnum):
    WHALE = "whale"  # high revenue, low profitability (baleine)
    THOROUGHBRED = "thoroughbred"  # high profitability, low revenue (pur-sang)
    ATHLETE = "athlete"  # both
    DILEMMA = "dilemma"  # neither
    TO_QUALIFY = "to_qualify"  # too new, or costs not known well enough


class Preset(StrEnum):
    ABC = "abc"  # revenue: smallest client inside the top 80 %; margin: portfolio rate
    MEDIANS = "medians"
    TYPED = "typed"


@dataclass(frozen=True)
class Thresholds:
    """``revenue_cents`` over W0 (364 days); ``margin_rate`` as a share. A value on the line is high."""

    revenue_cents: int
    margin_rate: float


@dataclass(frozen=True)
class Classification:
    segment: Segment
    because: Sequence[Reason]
