"""Whether the twelve statements measure four things: Cronbach's alpha per scale with its interval.

Alpha and its interval: Feldt, Woodruff & Salih (1987), ``1−(1−α)·F``. Below ``HIDDEN_BELOW`` answers a figure
would be noise and is not computed; below ``GREY_BELOW`` it is shown as uncertain.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri  # scipy.stats gives the same and takes half a second to load

from clients.sociotypes.rules.instrument import CURRENT, SCALES, Instrument, Scale
from clients.sociotypes.rules.scoring import columns_of, keyed

HIDDEN_BELOW, GREY_BELOW = 30, 100
TARGET, WARN_BELOW = 0.70, 0.60
Array = NDArray[Any]


@dataclass(frozen=True)
class ItemStatistics:
    key: str
    mean: float
    deviation: float
    item_rest: float | None  # correlation with the sum of the others; None when one of them is constant
    alpha_without: float | None


@dataclass(frozen=True)
class ScaleReliability:
    """``alpha`` is None with fewer than ``HIDDEN_BELOW`` answers, or when everybody answered alike."""

    scale: Scale
    answers: int
    alpha: float | None
    low: float | None
    high: float | None
    items: tuple[ItemStatistics, ...]

    @property
    def is_hidden(self) -> bool:
        return self.answers < HIDDEN_BELOW

    @property
    def is_uncertain(self) -> bool:
        return self.answers < GREY_BELOW


def cronbach_alpha(values: Array) -> float | None:
    """``k/(k−1)·(1 − Σvar_i/var_total)`` of n × k answers, all turned the same way."""
    n, k = values.shape
    if n < 2 or k < 2:
        return None
    total = values.sum(axis=1).var(ddof=1)
    if total == 0:
        return None
    return float(k / (k - 1) * (1 - values.var(axis=0, ddof=1).sum() / total))


def feldt_interval(alpha: float, *, k: int, n: int, level: float = 0.95) -> tuple[float, float]:
    tail = (1 - level) / 2
    first, second = n - 1, (n - 1) * (k - 1)
    low = 1 - (1 - alpha) * fdtri(first, second, 1 - tail)
    high = 1 - (1 - alpha) * fdtri(first, second, tail)
    return float(low), float(high)


def reliability(answers: Array, instrument: Instrument = CURRENT) -> tuple[ScaleReliability, ...]:
    """Of complete answers only: rows with a statement unanswered are left out of all scales."""
    answers = np.asarray(answers, dtype=float).reshape(-1, len(instrument.items))
    values = keyed(answers[~np.isnan(answers).any(axis=1)], instrument)
    return tuple(
        _scale(scale, values[:, places], [instrument.keys[i] for i in places])
        for scale, places in zip(SCALES, columns_of(instrument), strict=True)
    )


def _scale(scale: Scale, values: Array, keys: list[str]) -> ScaleReliability:
    n, k = values.shape
    alpha = cronbach_alpha(values) if n >= HIDDEN_BELOW else None
    low, high = (None, None) if alpha is None else feldt_interval(alpha, k=k, n=n)
    items = tuple(_item(values, i, key) for i, key in enumerate(keys)) if n >= HIDDEN_BELOW else ()
    return ScaleReliability(scale, n, alpha, low, high, items)


def _item(values: Array, i: int, key: str) -> ItemStatistics:
    own, others = values[:, i], np.delete(values, i, axis=1)
    rest = others.sum(axis=1)
    constant = own.std() == 0 or rest.std() == 0
    return ItemStatistics(
        key=key, mean=float(own.mean()), deviation=float(own.std(ddof=1)),
        item_rest=None if constant else float(np.corrcoef(own, rest)[0, 1]),
        alpha_without=cronbach_alpha(others),
    )  # fmt: skip
