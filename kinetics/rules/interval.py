"""The 80 % interval of expected revenue.

Revenue of the horizon is zero with probability 1 − P(≥ 1 order), known exactly; given at least one
order it is taken as lognormal with the right mean and variance (orders Gamma-Poisson, their mean value
uncertain, each order spread around it). Two moments and one quantile function a client: a night can
afford it. Coverage on simulated buyers: tests/kinetics/test_interval.py.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
TAIL = 0.1


def interval(
    orders: ArrayLike, p_some: ArrayLike, shape: ArrayLike, value: ArrayLike,
    value_cv2: ArrayLike, order_cv2: ArrayLike, p_alive: ArrayLike = 1.0,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Low and high of the revenue: 10 % and 90 % points.

    ``orders`` E[Y]; ``p_some`` P(Y ≥ 1) > 0; ``shape`` of the gamma of the client's own rate (r + x);
    ``value`` E[M]; ``value_cv2`` and ``order_cv2`` from ``gamma_gamma.relative_variances``.
    """
    orders, p_some = np.asarray(orders, dtype=float), np.asarray(p_some, dtype=float)
    shape, value, alive = (np.asarray(item, dtype=float) for item in (shape, value, p_alive))
    if_alive = orders / alive
    second = alive * (if_alive + if_alive**2 * (1 + 1 / shape))  # E[Y²], Gamma-Poisson while alive
    mean_square = 1 + np.asarray(value_cv2, dtype=float)
    spread = (orders * np.asarray(order_cv2, dtype=float) + second) * mean_square
    ratio = spread * p_some / np.maximum(orders, 1e-300) ** 2  # E[S²|some] / E[S|some]²
    sigma2 = np.log(np.maximum(ratio, 1.0))
    centre = np.log(np.maximum(orders * value / p_some, 1e-300)) - sigma2 / 2
    return _point(TAIL, p_some, centre, sigma2), _point(1 - TAIL, p_some, centre, sigma2)


def _point(level: float, p_some: Floats, centre: Floats, sigma2: Floats) -> Floats:
    inside = (level - (1 - p_some)) / p_some
    point = np.exp(centre + ndtri(np.clip(inside, 1e-12, 1 - 1e-12)) * np.sqrt(sigma2))
    return np.where(inside > 0, point, 0.0)
