"""Expected orders where the model may not speak: Gamma-Poisson posterior with a fixed weak prior.

The prior (two orders a year, worth four weeks of observation) is a convention, not an estimate: with
few clients nothing better can be fitted, and a client's own record outweighs it within a quarter.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GammaPrior:
    """Orders a week ~ Gamma(r, alpha), ``alpha`` in weeks."""

    r: float
    alpha: float


PRIOR = GammaPrior(r=4 * 2 / 52, alpha=4.0)
VALUE_WEIGHT = 1.0  # the portfolio's mean order counts as one order of the client


def expected_transactions(prior: GammaPrior, t: ArrayLike, x: ArrayLike, age: ArrayLike) -> Floats:
    """Orders expected in the next ``t`` weeks after ``x`` repeats in ``age`` weeks."""
    t, x, age = (np.asarray(value, dtype=float) for value in (t, x, age))
    return t * (prior.r + x) / (prior.alpha + age)


def p_order(prior: GammaPrior, t: ArrayLike, x: ArrayLike, age: ArrayLike) -> Floats:
    """P(at least one order in the next ``t`` weeks)."""
    t, x, age = (np.asarray(value, dtype=float) for value in (t, x, age))
    return -np.expm1((prior.r + x) * -np.log1p(t / (prior.alpha + age)))


def expected_value(days: ArrayLike, total: ArrayLike, portfolio_mean: float) -> Floats:
    """Value of the client's next order: its own mean, shrunk to the portfolio's by one order."""
    days, total = np.asarray(days, dtype=float), np.asarray(total, dtype=float)
    return (total + VALUE_WEIGHT * portfolio_mean) / (days + VALUE_WEIGHT)
