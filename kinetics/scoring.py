"""Columns of ``ClientIndicator`` for a range of clients, from their window sums. Vectorised; no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.arrays import Column
from common.periods import WINDOW_DAYS
from kinetics.forecast import Forecast, Portfolio
from kinetics.rules import bgnbd, evidence, fallback, gamma_gamma
from kinetics.rules.indicators import (
    PROFIT_STATES,
    REVENUE_STATES,
    MarginWindow,
    profit_change,
    revenue_change,
    window_lengths,
)
from kinetics.rules.interval import interval
from kinetics.states import ExpectedState, ProfitState
from sales.windows import Windows

Floats = NDArray[np.float64]
HORIZON_WEEKS = 52.0
EXPECTED_STATES = tuple(ExpectedState)
# Without a fitted model an order is taken to vary around its client's mean as an exponential does.
FALLBACK_VALUE_CV2, FALLBACK_ORDER_CV2 = 0.25, 1.0


@dataclass(frozen=True)
class Scores:
    columns: Mapping[str, Column]
    counts: Mapping[str, Mapping[str, int]]  # column → state → clients


def score(windows: Windows, as_of: date, forecast: Forecast, portfolio: Portfolio) -> Scores:
    """All indicators of the clients of ``windows``."""
    return _Scorer(windows, as_of, forecast, portfolio).scores()


def _whole(kind: str, values: Any) -> Column:
    return Column(kind, values)


def _float(values: Any) -> Column:
    return Column("double precision", np.asarray(values, dtype=float))


def _text(codes: Any, labels: tuple[Any, ...]) -> Column:
    return Column("text", codes, tuple(str(label) for label in labels))


def _date(ordinals: NDArray[np.int64]) -> Column:
    days = (ordinals - date(1970, 1, 1).toordinal()).astype("datetime64[D]")
    return Column("date", np.where(ordinals > 0, days, np.datetime64("NaT", "D")))


class _Scorer:
    def __init__(self, windows: Windows, as_of: date, forecast: Forecast, portfolio: Portfolio) -> None:
        self.w, self.as_of, self.forecast, self.portfolio = windows, as_of, forecast, portfolio
        self.tenure = windows.tenure(as_of)
        self.bought = windows.first_day > 0
        self.compared = self.tenure >= WINDOW_DAYS
        self.short = self.compared & (self.tenure < 2 * WINDOW_DAYS)
        self.x = windows.days_after.astype(float)
        self.age = np.where(self.bought, self.tenure, 0.0) / 7
        self.t_x = np.where(self.x > 0, windows.last_day - windows.start, 0) / 7

    def scores(self) -> Scores:
        w, codes = self.w, {}
        revenue, codes["revenue"] = self._revenue()
        expected, codes["expected"] = self._expected()
        profit, codes["profit"] = self._profit()
        plain = {
            "client_id": _whole("bigint", w.client_id), "first_day": _date(w.first_day),
            "last_day": _date(w.last_day), "purchase_days": _whole("integer", w.days0),
            "purchase_days_before": _whole("integer", w.days1), "revenue_cents": _whole("bigint", w.rev0),
        }  # fmt: skip
        columns = plain | revenue | expected | profit
        counted = {"revenue": REVENUE_STATES, "expected": EXPECTED_STATES, "profit": PROFIT_STATES}
        counts = {name: _count(codes[name], labels) for name, labels in counted.items()}
        counts["evidence"] = _count(columns["evidence"].values, evidence.EVIDENCES)
        return Scores(columns, counts)

    def _pick(self, whole: str, short: str) -> Floats:
        values = np.where(self.short, getattr(self.w, short), getattr(self.w, whole))
        return np.asarray(values, dtype=float)

    def _revenue(self) -> tuple[dict[str, Column], NDArray[np.int8]]:
        r0, r1 = self._pick("rev0", "short_rev0"), self._pick("rev1", "short_rev1")
        change = revenue_change(self.tenure, r0, r1, self.portfolio.ratio)
        z, p, gap = self._tests(r0, r1)
        orders = self.w.days0 + self.w.days1
        found = evidence.evidence_codes(z, p, gap, orders)
        return {
            "revenue_state": _text(change.state, REVENUE_STATES),
            "window_days": _whole("smallint", window_lengths(self.tenure)),
            "r0_cents": _whole("bigint", r0), "r1_cents": _whole("bigint", change.r1),
            "growth_rate": _float(change.growth), "revenue_index": _float(change.index),
            "relative_rate": _float(change.relative), "change_z": _float(z), "change_p": _float(p),
            "gap_p": _float(gap), "evidence": _text(found, evidence.EVIDENCES),
        }, change.state  # fmt: skip

    def _tests(self, r0: Floats, r1: Floats) -> tuple[Floats, Floats, Floats]:
        share = np.where(self.short, 0.5, self.portfolio.share)
        squares = np.where(self.compared, self._pick("rev_squares", "short_squares"), 0.0)
        z = evidence.sign_flip_z(r0, r1, squares, share)
        n = self.w.values_to - self.w.values_from
        p = np.where(np.isnan(z), np.nan, evidence.p_of_z(z, n, share))
        small = (z < 0) & (p <= evidence.EXACT_BELOW) & (n <= evidence.EXACT_ORDERS) & (n > 0)
        for size in np.unique(n[small]):
            rows = np.flatnonzero(small & (n == size))
            values = self.w.day_values[self.w.values_from[rows, None] + np.arange(size)]
            p[rows] = evidence.sign_flip_exact(values, r0[rows], share[rows])
        prior = self.forecast.rate_prior
        gap = evidence.gap_p(prior.r, prior.alpha, np.where(self.bought, self.x, 0), self.t_x, self.age)
        return z, p, gap

    def _expected(self) -> tuple[dict[str, Column], NDArray[np.int8]]:
        state = np.where(
            self.bought,
            EXPECTED_STATES.index(self.forecast.state),
            EXPECTED_STATES.index(ExpectedState.PROSPECT),
        )
        with_model = self.forecast.state == ExpectedState.MODEL
        orders, some, alive, value, spreads = self._by_model() if with_model else self._by_fallback()
        scale = 100 * self.forecast.gate.factor * (1 - self.portfolio.refund_rate)
        shape = self.forecast.rate_prior.r + self.x
        low, high = interval(orders, some, shape, value, *spreads, p_alive=alive)
        repeated = np.where(self.x > 0, alive, np.nan) if with_model else np.full(len(self.x), np.nan)
        return {
            "expected_state": _text(state, EXPECTED_STATES),
            "expected_cents": _whole("bigint", np.rint(self._known(orders * value * scale))),
            "expected_low_cents": _whole("bigint", np.rint(self._known(low * scale))),
            "expected_high_cents": _whole("bigint", np.rint(self._known(high * scale))),
            "expected_orders": _float(self._known(orders * self.forecast.gate.factor)),
            "expected_order_cents": _whole("bigint", np.rint(self._known(value * 100))),
            "p_alive": _float(self._known(repeated)), "p_order": _float(self._known(some)),
            "repeat_days": _whole("integer", self._known(self.x)), "recency_weeks": _float(self._known(self.t_x)),
            "age_weeks": _float(self._known(self.age)),
        }, state.astype(np.int8)  # fmt: skip

    def _known(self, values: Floats) -> Floats:
        return np.where(self.bought, values, np.nan)

    def _by_model(self) -> tuple[Floats, Floats, Floats, Floats, tuple[Floats, Floats]]:
        model, values = self.forecast.model, self.forecast.values
        assert model is not None  # the state says so
        assert values is not None
        history = (self.x, self.t_x, self.age)
        n, total = self.w.value_days_after.astype(float), self.w.value_after / 100
        return (
            bgnbd.expected_transactions(model, HORIZON_WEEKS, *history),
            bgnbd.p_order(model, HORIZON_WEEKS, *history),
            bgnbd.p_alive(model, *history),
            gamma_gamma.expected_value(values, n, total),
            gamma_gamma.relative_variances(values, n),
        )

    def _by_fallback(self) -> tuple[Floats, Floats, Floats, Floats, tuple[Floats, Floats]]:
        prior, ones = fallback.PRIOR, np.ones(len(self.x))
        value = fallback.expected_value(self.w.value_days, self.w.value / 100, self.forecast.mean_value)
        return (
            fallback.expected_transactions(prior, HORIZON_WEEKS, self.x, self.age),
            fallback.p_order(prior, HORIZON_WEEKS, self.x, self.age),
            ones,
            value,
            (ones * FALLBACK_VALUE_CV2, ones * FALLBACK_ORDER_CV2),
        )

    def _profit(self) -> tuple[dict[str, Column], NDArray[np.int8]]:
        now, before = self._margins("0"), self._margins("1")
        change = profit_change(now, before, self.tenure)
        z = evidence.margin_z(
            self._moments("1", change.rate_before), self._moments("0", change.rate), change.change
        )
        measured = change.state == PROFIT_STATES.index(ProfitState.MEASURED)
        return {
            "profit_state": _text(change.state, PROFIT_STATES),
            "margin_cents": _whole("bigint", change.margin), "margin_rate": _float(change.rate),
            "margin_rate_before": _float(change.rate_before), "margin_change": _float(change.change),
            "volume_effect_cents": _whole("bigint", np.rint(change.volume)),
            "rate_effect_cents": _whole("bigint", np.rint(change.by_rate)),
            "margin_z": _float(np.where(measured, z, np.nan)), "cost_coverage": _float(change.coverage),
            "assumed_share": _float(change.assumed_share),
        }, change.state  # fmt: skip

    def _margins(self, window: str) -> MarginWindow:
        names = ("rev", "abs_rev", "rc", "abs_rc", "cost", "assumed")
        return MarginWindow(*(getattr(self.w, name + window).astype(float) for name in names))

    def _moments(self, window: str, rate: Floats) -> tuple[Any, ...]:
        names = ("rc", "margin_squares", "margin_rc", "rc_squares", "costed_days")
        return (rate, *(getattr(self.w, name + window) for name in names))


def _count(codes: NDArray[Any], labels: tuple[Any, ...]) -> dict[str, int]:
    numbers = np.bincount(codes, minlength=len(labels))
    return {str(label): int(number) for label, number in zip(labels, numbers, strict=True) if number}
