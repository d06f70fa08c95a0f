"""What made a client change its segment. Pure."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from segmentation.rules.grid import Features, Thresholds
from segmentation.rules.stability import NONE, Standings, settle


class Cause(StrEnum):
    VALUE = "value"  # the client's own figures crossed a line
    THRESHOLD = "threshold"  # the line moved over the client
    OWN = "own"  # the company's own segmentation came, went or was changed


@dataclass(frozen=True)
class Moves:
    """Who changed (positions in the features), from and to which code, and whether a line moved over them."""

    index: NDArray[np.int64]
    before: NDArray[np.int8]
    after: NDArray[np.int8]
    by_line: NDArray[np.bool_]


def moves(
    features: Features,
    before: Standings,
    after: Standings,
    *,
    lines_before: Thresholds,
    moved: bool,
    day: int,
) -> Moves:
    """The changes from one run to the next; nobody moves who was not known before.

    With the lines ``moved``, they are the cause when yesterday's lines would have left the client
    where it was; otherwise the client's figures are.
    """
    index = np.flatnonzero((before.codes != NONE) & (before.codes != after.codes))
    if moved:
        stayed = settle(features, lines_before, before, day).codes == before.codes
    else:
        stayed = np.zeros(len(before.codes), dtype=bool)
    return Moves(index, before.codes[index], after.codes[index], stayed[index])
