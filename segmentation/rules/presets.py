"""Where the two lines of the grid are drawn (kinetics 4). Pure."""

import numpy as np
from numpy.typing import NDArray

from segmentation.rules.grid import Features, Preset, Thresholds, classifiable


def abc_cut(revenue_cents: NDArray[np.int64]) -> int | None:
    """Revenue of the smallest client inside the top 80 %.

    The top is the smallest group of largest clients that together make at least 80 % of all positive
    revenue. Null when nobody has revenue.
    """
    largest_first = np.sort(revenue_cents[revenue_cents > 0])[::-1]
    if not len(largest_first):
        return None
    total = np.cumsum(largest_first)
    # In integers (5 × part ≥ 4 × whole), so that exactly 80 % is inside on every machine.
    return int(largest_first[int(np.argmax(5 * total >= 4 * total[-1]))])


def propose(preset: Preset, features: Features, portfolio_margin_rate: float | None) -> Thresholds:
    """The lines of a preset. Raises ``ValueError`` for typed ones, which nobody can propose.

    Medians are taken over the clients the grid can place, so that each line halves them.
    """
    if preset is Preset.ABC:
        return Thresholds(abc_cut(features.revenue_cents), portfolio_margin_rate)
    if preset is Preset.MEDIANS:
        placed = classifiable(features)
        if not placed.any():
            return Thresholds(None, None)
        return Thresholds(
            int(np.median(features.revenue_cents[placed])), float(np.median(features.margin_rate[placed]))
        )
    raise ValueError(f"{preset} has no values of its own")
