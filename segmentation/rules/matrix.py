"""The migration matrix of text 000: services by clients, and the way of every client through it. Pure."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

RULE_VERSION = "matrix-1"
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Bucket(IntEnum):
    """What a line of sales is. The first three are rows of the matrix, from the bottom to the top."""

    OFFLINE = 0
    CLASSIC_ONLINE = 1
    NEW_ONLINE = 2
    NO_INTRODUCTION = 3  # online, but since when the product exists is not known
    NO_CHANNEL = 4  # sold online too, but how this order came is not known
    NO_CHANNEL_NO_FLAG = 5  # nor whether the product is sold online


ROWS = (Bucket.OFFLINE, Bucket.CLASSIC_ONLINE, Bucket.NEW_ONLINE)
UNKNOWN_BUCKETS = (Bucket.NO_INTRODUCTION, Bucket.NO_CHANNEL, Bucket.NO_CHANNEL_NO_FLAG)


class Cell(StrEnum):
    CURRENT = "current"  # classic services offline, existing clients: situation actuelle
    MIGRATION = "migration"  # classic services online, existing clients
    MUTATION = "mutation"  # new services online, existing clients
    OFFLINE_NEW = "offline_new"  # classic services offline, new clients
    CONQUEST = "conquest"  # classic services online, new clients
    DIVERSIFICATION = "diversification"  # new services online, new clients
    UNKNOWN = "unknown"
    ABSENT = "absent"  # bought nothing in the 52 weeks


CELLS = tuple(Cell)
# (row, is new client) → cell
_PLACES = {
    (Bucket.OFFLINE, False): Cell.CURRENT,
    (Bucket.CLASSIC_ONLINE, False): Cell.MIGRATION,
    (Bucket.NEW_ONLINE, False): Cell.MUTATION,
    (Bucket.OFFLINE, True): Cell.OFFLINE_NEW,
    (Bucket.CLASSIC_ONLINE, True): Cell.CONQUEST,
    (Bucket.NEW_ONLINE, True): Cell.DIVERSIFICATION,
}
_CELL_CODE = np.array(
    [[CELLS.index(_PLACES[row, is_new]) for is_new in (False, True)] for row in ROWS], dtype=np.int64
)


class Why(StrEnum):
    """Why a client's cell is unknown; empty for a known one."""

    KNOWN = ""
    NO_REFERENCE = "no_reference"  # nobody said since when there is an offer online, and no order tells
    NO_INTRODUCTION = "no_introduction"
    NO_CHANNEL = "no_channel"
    NO_CHANNEL_NO_FLAG = "no_channel_no_flag"


WHYS = tuple(Why)
_WHY_CODE = {
    Bucket.NO_INTRODUCTION: WHYS.index(Why.NO_INTRODUCTION),
    Bucket.NO_CHANNEL: WHYS.index(Why.NO_CHANNEL),
    Bucket.NO_CHANNEL_NO_FLAG: WHYS.index(Why.NO_CHANNEL_NO_FLAG),
}


@dataclass(frozen=True)
class Placed:
    """By client: positions in ``CELLS`` and ``WHYS``."""

    cell: Ints
    why: Ints


def place(sums: Ints, is_new: Flags | None) -> Placed:
    """Where each client is by its purchases of 52 weeks.

    ``sums``: one column per bucket, net cents; ``is_new``: whose first purchase was not before the day that parts
    existing from new clients, ``None`` when nobody knows that day. A client is in the row with most of its revenue, of
    equal ones in the higher. It is unknown when what is unknown of its purchases could
    change that row.
    """
    count = len(sums)
    if is_new is None:
        empty = ~(sums > 0).any(axis=1)
        cell = np.where(empty, CELLS.index(Cell.ABSENT), CELLS.index(Cell.UNKNOWN))
        return Placed(cell, np.where(empty, 0, WHYS.index(Why.NO_REFERENCE)))
    positive = np.maximum(sums, 0)
    rows, unknown = positive[:, : len(ROWS)], positive[:, len(ROWS) :]
    # From the top row down, so that of equal ones the higher is taken.
    row = len(ROWS) - 1 - rows[:, ::-1].argmax(axis=1)
    ordered = np.sort(rows, axis=1)
    doubtful = ordered[:, -1] - ordered[:, -2] <= unknown.sum(axis=1)
    doubtful &= unknown.sum(axis=1) > 0
    absent = ~(positive > 0).any(axis=1)
    cell = _CELL_CODE[row, is_new.astype(np.int64)]
    cell = np.where(absent, CELLS.index(Cell.ABSENT), np.where(doubtful, CELLS.index(Cell.UNKNOWN), cell))
    largest = np.array([_WHY_CODE[bucket] for bucket in UNKNOWN_BUCKETS])[unknown.argmax(axis=1)]
    why = np.where(doubtful & ~absent, largest, WHYS.index(Why.KNOWN))
    return Placed(cell.reshape(count), why.reshape(count))


def online_share(online: Ints, offline: Ints) -> NDArray[np.float64]:
    """m: what came in online of all whose way is known, both in net cents; NaN when none is. A way by which more came
    back than was sold counts nothing."""
    brought = np.maximum(online, 0).astype(float)
    known = brought + np.maximum(offline, 0)
    share = np.full(len(brought), np.nan)
    np.divide(brought, known, out=share, where=known > 0)
    return share


def flows(before: Ints, after: Ints) -> list[tuple[Cell, Cell, int, Ints]]:
    """From cell to cell: how many clients, and which positions; in the order of the cells."""
    kinds = len(CELLS)
    codes = before * kinds + after
    return [
        (CELLS[code // kinds], CELLS[code % kinds], int((codes == code).sum()), np.flatnonzero(codes == code))
        for code in np.unique(codes).tolist()
    ]
