"""Evolution of revenue and of profitability: states and figures (kinetics 1). Vectorised; NaN is unknown."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from common.periods import WINDOW_DAYS
from kinetics.states import ProfitState, RevenueState
from sales.rules import MIN_COST_COVERAGE

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
REVENUE_STATES = tuple(RevenueState)
PROFIT_STATES = tuple(ProfitState)


def window_days(tenure: int) -> int | None:
    """Length of the two windows compared; ``None`` below 364 days of tenure."""
    if tenure < WINDOW_DAYS:
        return None
    return WINDOW_DAYS if tenure >= 2 * WINDOW_DAYS else 7 * (tenure // 14)


def window_lengths(tenure: ArrayLike) -> Floats:
    """``window_days`` of many; NaN where there is nothing to compare."""
    days = np.asarray(tenure, dtype=float)
    lengths = np.where(days >= 2 * WINDOW_DAYS, WINDOW_DAYS, 7 * np.floor(days / 14))
    return np.where(days >= WINDOW_DAYS, lengths, np.nan)


@dataclass(frozen=True)
class RevenueChange:
    state: Codes  # index into REVENUE_STATES
    r1: Floats
    growth: Floats  # g
    index: Floats  # s
    relative: Floats  # g*


def revenue_states(tenure: ArrayLike, r0: ArrayLike, r1: ArrayLike) -> Codes:
    """``tenure`` in days, NaN without any order; ``r0``, ``r1`` over the windows compared."""
    tenure, r0, r1 = (np.asarray(value, dtype=float) for value in (tenure, r0, r1))
    cases = [
        (np.isnan(tenure), RevenueState.PROSPECT),
        (tenure < WINDOW_DAYS, RevenueState.NEW),
        ((r0 == 0) & (r1 == 0), RevenueState.DORMANT),
        ((r1 < 0) | ((r1 == 0) & (r0 < 0)), RevenueState.NEGATIVE_BASE),
        (r1 == 0, RevenueState.REACTIVATED),
        (r0 == 0, RevenueState.SILENT),
        (tenure < 2 * WINDOW_DAYS, RevenueState.SHORT),
    ]
    codes = [REVENUE_STATES.index(state) for _, state in cases]
    default = REVENUE_STATES.index(RevenueState.MEASURED)
    return np.select([case for case, _ in cases], codes, default).astype(np.int8)


def revenue_change(
    tenure: ArrayLike, r0: ArrayLike, r1: ArrayLike, portfolio_ratio: float | None
) -> RevenueChange:
    """``portfolio_ratio`` ΣR0/ΣR1 over clients of at least 728 days; ``None`` gives no relative rate."""
    tenure, r0, r1 = (np.asarray(value, dtype=float) for value in (tenure, r0, r1))
    state = revenue_states(tenure, r0, r1)
    compared = tenure >= WINDOW_DAYS  # False for NaN
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.where(compared & (r1 > 0), (r0 - r1) / r1, np.nan)
        index = np.where(compared, (r0 - r1) / (np.abs(r0) + np.abs(r1)), np.nan)
    relative = np.full_like(growth, np.nan)
    if portfolio_ratio:
        relative = np.where(tenure >= 2 * WINDOW_DAYS, (1 + growth) / portfolio_ratio - 1, np.nan)
    return RevenueChange(state, np.where(compared, r1, np.nan), growth, index, relative)


@dataclass(frozen=True)
class MarginWindow:
    """Sums of one window in cents; ``rc`` and ``cost`` over the lines whose cost is known or assumed."""

    rev: Floats
    abs_rev: Floats
    rc: Floats
    abs_rc: Floats
    cost: Floats
    assumed: Floats

    @property
    def coverage(self) -> Floats:
        return _ratio(self.abs_rc, self.abs_rev)

    @property
    def margin(self) -> Floats:
        return np.where(self.abs_rc > 0, self.rc - self.cost, np.nan)

    @property
    def rate(self) -> Floats:
        return np.where(self.rc > 0, _ratio(self.rc - self.cost, self.rc), np.nan)


@dataclass(frozen=True)
class ProfitChange:
    state: Codes  # index into PROFIT_STATES
    margin: Floats
    rate: Floats
    rate_before: Floats
    change: Floats  # m0 − m1, a difference of shares
    volume: Floats  # (R0 − R1)·m1
    by_rate: Floats  # R0·(m0 − m1)
    coverage: Floats
    assumed_share: Floats


def _ratio(part: ArrayLike, whole: ArrayLike) -> Floats:
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def profit_states(now: MarginWindow, before: MarginWindow) -> Codes:
    cases = [
        (now.abs_rc <= 0, ProfitState.UNKNOWN),
        (now.rc <= 0, ProfitState.NO_BASE),
        (~(now.coverage >= MIN_COST_COVERAGE), ProfitState.PARTIAL),
        (before.rc <= 0, ProfitState.ONE_WINDOW),
        (~(before.coverage >= MIN_COST_COVERAGE), ProfitState.PARTIAL),
    ]
    codes = [PROFIT_STATES.index(state) for _, state in cases]
    default = PROFIT_STATES.index(ProfitState.MEASURED)
    return np.select([case for case, _ in cases], codes, default).astype(np.int8)


def profit_change(now: MarginWindow, before: MarginWindow, tenure: ArrayLike) -> ProfitChange:
    """The split in volume and rate needs two whole windows: NaN below 728 days of tenure."""
    rate, rate_before = now.rate, before.rate
    whole = np.asarray(tenure, dtype=float) >= 2 * WINDOW_DAYS
    change = rate - rate_before
    return ProfitChange(
        state=profit_states(now, before), margin=now.margin, rate=rate, rate_before=rate_before, change=change,
        volume=np.where(whole, (now.rev - before.rev) * rate_before, np.nan),
        by_rate=np.where(whole, now.rev * change, np.nan),
        coverage=now.coverage, assumed_share=_ratio(now.assumed, now.abs_rc),
    )  # fmt: skip
