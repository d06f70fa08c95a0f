"""Days of the rollup as they travel: client, day and flags in one number, and what is seldom only where there is any."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from common.arrays import day_number, select

Ints = NDArray[np.int64]
DAY_BITS = 22  # the ordinal of 9999-12-31 has as many
_DAY = (1 << DAY_BITS) - 1
_CLIENT_DAY = f"(client_id * {1 << DAY_BITS} + {{day}})"


@dataclass(frozen=True)
class DaySums:
    """What is asked of each day of the rollup. ``whole``: columns that are sent of every day; ``seldom``: expressions by
    name that are 0 on most days, and then not sent."""

    whole: tuple[str, ...]
    seldom: Mapping[str, str]

    def fetch(self, since: date | None, until: date, clients: str = "") -> dict[str, Ints]:
        """The days of (``since``, ``until``] as they travel. ``clients``: a condition, as of ``client_range``."""
        flags = "".join(
            f" + CASE WHEN {sql} <> 0 THEN {1 << bit} ELSE 0 END"
            for bit, sql in enumerate(self.seldom.values(), start=1)
        )
        columns = [*self.whole, *(f"NULLIF({sql}, 0) AS {name}" for name, sql in self.seldom.items())]
        later = f" AND {_plus()}day > '{since}'" if since else ""
        return select(
            f"SELECT {_client_day()} * {1 << self._bits} + CASE WHEN orders > 0 THEN 1 ELSE 0 END{flags} AS packed,"
            f" {', '.join(columns)} FROM sales_clientday"
            f" WHERE {_plus()}day <= '{until}'{later}{clients}",
            ("packed", *self.whole, *self.seldom),
        )

    def decode(self, rows: dict[str, Ints]) -> dict[str, Ints]:
        """``client_day`` (see ``parted``), ``bought`` (1 with an order) and the sums; empties ``rows``."""
        packed = rows.pop("packed")
        for bit, name in enumerate(self.seldom, start=1):
            rows[name] = _filled(packed >> bit & 1, rows[name])
        return rows | {"client_day": packed >> self._bits, "bought": packed & 1}

    @property
    def _bits(self) -> int:
        return 1 + len(self.seldom)


TRADE = DaySums(
    ("rev", "cost"),
    {
        "refunds": "gross - rev", "uncosted": "rev - rc", "costed_refunds": "abs_rc - ABS(rc)",
        "abs_rc_assumed": "abs_rc_assumed",
    },
)  # fmt: skip
"""All sums of ``ClientDay`` but the ways, by ``trade_sums``."""


def trade_sums(rows: dict[str, Ints]) -> dict[str, Ints]:
    """``rows`` of ``TRADE`` with ``gross``, ``rc`` and ``abs_rc``. On most days everything sold has a known cost and
    nothing comes back."""
    rc = rows["rev"] - rows.pop("uncosted")
    return rows | {
        "gross": rows["rev"] + rows.pop("refunds"), "rc": rc, "abs_rc": np.abs(rc) + rows.pop("costed_refunds"),
    }  # fmt: skip


def parted(client_day: Ints) -> tuple[Ints, Ints]:
    """Client and ordinal of the day."""
    return client_day >> DAY_BITS, client_day & _DAY


def purchases_until(until: date, clients: str = "") -> Ints:
    """``client_day`` of every day somebody bought on up to ``until``."""
    return select(
        f"SELECT {_client_day()} AS client_day FROM sales_clientday"
        f" WHERE orders > 0 AND {_plus()}day <= '{until}'{clients}",
        ("client_day",),
    )["client_day"]


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


def _filled(has: Ints, values: Ints) -> Ints:
    whole = np.zeros(len(has), dtype=np.int64)
    whole[has == 1] = values
    return whole
