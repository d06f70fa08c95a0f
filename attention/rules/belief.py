"""Belief smoothing (care D2): how likely a client is stable, sliding or critical, given all evidence so far.

One night's evidence flickers; the belief moves with it but remembers. Arrays hold one client a row
and the three states as columns. Pure.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kinetics.states import Evidence

Floats = NDArray[np.float64]

TRANSITIONS = np.array([[0.985, 0.015, 0.0], [0.10, 0.86, 0.04], [0.02, 0.06, 0.92]])
"""Weekly moves between stable, sliding and critical: P of care D2."""

LIKELIHOODS = {
    Evidence.STABLE: (0.75, 0.25, 0.05),
    Evidence.WATCH: (0.20, 0.55, 0.20),
    Evidence.ALERT: (0.05, 0.20, 0.75),
    # Too few orders for any test to speak: every state explains that equally well.
    Evidence.NOT_ENOUGH: (1.0, 1.0, 1.0),
}
TEMPER = 0.5
"""Exponent of the likelihood: successive nights share most of their orders, so each counts half."""

MAX_GAP_WEEKS = 52


def _long_run(transitions: Floats) -> Floats:
    return np.linalg.matrix_power(transitions, 4096)[0]


PRIOR: Floats = _long_run(TRANSITIONS)
"""Where a client starts of whom nothing was believed before: the long-run mix of the moves."""


def smooth(before: Floats, weeks: Sequence[int], evidence: Sequence[Evidence]) -> Floats:
    """The belief after ``weeks`` steps (one a week, capped at 52) and one look at the evidence.

    ``before`` has shape (n, 3), rows summing to 1, and so has the result.
    """
    moved = np.empty_like(before)
    gaps = np.clip(np.asarray(weeks, dtype=int), 0, MAX_GAP_WEEKS)
    for gap in np.unique(gaps):
        rows = gaps == gap
        moved[rows] = before[rows] @ np.linalg.matrix_power(TRANSITIONS, int(gap))
    return _weighed(moved, _likelihood(evidence) ** TEMPER)


def first_look(evidence: Sequence[Evidence]) -> Floats:
    """The belief about clients never judged before: one look at their whole history, so it counts in full."""
    likelihood = _likelihood(evidence)
    return _weighed(np.broadcast_to(PRIOR, likelihood.shape), likelihood)


def _likelihood(evidence: Sequence[Evidence]) -> Floats:
    return np.array([LIKELIHOODS[Evidence(code)] for code in evidence], dtype=float).reshape(-1, 3)


def _weighed(belief: Floats, likelihood: Floats) -> Floats:
    weighted = belief * likelihood
    result: Floats = weighted / weighted.sum(axis=1, keepdims=True)
    return result
