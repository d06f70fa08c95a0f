"""Days of the rollup as they travel: client, day and flags in one number, and what is seldom only where there is any."""

from collections.abc import Mapping
from datetime import date

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from common.arrays import day_number, select

Ints = NDArray[np.int64]
_DAY_BITS = 22  # the ordinal of 9999-12-31 has as many
_DAY = (1 << _DAY_BITS) - 1
_CLIENT_DAY = f"(client_id * {1 << _DAY_BITS} + {{day}})"


def days_within(
    since: date, until: date, whole: tuple[str, ...], seldom: Mapping[str, str], clients: str = ""
) -> dict[str, Ints]:
    """The rollup of (``since``, ``until``]: ``client``, ``day`` (ordinal), ``bought`` and the sums asked for.

    ``whole``: columns that are sent of every day; ``seldom``: expressions by name that are 0 on most days, and then not
    sent. ``clients``: a condition on the clients, as of ``client_range``.
    """
    flags = "".join(
        f" + CASE WHEN {sql} <> 0 THEN {1 << bit} ELSE 0 END"
        for bit, sql in enumerate(seldom.values(), start=1)
    )
    bits, columns = (
        1 + len(seldom),
        [*whole, *(f"NULLIF({sql}, 0) AS {name}" for name, sql in seldom.items())],
    )
    rows = select(
        f"SELECT {_client_day()} * {1 << bits} + CASE WHEN orders > 0 THEN 1 ELSE 0 END{flags} AS packed,"
        f" {', '.join(columns)} FROM sales_clientday"
        f" WHERE {_plus()}day > '{since}' AND {_plus()}day <= '{until}'{clients}",
        ("packed", *whole, *seldom),
    )
    packed = rows.pop("packed")
    for bit, name in enumerate(seldom, start=1):
        rows[name] = _filled(packed >> bit & 1, rows[name])
    return rows | _key(packed >> bits) | {"bought": packed & 1 == 1}


def purchases_until(until: date, clients: str = "") -> dict[str, Ints]:
    """``client`` and ``day`` (ordinal) of every day somebody bought on up to ``until``."""
    rows = select(
        f"SELECT {_client_day()} AS packed FROM sales_clientday"
        f" WHERE orders > 0 AND {_plus()}day <= '{until}'{clients}",
        ("packed",),
    )
    return _key(rows["packed"])


def client_range(after: int, upto: int) -> str:
    return f" AND {_plus()}client_id > {after:d} AND {_plus()}client_id <= {upto:d}"


def first_of(place: Ints, days: Ints, count: int) -> Ints:
    """The least of the days at each place, 0 where there is none."""
    first = np.full(count, _DAY)
    np.minimum.at(first, place, days)
    first[first == _DAY] = 0
    return first


def summed(place: Ints, values: Ints, count: int) -> Ints:
    """The sum of the values at each place, whole cents: below 2⁵³ they are exact in the floats of ``bincount``."""
    return np.rint(np.bincount(place, values, count)).astype(np.int64)


def _client_day() -> str:
    return _CLIENT_DAY.format(day=day_number("day"))


def _plus() -> str:
    """SQLite reads much of a table in half the time without an index, which "+" forbids it."""
    return "+" if connection.vendor == "sqlite" else ""


def _key(client_day: Ints) -> dict[str, Ints]:
    return {"client": client_day >> _DAY_BITS, "day": client_day & _DAY}


def _filled(has: Ints, values: Ints) -> Ints:
    whole = np.zeros(len(has), dtype=np.int64)
    whole[has == 1] = values
    return whole
