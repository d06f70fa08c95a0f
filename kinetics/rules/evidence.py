"""Honest direction: whether a change or a silence could be chance (kinetics 3).

p-values are one-sided in the direction observed: with n orders that all fell into the earlier window
p = (1 − π)ⁿ, so few orders can never prove much.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, bdtrc, ndtr

from kinetics.states import Evidence

Floats = NDArray[np.float64]
WATCH = 0.05
# Half of one in a hundred, for there are two tests, of the change and of the silence: together they
# raise a false alert on less than 1 % of the nights of a stable client (docs/decisions/0017).
ALERT = 0.005
MIN_ORDERS = 5  # below, no test of a change reaches .05
EXACT_ORDERS = 12  # up to here all 2ⁿ sign patterns are counted
EXACT_BELOW = 0.12  # the normal approximation is only checked where it could matter
MIN_COSTED_DAYS = 5


def sign_flip_z(r0: ArrayLike, r1: ArrayLike, squares: ArrayLike, share: ArrayLike) -> Floats:
    """Randomisation test on the window in which each day's net value fell; NaN without values.

    ``squares`` Σv² over both windows; ``share`` π of the portfolio's orders in the later window, which
    takes growth and season out.
    """
    r0, r1, squares, pi = (np.asarray(value, dtype=float) for value in (r0, r1, squares, share))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (r0 - pi * (r0 + r1)) / np.sqrt(pi * (1 - pi) * squares)
    return np.where(squares > 0, z, np.nan)


def p_of_z(z: ArrayLike, orders: ArrayLike, share: ArrayLike) -> Floats:
    """Normal approximation, never below what ``orders`` orders can prove at all."""
    z, orders, pi = (np.asarray(value, dtype=float) for value in (z, orders, share))
    least = np.where(z < 0, 1 - pi, pi) ** orders
    return np.maximum(ndtr(-np.abs(z)), least)


def sign_flip_exact(values: ArrayLike, r0: ArrayLike, share: ArrayLike) -> Floats:
    """P(later window's sum ≤ r0) over all 2ⁿ ways the days could have fallen.

    ``values``: one row a client, one column a day, n ≤ ``EXACT_ORDERS``; ``r0`` and ``share`` per row.
    """
    values = np.atleast_2d(np.asarray(values, dtype=float))
    r0 = np.atleast_1d(np.asarray(r0, dtype=float))
    pi = np.broadcast_to(np.asarray(share, dtype=float), r0.shape)
    n = values.shape[1]
    if n > EXACT_ORDERS:
        raise ValueError(f"{n} days are too many to enumerate")
    patterns = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    later = patterns.sum(axis=1)
    result = np.zeros(len(values))
    for share_ in np.unique(pi):  # one or two shares a night
        rows = np.flatnonzero(pi == share_)
        weights = share_**later * (1 - share_) ** (n - later)
        for part in np.array_split(rows, len(rows) * len(patterns) // 4_000_000 + 1):
            sums = values[part] @ patterns.T.astype(float)
            result[part] = (sums <= r0[part, None] + 1e-6) @ weights
    return np.minimum(result, 1.0)


def count_p(n0: ArrayLike, n1: ArrayLike, share: ArrayLike) -> Floats:
    """Counts alone: n0 ~ Binomial(n0 + n1, π), one-sided in the direction observed."""
    n0, n1, pi = (np.asarray(value, dtype=float) for value in (n0, n1, share))
    n = n0 + n1
    lower = bdtr(n0, n.astype(int), pi)
    upper = np.where(n0 > 0, bdtrc(np.maximum(n0 - 1, 0), n.astype(int), pi), 1.0)
    return np.where(n0 <= pi * n, lower, upper)


def gap_p(r: float, alpha: float, x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> Floats:
    """P(no order since the last | history), the only test that sees a rare buyer stop; NaN at x = 0."""
    x, t_x, age = (np.asarray(value, dtype=float) for value in (x, t_x, age))
    silence = np.exp((r + x) * (np.log(alpha + t_x) - np.log(alpha + age)))
    return np.where(x >= 1, silence, np.nan)


def margin_z(
    before: tuple[ArrayLike, ...], now: tuple[ArrayLike, ...], change: ArrayLike
) -> Floats:  # fmt: skip
    """z of a change of the margin rate. Each window: (rate, Rc, Σm², Σm·r, Σr², costed days)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.asarray(change, dtype=float) / np.sqrt(_rate_variance(before) + _rate_variance(now))
    enough = (np.asarray(before[5]) >= MIN_COSTED_DAYS) & (np.asarray(now[5]) >= MIN_COSTED_DAYS)
    return np.where(enough & np.isfinite(z), z, np.nan)


def _rate_variance(window: tuple[ArrayLike, ...]) -> Floats:
    rate, rc, m2, mr, r2, _ = (np.asarray(value, dtype=float) for value in window)
    return np.maximum(m2 - 2 * rate * mr + rate**2 * r2, 0.0) / rc**2


EVIDENCES = (Evidence.NOT_ENOUGH, Evidence.STABLE, Evidence.WATCH, Evidence.ALERT)


def evidence_codes(z: ArrayLike, change: ArrayLike, gap: ArrayLike, orders: ArrayLike) -> NDArray[np.int8]:
    """Index into ``EVIDENCES``. Only declines call for attention; a rise is shown with its p."""
    z, change, gap, orders = (np.asarray(value, dtype=float) for value in (z, change, gap, orders))
    decline = np.where(z < 0, change, 1.0)
    least = np.fmin(np.where(np.isnan(decline), 1.0, decline), np.where(np.isnan(gap), 1.0, gap))
    silent = np.where(np.isnan(gap), 1.0, gap) <= WATCH
    codes = np.where(least <= ALERT, 3, np.where(least <= WATCH, 2, 1))
    return np.where((orders < MIN_ORDERS) & ~silent, 0, codes).astype(np.int8)
