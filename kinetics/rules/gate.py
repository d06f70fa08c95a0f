"""Whether the model may speak: minimum data, and a check of its own past forecast (kinetics 2)."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
MIN_WEEKS = 26.0
MIN_REPEATERS = 200
HOLD_OUT_WEEKS = 26
_FACTOR_BOUNDS = (0.5, 1.5)


def enough_data(weeks: float, repeaters: int) -> bool:
    """``weeks`` of records in all; ``repeaters`` clients with a second purchase day."""
    return weeks >= MIN_WEEKS and repeaters >= MIN_REPEATERS


@dataclass(frozen=True)
class Gate:
    """How the model forecast the last 26 weeks; ``checked`` is False when history is too short.

    ``factor`` c = actual / predicted, clipped, by which expectations are scaled; deviances are means
    per client; ``lift`` of the tenth of clients ranked highest against the mean client.
    """

    checked: bool
    passed: bool
    factor: float = 1.0
    bias: float | None = None
    deviance: float | None = None
    deviance_naive: float | None = None
    lift: float | None = None
    clients: int = 0
    origin: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


UNCHECKED = Gate(checked=False, passed=True)


def poisson_deviance(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Mean per client; a prediction of zero counts as one in a million."""
    actual = np.asarray(actual, dtype=float)
    predicted = np.maximum(np.asarray(predicted, dtype=float), 1e-6)
    logs = np.where(actual > 0, actual * np.log(np.maximum(actual, 1.0) / predicted), 0.0)
    return float(2 * np.mean(logs - (actual - predicted)))


def check(*, actual: ArrayLike, predicted: ArrayLike, naive: ArrayLike, origin: str) -> Gate:
    """Compare orders of the hold-out with the model's and with the naive forecast of each client."""
    actual, predicted = np.asarray(actual, dtype=float), np.asarray(predicted, dtype=float)
    total, expected = float(actual.sum()), float(predicted.sum())
    deviance, by_naive = poisson_deviance(actual, predicted), poisson_deviance(actual, naive)
    factor = float(np.clip(total / expected, *_FACTOR_BOUNDS)) if expected > 0 else 1.0
    best = np.argsort(-predicted, kind="stable")[: max(len(predicted) // 10, 1)]
    return Gate(
        checked=True, passed=deviance <= by_naive, factor=factor,
        bias=expected / total - 1 if total > 0 else None, deviance=deviance, deviance_naive=by_naive,
        lift=float(actual[best].mean() / actual.mean()) if total > 0 else None,
        clients=len(actual), origin=origin,
    )  # fmt: skip
