"""Gamma-Gamma: what an order of a client is worth (Fader, Hardie, note of 2013).

Values in units of the currency. ``n`` repeat days with a positive value (the first day is left out,
a sale at price 0 counts for timing alone), ``mean`` their mean value.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma, gammaln

Floats = NDArray[np.float64]
_MIN_Q = 1.05  # at q ≤ 1 the mean value of an order is infinite
_STARTS = ((4.0, 3.0, 2.0), (1.0, 6.0, 5.0))


@dataclass(frozen=True)
class GammaGamma:
    """Value of an order ~ Gamma(p, ν), ν ~ Gamma(q, gamma); ``gamma`` in units of the currency."""

    p: float
    q: float
    gamma: float


@dataclass(frozen=True)
class ValueFit:
    model: GammaGamma
    log_likelihood: float
    clients: int


class ValueFitFailed(Exception):
    """No repeat of a positive value, or no finite maximum."""


class _Likelihood:
    """Log-likelihood and gradient on the logarithms of the parameters; Γ terms once per distinct n."""

    def __init__(self, n: Floats, mean: Floats) -> None:
        self.n, self.total = n, n * mean
        self.counts, self.clients = np.unique(n, return_counts=True)
        self.log_means, self.n_log_totals = np.log(mean).sum(), (n * np.log(self.total)).sum()

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        p, q, gamma = np.exp(logs)
        n, each, size = self.counts, self.clients, len(self.n)
        logs_of_sum, rows = np.log(gamma + self.total), p * self.n + q
        value = (each * (gammaln(p * n + q) - gammaln(p * n))).sum()
        value += size * (q * np.log(gamma) - gammaln(q)) - (rows * logs_of_sum).sum()
        value += p * self.n_log_totals - self.log_means
        d_p = (each * n * (digamma(p * n + q) - digamma(p * n))).sum()
        d_p += self.n_log_totals - (self.n * logs_of_sum).sum()
        d_q = (each * digamma(p * n + q)).sum() - logs_of_sum.sum() + size * (np.log(gamma) - digamma(q))
        d_gamma = size * q / gamma - (rows / (gamma + self.total)).sum()
        return float(value), np.array([p * d_p, q * d_q, gamma * d_gamma])


def log_likelihood(model: GammaGamma, n: ArrayLike, mean: ArrayLike) -> float:
    n, mean = np.asarray(n, dtype=float), np.asarray(mean, dtype=float)
    return _Likelihood(n, mean)(np.log([model.p, model.q, model.gamma]))[0]


def fit(n: ArrayLike, mean: ArrayLike) -> ValueFit:
    """Maximum likelihood on clients with ``n`` ≥ 1 and ``mean`` > 0. Raises ``ValueFitFailed``."""
    from scipy.optimize import minimize  # half a second, which only a fit need wait for

    n, mean = np.asarray(n, dtype=float), np.asarray(mean, dtype=float)
    if not len(n):
        raise ValueFitFailed("no repeat order with a value")
    unit = float(np.median(mean))
    likelihood = _Likelihood(n, mean / unit)

    def target(logs: Floats) -> tuple[float, Floats]:
        value, gradient = likelihood(logs)
        return -value / len(n), -gradient / len(n)

    bounds = [(-5.0, 7.0), (np.log(_MIN_Q), 7.0), (-7.0, 9.0)]
    tries = [
        minimize(target, np.log(start), jac=True, method="L-BFGS-B", bounds=bounds,
                 options={"ftol": 1e-13, "gtol": 1e-7, "maxiter": 300})
        for start in _STARTS
    ]  # fmt: skip
    best = min(tries, key=lambda result: result.fun if np.isfinite(result.fun) else np.inf)
    if not np.isfinite(best.fun):
        raise ValueFitFailed("the likelihood has no finite maximum")
    p, q, gamma = np.exp(best.x)
    model = GammaGamma(float(p), float(q), float(gamma * unit))
    return ValueFit(model, log_likelihood(model, n, mean), len(n))


def expected_value(model: GammaGamma, n: ArrayLike, total: ArrayLike) -> Floats:
    """E[M]: value of the client's next order; ``total`` = n·mean. Without a repeat p·γ/(q − 1)."""
    n, total = np.asarray(n, dtype=float), np.asarray(total, dtype=float)
    return model.p * (model.gamma + total) / (model.p * n + model.q - 1)


def relative_variances(model: GammaGamma, n: ArrayLike) -> tuple[Floats, Floats]:
    """Squared coefficients of variation of the client's mean value and of one order around it.

    The first is infinite for p·n + q ≤ 2; it is then held at 4, a value without influence on E[M].
    """
    shape = model.p * np.asarray(n, dtype=float) + model.q
    of_mean = np.where(shape > 2.25, 1 / np.maximum(shape - 2, 0.25), 4.0)
    return of_mean, np.full_like(of_mean, 1 / model.p)
