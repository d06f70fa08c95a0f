"""The strategic grid of text 000 (docs/method.md): revenue against profitability, four segments. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from common.reasons import Reason
from sales.rules import MIN_COST_COVERAGE

RULE_VERSION = "grid-2"
MIN_TENURE_DAYS = 91


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
    """``revenue_cents`` over W0 (364 days); ``margin_rate`` as a share. A value on the line is high.

    A line is null while the portfolio has nothing to draw it from; then nobody is classified.
    """

    revenue_cents: int | None
    margin_rate: float | None

    @property
    def complete(self) -> bool:
        return self.revenue_cents is not None and self.margin_rate is not None


@dataclass(frozen=True)
class Classification:
    segment: Segment
    because: Sequence[Reason]


@dataclass(frozen=True)
class Features:
    """One entry per client, same order everywhere; NaN and tenure −1 stand for unknown and never."""

    client_ids: NDArray[np.int64]
    revenue_cents: NDArray[np.int64]
    margin_rate: NDArray[np.float64]
    cost_coverage: NDArray[np.float64]
    assumed_share: NDArray[np.float64]
    tenure_days: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.client_ids)


# Position in this tuple is the code the vectorised classifier returns.
SEGMENT_CODES: tuple[Segment, ...] = tuple(Segment)
_QUADRANTS = {
    (True, True): Segment.ATHLETE,
    (True, False): Segment.WHALE,
    (False, True): Segment.THOROUGHBRED,
    (False, False): Segment.DILEMMA,
}


def classify_client(
    *,
    revenue_cents: int,
    margin_rate: float | None,
    cost_coverage: float | None,
    tenure_days: int | None,
    thresholds: Thresholds,
    assumed_share: float | None = None,
) -> Classification:
    """Place one client. ``tenure_days`` null: never ordered; ``cost_coverage`` null: nothing sold in W0.

    Rates and shares lie in [0, 1], margins may be negative. What is not known well enough is a
    client to qualify, never a dilemma.
    """
    doubts = _doubts(margin_rate, cost_coverage, tenure_days, thresholds)
    if doubts:
        return Classification(Segment.TO_QUALIFY, doubts)
    assert margin_rate is not None  # else it is a doubt
    assert thresholds.revenue_cents is not None
    assert thresholds.margin_rate is not None
    high = revenue_cents >= thresholds.revenue_cents, margin_rate >= thresholds.margin_rate
    because = [
        Reason(
            "revenue_high" if high[0] else "revenue_low",
            {"value_cents": revenue_cents, "line_cents": thresholds.revenue_cents},
        ),
        Reason(
            "margin_high" if high[1] else "margin_low",
            {"value_exact_rate": margin_rate, "line_exact_rate": thresholds.margin_rate},
        ),
    ]
    if assumed_share:
        because.append(Reason("margin_assumed", {"share_rate": assumed_share}))
    return Classification(_QUADRANTS[high], because)


def _doubts(
    margin_rate: float | None,
    cost_coverage: float | None,
    tenure_days: int | None,
    thresholds: Thresholds,
) -> list[Reason]:
    if tenure_days is None:
        return [Reason("no_order")]
    doubts = []
    if tenure_days < MIN_TENURE_DAYS:
        doubts.append(Reason("new", {"days": tenure_days, "needed": MIN_TENURE_DAYS}))
    if cost_coverage is None:
        doubts.append(Reason("nothing_sold"))
    elif cost_coverage < MIN_COST_COVERAGE:
        doubts.append(
            Reason("costs_missing", {"coverage_exact_rate": cost_coverage, "needed_rate": MIN_COST_COVERAGE})
        )
    elif margin_rate is None:
        doubts.append(Reason("margin_unknown"))
    if not thresholds.complete:
        doubts.append(Reason("lines_unknown"))
    return doubts


def classifiable(features: Features) -> NDArray[np.bool_]:
    """Which clients are known long and well enough to be placed."""
    return (
        (features.tenure_days >= MIN_TENURE_DAYS)
        & (features.cost_coverage >= MIN_COST_COVERAGE)
        & ~np.isnan(features.margin_rate)
    )


def classify_all(features: Features, thresholds: Thresholds) -> NDArray[np.int8]:
    """Codes into ``SEGMENT_CODES``; agrees with ``classify_client`` on every client."""
    code = {segment: number for number, segment in enumerate(SEGMENT_CODES)}
    if thresholds.revenue_cents is None or thresholds.margin_rate is None:
        return np.full(len(features), code[Segment.TO_QUALIFY], dtype=np.int8)
    rich = features.revenue_cents >= thresholds.revenue_cents
    profitable = features.margin_rate >= thresholds.margin_rate
    placed = np.where(
        rich,
        np.where(profitable, code[Segment.ATHLETE], code[Segment.WHALE]),
        np.where(profitable, code[Segment.THOROUGHBRED], code[Segment.DILEMMA]),
    )
    return np.where(classifiable(features), placed, code[Segment.TO_QUALIFY]).astype(np.int8)


def count_segments(codes: NDArray[np.int8]) -> dict[str, int]:
    counts = np.bincount(codes, minlength=len(SEGMENT_CODES))
    return {segment.value: int(count) for segment, count in zip(SEGMENT_CODES, counts, strict=True)}


@dataclass(frozen=True)
class SegmentSum:
    """``margin_weight`` is Σ margin rate × revenue over the ``known_cents`` of revenue whose margin is known."""

    clients: int
    revenue_cents: int
    margin_weight: float | None
    known_cents: int | None

    def less(self, part: "SegmentSum") -> "SegmentSum":
        return SegmentSum(
            self.clients - part.clients, self.revenue_cents - part.revenue_cents,
            (self.margin_weight or 0) - (part.margin_weight or 0), (self.known_cents or 0) - (part.known_cents or 0),
        )  # fmt: skip


def sum_segments(features: Features, codes: NDArray[np.int8]) -> dict[str, SegmentSum]:
    known = ~np.isnan(features.margin_rate) & (features.revenue_cents > 0)
    sums = {}
    for number, segment in enumerate(SEGMENT_CODES):
        inside = codes == number
        weighed = inside & known
        revenue = features.revenue_cents[weighed]
        sums[segment.value] = SegmentSum(
            clients=int(inside.sum()), revenue_cents=int(features.revenue_cents[inside].sum()),
            margin_weight=float((features.margin_rate[weighed] * revenue).sum()), known_cents=int(revenue.sum()),
        )  # fmt: skip
    return sums
