"""Seeded buyers that follow BG/NBD exactly, and rollup rows of awkward clients."""

import numpy as np
from numpy.typing import NDArray

from kinetics.rules.bgnbd import BgNbd
from kinetics.rules.gamma_gamma import GammaGamma

Floats = NDArray[np.float64]
# Fader, Hardie, Lee (2005) and Fader, Hardie (2013): the fits of the CDNOW sample of 2,357 clients.
CDNOW = BgNbd(r=0.24259, alpha=4.4136, a=0.7929, b=2.4259)
CDNOW_VALUES = GammaGamma(p=6.25, q=3.74, gamma=15.44)


def buyers(model: BgNbd, ages: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Repeat days x and weeks to the last of them, days counted whole, one purchase a day."""
    days, _ = purchase_days(model, ages, rng)
    x = np.array([len(row) for row in days], dtype=float)
    last = np.array([row[-1] if len(row) else 0 for row in days], dtype=float)
    return x, last / 7


def purchase_days(
    model: BgNbd, ages: Floats, rng: np.random.Generator, horizon: float = 0.0
) -> tuple[list[NDArray[np.int64]], list[int]]:
    """Distinct repeat days of each client up to its age, and how many follow within ``horizon`` weeks."""
    n = len(ages)
    rate, dropout = rng.gamma(model.r, 1 / model.alpha, n), rng.beta(model.a, model.b, n)
    days, later = [], []
    for i in range(n):
        clock, found, after = 0.0, [], 0
        while True:
            clock += rng.exponential(1 / max(rate[i], 1e-12))
            if clock > ages[i] + horizon:
                break
            if clock <= ages[i]:
                found.append(int(np.ceil(clock * 7)))
            else:
                after += 1
            if rng.random() < dropout[i]:
                break
        days.append(np.unique(np.array(found, dtype=np.int64)))
        later.append(after)
    return days, later


def order_values(model: GammaGamma, counts: NDArray[np.int64], rng: np.random.Generator) -> list[Floats]:
    """Values of each client's orders, the client's own scale drawn once."""
    scale = rng.gamma(model.q, 1 / model.gamma, len(counts))
    return [rng.gamma(model.p, 1 / scale[i], n) for i, n in enumerate(counts)]
