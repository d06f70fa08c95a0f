"""BG/NBD: how often a client will still order (Fader, Hardie, Lee, Marketing Science 24(2), 2005).

Vectorised over clients. A history is ``x`` repeat purchase days, ``t_x`` weeks from the first to the
last of them, ``T`` weeks from the first to the day of the computation; ``t`` is a horizon in weeks.
Finite for x ≤ 2000, T ≤ 520, t ≤ 260, within 1e-8 of exact arithmetic (tests/kinetics/test_bgnbd.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma, expit, gammaln, hyp2f1

Floats = NDArray[np.float64]
_BOUND = 9.0  # of the logarithms of the parameters
# Soft walls of the dropout's beta prior: flat inside, so that ordinary data feel nothing; outside they
# hold a likelihood that is flat along a ridge, where b would run to thousands.
_SPREAD_WALLS = (np.log(0.05), np.log(20.0))  # of ln(a + b)
_MEAN_WALL = np.log(99.0)  # of |ln(a / b)|
_STARTS = ((0.5, 1.0, 0.8, 2.5), (2.0, 1.0, 0.3, 3.0))
_NEAR_ONE, _NEAR_ZERO = 1e-5, 1e-9
_SERIES_TERMS = 200
_ROWS_TO_START = 10_000  # distinct histories that tell where the maximum of many more lies


@dataclass(frozen=True)
class BgNbd:
    """Parameters; ``alpha`` in weeks. Purchases while alive ~ Gamma(r, alpha), dropout ~ Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float


@dataclass(frozen=True)
class History:
    """Distinct (x, t_x, T) rows with their number of clients."""

    x: Floats
    t_x: Floats
    age: Floats
    weight: Floats

    @classmethod
    def of(cls, x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> "History":
        """Compress equal rows: the likelihood needs each once."""
        rows = np.column_stack([np.asarray(column, dtype=float) for column in (x, t_x, age)])
        rows = rows[np.lexsort(rows.T)]
        starts = np.flatnonzero(np.r_[True, (rows[1:] != rows[:-1]).any(axis=1)][: len(rows)])
        weight = np.diff(np.r_[starts, len(rows)]).astype(float)
        return cls(rows[starts, 0], rows[starts, 1], rows[starts, 2], weight)

    @property
    def clients(self) -> int:
        return int(self.weight.sum())

    def thinned(self) -> "History":
        """Every so-manieth row in their order."""
        rows = slice(None, None, len(self.x) // _ROWS_TO_START)
        return History(self.x[rows], self.t_x[rows], self.age[rows], self.weight[rows])


@dataclass(frozen=True)
class Fit:
    model: BgNbd
    log_likelihood: float  # without the penalty
    clients: int


class FitFailed(Exception):
    """The optimiser found no finite maximum."""


class _Likelihood:
    """Minus the mean log-likelihood and its gradient, on the logarithms of scaled parameters."""

    def __init__(self, history: History) -> None:
        self.h = history
        self.n = history.weight.sum()
        # Time in units of the mean age, so that alpha is of order one.
        self.unit = max(float(np.average(history.age, weights=history.weight)), 1e-9)
        self.repeated = history.x > 0
        self.xs, self.which = np.unique(history.x, return_inverse=True)
        self.per_x = np.bincount(self.which, weights=history.weight)

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        value, gradient = self._sum(logs)
        wall, slope = _penalty(logs)
        return (wall - value) / self.n, (slope - gradient) / self.n

    def log_likelihood(self, model: BgNbd) -> float:
        logs = np.log([model.r, model.alpha / self.unit, model.a, model.b])
        return self._sum(logs)[0] - float((self.h.weight * self.h.x).sum() * np.log(self.unit))

    def _sum(self, logs: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(logs)
        h, w = self.h, self.h.weight
        end, last = np.log(alpha + h.age / self.unit), np.log(alpha + h.t_x / self.unit)
        gone = np.log(a) - np.log(np.maximum(b + h.x - 1, 1e-300)) + (r + h.x) * (end - last)
        gone = np.where(self.repeated, gone, -np.inf)
        share = expit(gone)  # of the likelihood that belongs to "gone since the last order"
        ends = (r + h.x) * end
        value = self._gammas(r, a, b) + self.n * r * np.log(alpha)
        value += float((w * (np.logaddexp(0.0, gone) - ends)).sum())
        return value, np.array([r, alpha, a, b]) * self._gradient(r, alpha, a, b, end, last, share)

    def _gammas(self, r: float, a: float, b: float) -> float:
        x = self.xs
        terms = gammaln(r + x) - gammaln(r) + gammaln(b + x) - gammaln(b)
        terms += gammaln(a + b) - gammaln(a + b + x)
        return float((self.per_x * terms).sum())

    def _gradient(
        self, r: float, alpha: float, a: float, b: float, end: Floats, last: Floats, share: Floats
    ) -> Floats:
        h, w, x, per_x = self.h, self.h.weight, self.xs, self.per_x
        gone = w * share
        by_end, by_last = 1 / (alpha + h.age / self.unit), 1 / (alpha + h.t_x / self.unit)
        both = (per_x * (digamma(a + b) - digamma(a + b + x))).sum()
        d_r = (per_x * (digamma(r + x) - digamma(r))).sum() + self.n * np.log(alpha)
        d_r += (gone * (end - last) - w * end).sum()
        d_alpha = self.n * r / alpha + ((r + h.x) * (gone * (by_end - by_last) - w * by_end)).sum()
        d_a = both + gone.sum() / a
        left = np.divide(gone, b + h.x - 1, out=np.zeros_like(gone), where=self.repeated)
        d_b = both + (per_x * (digamma(b + x) - digamma(b))).sum() - left.sum()
        return np.array([d_r, d_alpha, d_a, d_b])


def _penalty(logs: Floats) -> tuple[float, Floats]:
    a, b = np.exp(logs[2:])
    spread, mean = np.log(a + b), logs[2] - logs[3]
    low, high = _SPREAD_WALLS
    out_spread = max(spread - high, 0.0) + min(spread - low, 0.0)
    out_mean = np.sign(mean) * max(abs(mean) - _MEAN_WALL, 0.0)
    to_spread = np.array([a, b]) / (a + b) * 2 * out_spread
    slope = np.array([0.0, 0.0, to_spread[0] + 2 * out_mean, to_spread[1] - 2 * out_mean])
    return float(out_spread**2 + out_mean**2), slope


def log_likelihood(model: BgNbd, history: History) -> float:
    """Of the histories in weeks, without the penalty."""
    return _Likelihood(history).log_likelihood(model)


def fit(history: History) -> Fit:
    """Maximum likelihood under the soft walls, the best of two starts.

    Of many rows a part shows where to start. Raises ``FitFailed`` on no rows or no finite maximum.
    """
    from scipy.optimize import minimize  # half a second, which only a fit need wait for

    if not len(history.x) or not history.age.any():
        raise FitFailed("no history to fit")
    likelihood = _Likelihood(history)
    starts: list[Sequence[float]] = [np.log(values).tolist() for values in _STARTS]
    if len(history.x) >= 2 * _ROWS_TO_START:
        near = fit(history.thinned()).model
        starts = [np.log([near.r, near.alpha / likelihood.unit, near.a, near.b]).tolist()]
    tries = [
        minimize(
            likelihood, first, jac=True, method="L-BFGS-B", bounds=[(-_BOUND, _BOUND)] * 4,
            options={"ftol": 1e-13, "gtol": 1e-7, "maxiter": 300},
        )
        for first in starts
    ]  # fmt: skip
    best = min(tries, key=lambda result: result.fun if np.isfinite(result.fun) else np.inf)
    if not np.isfinite(best.fun):
        raise FitFailed("the likelihood has no finite maximum")
    r, alpha, a, b = np.exp(best.x)
    model = BgNbd(float(r), float(alpha * likelihood.unit), float(a), float(b))
    return Fit(model, likelihood.log_likelihood(model), history.clients)


def p_alive(model: BgNbd, x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> Floats:
    """P(still a client); 1 by the model's assumption when x = 0, which says nothing about the client."""
    x, t_x, age = (np.asarray(value, dtype=float) for value in (x, t_x, age))
    with np.errstate(divide="ignore"):
        gone = np.log(model.a) - np.log(np.maximum(model.b + x - 1, 0.0))
    gone = gone + (model.r + x) * (np.log(model.alpha + age) - np.log(model.alpha + t_x))
    return np.where(x > 0, expit(-gone), 1.0)


def expected_transactions(model: BgNbd, t: ArrayLike, x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> Floats:
    """E[Y(t) | x, t_x, T]: orders expected in the next ``t`` weeks.

    The published formula after Euler's transformation of ₂F₁; the textbook form overflows from x ≈ 700.
    """
    t, x, age_ = (np.asarray(value, dtype=float) for value in (t, x, age))
    z = t / (model.alpha + age_ + t)
    return _orders_if_alive(model, x, z) * p_alive(model, x, t_x, age)


def expected_new(model: BgNbd, t: ArrayLike) -> Floats:
    """E[X(t)]: repeat orders of a client in the first ``t`` weeks after the first order."""
    return expected_transactions(model, t, 0.0, 0.0, 0.0)


def _orders_if_alive(model: BgNbd, x: Floats, z: Floats) -> Floats:
    if abs(model.a - 1) >= _NEAR_ONE:
        return _euler(model.a, model.b, model.r, x, z)
    # The singularity at a = 1 is removable; between both sides a straight line is exact to 1e-10.
    below, above = (_euler(1 + side * _NEAR_ONE, model.b, model.r, x, z) for side in (-1, 1))
    return below + (above - below) * (model.a - 1 + _NEAR_ONE) / (2 * _NEAR_ONE)


def _euler(a: float, b: float, r: float, x: Floats, z: Floats) -> Floats:
    third = a + b + x - 1
    third = np.where(np.abs(third) < _NEAR_ZERO, _NEAR_ZERO, third)  # removable, x = 0 and a + b = 1
    series = _hypergeometric(a - 1, a + b - 1 - r, third, z)
    # expm1 keeps the digits of 1 − (1 − z)^(a−1)·F for short horizons; where a + b + x < 1 the series
    # may be negative, and has no logarithm.
    positive = series > 0
    small = np.expm1((a - 1) * np.log1p(-z) + np.log(np.where(positive, series, 1.0)))
    return -third / (a - 1) * np.where(positive, small, (1 - z) ** (a - 1) * series - 1)


def _hypergeometric(a: float, b: float, c: Floats, z: Floats) -> Floats:
    """₂F₁. scipy has no value for some large c near z = 1, where the power series needs few terms."""
    found = np.asarray(hyp2f1(a, b, c, z))
    lost = ~np.isfinite(found)
    if lost.any():
        c, z = (np.broadcast_to(value, found.shape)[lost] for value in (c, z))
        n = np.arange(_SERIES_TERMS)[:, None]
        ratios = (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        found = found.copy()
        found[lost] = 1 + np.cumprod(ratios, axis=0).sum(axis=0)
    return found


def p_order(model: BgNbd, t: ArrayLike, x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> Floats:
    """P(at least one order in the next ``t`` weeks)."""
    t, x_, age_ = (np.asarray(value, dtype=float) for value in (t, x, age))
    none = np.exp((model.r + x_) * -np.log1p(t / (model.alpha + age_)))
    return p_alive(model, x, t_x, age) * (1 - none)


def p_zero(model: BgNbd, t: ArrayLike) -> Floats:
    """P(X(t) = 0): no repeat order in the first ``t`` weeks."""
    return (model.alpha / (model.alpha + np.asarray(t, dtype=float))) ** model.r
