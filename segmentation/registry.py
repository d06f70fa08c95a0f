"""What sibling apps know and the composition root hands in: the size of the bubbles, the open alerts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.utils.functional import Promise
from numpy.typing import NDArray


@dataclass(frozen=True)
class BubbleSize:
    """``sizes`` takes client ids and answers cents by id; a client without a figure may be absent.

    While it knows nobody, the bubbles keep the revenue of the last 52 weeks.
    """

    label: str | Promise
    sizes: Callable[[Sequence[int]], Mapping[int, int | None]]


_providers: list[BubbleSize] = []


def bubble_size(provider: BubbleSize) -> None:
    """Use ``provider`` from now on, instead of the revenue of the last 52 weeks."""
    _providers[:] = [provider]


def current_bubble_size() -> BubbleSize | None:
    return _providers[0] if _providers else None


Alerts = Callable[[date], NDArray[np.int64]]
_alerts: list[Alerts] = []


def alert_source(source: Alerts) -> None:
    """Use ``source`` for the ids of clients whose purchases give alarm as of a day."""
    _alerts[:] = [source]


def alerted_clients(as_of: date) -> NDArray[np.int64]:
    """Ids of clients with an alert as of ``as_of``; none while nobody can tell."""
    return _alerts[0](as_of) if _alerts else np.zeros(0, dtype=np.int64)
