"""What sizes the bubbles. The expected revenue lives in a sibling app, so the composition root hands it in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise


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
