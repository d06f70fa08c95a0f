"""What keeps a client near a line from going to and fro: a dead band and a time to wait (kinetics 4). Pure.

A client that stands high leaves only below the band, one that stands low only above it; and what then
points elsewhere must do so on every day for ``DWELL_DAYS`` before the segment follows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.rules.grid import SEGMENT_CODES, Features, Segment, Thresholds, classifiable, classify_all

REVENUE_BAND = 0.10  # of the line
MARGIN_BAND = 0.02  # two points
DWELL_DAYS = 14
NONE = -1

Codes = NDArray[np.int8]
Days = NDArray[np.int64]

_CODE = {segment: number for number, segment in enumerate(SEGMENT_CODES)}
_RICH = np.array([segment in (Segment.ATHLETE, Segment.WHALE) for segment in SEGMENT_CODES])
_PROFITABLE = np.array([segment in (Segment.ATHLETE, Segment.THOROUGHBRED) for segment in SEGMENT_CODES])


@dataclass(frozen=True)
class Standings:
    """By client: the segment's code (``NONE``: not known before), the code its figures point to
    instead (``NONE``: none) and the ordinal day since when they do (0: none)."""

    codes: Codes
    pending: Codes
    since: Days

    @classmethod
    def plain(cls, codes: Codes) -> "Standings":
        return cls(codes, np.full(len(codes), NONE, dtype=np.int8), np.zeros(len(codes), dtype=np.int64))

    @classmethod
    def nobody(cls, clients: int) -> "Standings":
        return cls.plain(np.full(clients, NONE, dtype=np.int8))


def settle(features: Features, lines: Thresholds, before: Standings, day: int) -> Standings:
    """Where everybody stands on the ordinal ``day``, given where they stood ``before`` under the same lines.

    Who was not known, or was to qualify, is placed at once: there is nothing to hold on to.
    """
    target = _pointed_to(features, lines, before.codes)
    held = (before.codes != NONE) & (before.codes != _CODE[Segment.TO_QUALIFY]) & (target != before.codes)
    since = np.where(before.pending == target, before.since, day)
    waiting = held & (day - since < DWELL_DAYS)
    return Standings(
        codes=np.where(waiting, before.codes, target).astype(np.int8),
        pending=np.where(waiting, target, NONE).astype(np.int8),
        since=np.where(waiting, since, 0).astype(np.int64),
    )


def _pointed_to(features: Features, lines: Thresholds, codes: Codes) -> Codes:
    """The segment with the band around each line in favour of where a client stands."""
    if lines.revenue_cents is None or lines.margin_rate is None:
        return classify_all(features, lines)
    placed = (codes != NONE) & (codes != _CODE[Segment.TO_QUALIFY])
    stands_rich, stands_profitable = placed & _RICH[codes], placed & _PROFITABLE[codes]
    rich = features.revenue_cents >= _line(
        lines.revenue_cents, lines.revenue_cents * REVENUE_BAND, placed, stands_rich
    )
    profitable = features.margin_rate >= _line(lines.margin_rate, MARGIN_BAND, placed, stands_profitable)
    quadrant = np.where(
        rich,
        np.where(profitable, _CODE[Segment.ATHLETE], _CODE[Segment.WHALE]),
        np.where(profitable, _CODE[Segment.THOROUGHBRED], _CODE[Segment.DILEMMA]),
    )
    return np.where(classifiable(features), quadrant, _CODE[Segment.TO_QUALIFY]).astype(np.int8)


def _line(
    line: float, band: float, placed: NDArray[np.bool_], high: NDArray[np.bool_]
) -> NDArray[np.float64]:
    return np.where(placed, np.where(high, line - band, line + band), line)
