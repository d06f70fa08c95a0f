"""The type of a client out of the types of its people, for all clients at once.

The decision-makers speak for the client when the type of one of them is known, else everybody whose type is
known. Several are averaged, each with the weight of its confidence: two sure people outweigh an unsure one.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clients.sociotypes.rules.scoring import FIRM_FROM, PROBABLE_FROM, TIE_BELOW

Array = NDArray[Any]


class ClientStatus(IntEnum):
    """Why the type of a client is unknown (below TIE), or how firm it is (from TIE on)."""

    NOT_ASKED = 0
    OBJECTED = 1
    UNDETERMINED = 2
    SUSPECT = 3
    EXPIRED = 4
    TIE = 10
    WEAK = 11
    PROBABLE = 12
    FIRM = 13


@dataclass(frozen=True)
class ClientTypes:
    """Row for row: client, probabilities of the four types in the order of TYPES (NaN where unknown),
    status, confidence 0…100 (NaN where unknown), known, index of the type (−1 unknown; in a tie the less
    ready one, which is what acts go by)."""

    client_ids: Array
    p: Array
    status: Array
    confidence: Array
    known: Array
    acts_as: Array


def derive(
    client_ids: Array, *, of_client: Array, decides: Array, p: Array, confidence: Array, usable: Array,
    why_not: Array,
) -> ClientTypes:  # fmt: skip
    """``client_ids`` sorted; the other arrays run over people. ``why_not``: the status of one not usable."""
    n = len(client_ids)
    place = np.searchsorted(client_ids, of_client)
    speaks = usable & (decides | ~_any(place, usable & decides, n)[place])
    weight = np.bincount(place[speaks], weights=confidence[speaks], minlength=n)
    known = weight > 0
    sums = np.column_stack(
        [np.bincount(place[speaks], weights=confidence[speaks] * p[speaks, k], minlength=n) for k in range(4)]
    )
    heads = np.bincount(place[speaks], minlength=n)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known[:, None], sums / weight[:, None], np.nan)
        sure = np.where(known, weight / heads, np.nan)
    unknown = np.zeros(n, dtype=int)
    np.maximum.at(unknown, place[~usable], why_not[~usable])
    return ClientTypes(
        client_ids=client_ids, p=mean, confidence=sure, known=known,
        status=np.where(known, _firmness(mean), unknown), acts_as=np.where(known, _acts_as(mean), -1),
    )  # fmt: skip


def _any(place: Array, mask: Array, n: int) -> Array:
    return np.bincount(place[mask], minlength=n) > 0


def _gap(p: Array) -> tuple[Array, Array]:
    ordered = np.sort(np.nan_to_num(p), axis=1)[:, ::-1]
    return ordered[:, 0], ordered[:, 0] - ordered[:, 1]


def _firmness(p: Array) -> Array:
    first, gap = _gap(p)
    levels = [ClientStatus.TIE, ClientStatus.FIRM, ClientStatus.PROBABLE]
    return np.select([gap < TIE_BELOW, first >= FIRM_FROM, first >= PROBABLE_FROM], levels, ClientStatus.WEAK)


def _acts_as(p: Array) -> Array:
    order = np.argsort(-np.nan_to_num(p), axis=1, kind="stable")
    _, gap = _gap(p)
    return np.where(gap < TIE_BELOW, order[:, :2].max(axis=1), order[:, 0])
