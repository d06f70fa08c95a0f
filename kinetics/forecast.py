"""The night's model of expected revenue: sample, fit, gate, and the portfolio's rates.

Between ``rules`` (pure) and ``services`` (the run): it reads sums, never writes.
"""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.periods import WINDOW_DAYS
from kinetics.models import KineticsRun
from kinetics.rules import bgnbd, fallback, gamma_gamma
from kinetics.rules.bgnbd import BgNbd, FitFailed, History
from kinetics.rules.gamma_gamma import GammaGamma, ValueFitFailed
from kinetics.rules.gate import HOLD_OUT_WEEKS, MIN_REPEATERS, MIN_WEEKS, UNCHECKED, Gate, check, enough_data
from kinetics.states import ExpectedState
from sales.windows import THEN_DAYS, Windows

SAMPLE = 100_000
SHARE_BOUNDS = (0.05, 0.95)
MIN_ORDERS_FOR_SHARE = 100
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Purchases:
    """Histories of clients who ever ordered, in weeks, and the values of their repeats."""

    x: Floats
    t_x: Floats
    age: Floats
    value_days: Floats
    value: Floats  # of the repeats, in units of the currency

    @classmethod
    def of(cls, windows: Windows, as_of: date) -> "Purchases":
        bought = windows.first_day > 0
        start = windows.start[bought]
        x = windows.days_after[bought].astype(float)
        return cls(
            x=x,
            t_x=np.where(x > 0, windows.last_day[bought] - start, 0) / 7,
            age=np.maximum(as_of.toordinal() - start, 0) / 7,
            value_days=windows.value_days_after[bought].astype(float),
            value=windows.value_after[bought] / 100,
        )

    @property
    def repeaters(self) -> int:
        return int((self.x > 0).sum())

    def take(self, rows: NDArray[Any]) -> "Purchases":
        return Purchases(
            self.x[rows], self.t_x[rows], self.age[rows], self.value_days[rows], self.value[rows]
        )

    def sample(self, as_of: date) -> "Purchases":
        """At most ``SAMPLE`` clients, drawn by the date so that a rerun draws the same."""
        if len(self.x) <= SAMPLE:
            return self
        rows = np.random.default_rng(as_of.toordinal()).choice(len(self.x), SAMPLE, replace=False)
        return self.take(np.sort(rows))

    @property
    def history(self) -> History:
        return History.of(self.x, self.t_x, self.age)


@dataclass(frozen=True)
class Forecast:
    """What every client's expectation is computed from, and how it was found."""

    state: ExpectedState
    model: BgNbd | None
    values: GammaGamma | None
    gate: Gate
    mean_value: float  # of an order of the portfolio, in units of the currency
    params: dict[str, Any]

    @property
    def rate_prior(self) -> fallback.GammaPrior:
        """Gamma of the rate of orders, whichever way it was come by: the gap test needs one."""
        if self.state == ExpectedState.MODEL and self.model is not None:
            return fallback.GammaPrior(self.model.r, self.model.alpha)
        return fallback.PRIOR


@dataclass(frozen=True)
class Portfolio:
    """Rates of the whole portfolio that single clients are measured against."""

    share: float  # π, of the orders of both windows that fell into the later one
    refund_rate: float  # ρ, what came back after the day of purchase, of the purchases of W0
    ratio: float | None  # ΣR0/ΣR1 over clients of at least 728 days

    @classmethod
    def of(cls, windows: Windows, as_of: date) -> "Portfolio":
        old = windows.tenure(as_of) >= 2 * WINDOW_DAYS
        n0, n1 = int(windows.days0[old].sum()), int(windows.days1[old].sum())
        r0, r1 = int(windows.rev0[old].sum()), int(windows.rev1[old].sum())
        share = float(np.clip(n0 / (n0 + n1), *SHARE_BOUNDS)) if n0 + n1 >= MIN_ORDERS_FOR_SHARE else 0.5
        bought = int(windows.value0.sum())
        refunds = 1 - int(windows.rev0.sum()) / bought if bought > 0 else 0.0
        return cls(share, min(max(refunds, 0.0), 1.0), r0 / r1 if r0 > 0 and r1 > 0 else None)


def make_forecast(windows: Windows, as_of: date) -> Forecast:
    """Fit on the clients known at ``as_of``, let the gate judge, and fall back where it says no."""
    everybody = Purchases.of(windows, as_of)
    sample, previous = everybody.sample(as_of), _previous_params(as_of)
    params: dict[str, Any] = {"unit": "weeks", "clients": len(sample.x), "repeaters": everybody.repeaters}
    model = _fit_orders(sample, previous, params)
    values = _fit_values(sample, previous, params)
    enough = enough_data(float(everybody.age.max(initial=0.0)), everybody.repeaters)
    gate = _gate(as_of, windows, previous) if enough else UNCHECKED
    state = ExpectedState.MODEL
    if model is None or values is None or not enough or not gate.passed:
        state = ExpectedState.FALLBACK
    params |= {
        "model": state.value, "enough_data": enough, "gate": gate.as_json(),
        "needs": {"weeks": MIN_WEEKS, "repeaters": MIN_REPEATERS},
    }  # fmt: skip
    return Forecast(state, model, values, gate, _mean_value(windows), params)


def _mean_value(windows: Windows) -> float:
    days = int(windows.value_days.sum())
    return int(windows.value.sum()) / days / 100 if days else 0.0


def _previous_params(as_of: date) -> dict[str, Any]:
    """Parameters of the last published night before ``as_of``."""
    run = KineticsRun.objects.published().filter(as_of__lt=as_of).order_by("-as_of", "-published_at").first()
    return {**run.params, "as_of": run.as_of} if run else {}


def _fit_orders(sample: Purchases, previous: dict[str, Any], params: dict[str, Any]) -> BgNbd | None:
    """Today's fit, or yesterday's parameters where they explain the same sample better."""
    history = sample.history
    kept = BgNbd(*(previous[name] for name in ("r", "alpha", "a", "b"))) if "r" in previous else None
    try:
        fitted = bgnbd.fit(history)
        model, likelihood = fitted.model, fitted.log_likelihood
    except FitFailed:
        if kept is None:
            return None
        model, likelihood = kept, bgnbd.log_likelihood(kept, history)
    kept_is_better = (
        kept is not None and model != kept and bgnbd.log_likelihood(kept, history) > likelihood + 1e-3
    )
    if kept is not None and kept_is_better:
        model, likelihood = kept, bgnbd.log_likelihood(kept, history)
    params |= asdict(model) | {"log_likelihood": likelihood, "kept_from_before": model == kept}
    return model


def _fit_values(sample: Purchases, previous: dict[str, Any], params: dict[str, Any]) -> GammaGamma | None:
    paid = (sample.value_days > 0) & (sample.value > 0)
    n, mean = sample.value_days[paid], sample.value[paid] / np.maximum(sample.value_days[paid], 1)
    try:
        model = gamma_gamma.fit(n, mean).model
    except ValueFitFailed:
        if "p" not in previous:
            return None
        model = GammaGamma(previous["p"], previous["q"], previous["gamma"])
    params |= asdict(model) | {"value_clients": len(n)}
    return model


def _gate(as_of: date, windows: Windows, previous: dict[str, Any]) -> Gate:
    """This month's check, made on the month's first night and kept for the others."""
    stored = previous.get("gate")
    if stored and stored["checked"] and _same_month(previous["as_of"], as_of):
        return Gate(**stored)
    return check_forecast(as_of, windows)


def _same_month(one: date, other: date) -> bool:
    return (one.year, one.month) == (other.year, other.month)


def check_forecast(as_of: date, windows: Windows) -> Gate:
    """Fit on what was known 26 weeks ago and compare with the orders since (rolling origin)."""
    origin = as_of - timedelta(days=THEN_DAYS)
    known = (windows.days_then > 0) & (windows.start <= origin.toordinal())
    past = _purchases_then(windows, known, origin)
    if not enough_data(float(past.age.max(initial=0.0)), past.repeaters):
        return UNCHECKED
    actual = (windows.days[known] - windows.days_then[known]).astype(float)
    try:
        model = bgnbd.fit(past.sample(origin).history).model
    except FitFailed:
        return UNCHECKED
    weeks = float(HOLD_OUT_WEEKS)
    predicted = bgnbd.expected_transactions(model, weeks, past.x, past.t_x, past.age)
    naive = fallback.expected_transactions(fallback.PRIOR, weeks, past.x, past.age)
    return check(actual=actual, predicted=predicted, naive=naive, origin=origin.isoformat())


def _purchases_then(windows: Windows, known: NDArray[np.bool_], origin: date) -> Purchases:
    start, x = windows.start[known], windows.days_after_then[known].astype(float)
    return Purchases(
        x=x,
        t_x=np.where(x > 0, windows.last_day_then[known] - start, 0) / 7,
        age=(origin.toordinal() - start) / 7,
        value_days=np.zeros(len(x)),
        value=np.zeros(len(x)),
    )
