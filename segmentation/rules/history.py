"""How a client's segment changed from one run to the next, and what made it change. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from segmentation.rules.grid import Segment, Thresholds


class Cause(StrEnum):
    FIRST = "first"  # the first run that knows the client
    VALUE = "value"  # the client's own figures crossed a line
    THRESHOLD = "threshold"  # the line moved over the client


@dataclass(frozen=True)
class Standing:
    """Where a client stood on one day; ``under(lines)`` is where other lines would have put it."""

    as_of: date
    segment: Segment
    thresholds: Thresholds
    under: Callable[[Thresholds], Segment]


@dataclass(frozen=True)
class Change:
    as_of: date
    before: Segment | None
    after: Segment
    cause: Cause


def changes(standings: Sequence[Standing]) -> Iterator[Change]:
    """The changes among ``standings`` (oldest first), oldest first.

    The line is the cause when yesterday's lines would have left the client where it was.
    """
    previous: Standing | None = None
    for standing in standings:
        if previous is None:
            yield Change(standing.as_of, None, standing.segment, Cause.FIRST)
        elif standing.segment != previous.segment:
            stayed = standing.under(previous.thresholds) == previous.segment
            cause = Cause.THRESHOLD if stayed else Cause.VALUE
            yield Change(standing.as_of, previous.segment, standing.segment, cause)
        previous = standing
