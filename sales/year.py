"""What every client bought in 52 weeks, and by which way it came, for computations that need no more than that.

``sales.windows`` reads each day of the records for the models; these few sums, and the first day, take half the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from common.arrays import day_number, places, select
from common.periods import WINDOW_DAYS

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Year:
    """Sums of 52 weeks: one element per client asked for, in their order; money in cents.

    ``rc`` and ``cost`` cover what was sold at a known cost; ``first_day``: ordinal of the first day bought on, 0 for none.
    ``online``, ``offline``, ``no_channel``: parts of ``rev`` as in ``sales.models.ClientDay``.
    """

    rev: Ints
    rc: Ints
    cost: Ints
    first_day: Ints
    online: Ints
    offline: Ints
    no_channel: Ints

    @property
    def bought(self) -> Flags:
        """On at least one day."""
        return self.first_day > 0


def years_of(days: Sequence[date], client_ids: Ints) -> list[Year]:
    """The 52 weeks up to each of ``days``, read at once. ``client_ids`` in rising order.

    The sums equal those of ``sales.windows`` for the same day.
    """
    rows = _rows(days)
    place, known = places(client_ids, rows["client"])
    return [
        _year(
            rows,
            place,
            known & (rows["day"] > _start(day)) & (rows["day"] <= day.toordinal()),
            len(client_ids),
        )
        for day in days
    ]


def _start(day: date) -> int:
    return day.toordinal() - WINDOW_DAYS


def _year(rows: dict[str, Ints], place: Ints, inside: Flags, count: int) -> Year:
    which = np.flatnonzero(inside)
    at = place[which]
    sums = {name: _summed(at, rows[name][which], count) for name in _SUMMED}
    bought = rows["bought"][which] == 1
    return Year(
        rev=sums["rev"], rc=sums["rev"] - sums["uncosted"], cost=sums["cost"],
        first_day=_first(at[bought], rows["day"][which][bought], count),
        online=sums["online"], offline=sums["offline"], no_channel=sums["no_channel"],
    )  # fmt: skip


def bought_before(day: date, client_ids: Ints) -> Flags:
    """Who bought on a day before ``day``; ``client_ids`` in rising order."""
    rows = select(
        f"SELECT client_id FROM sales_clientday WHERE orders > 0 AND day < '{day}'", ("client_id",)
    )["client_id"]
    place, known = places(client_ids, rows)
    found = np.zeros(len(client_ids), dtype=bool)
    found[place[known]] = True
    return found


def observed_since(day: date, client_ids: Ints) -> Flags:
    """Whose records begin on ``day`` or later, so that nothing is said of before."""
    rows = select(
        f"SELECT id AS client_id FROM clients_client WHERE observed_from >= '{day}'", ("client_id",)
    )
    return np.isin(client_ids, rows["client_id"])


_SUMMED = ("rev", "cost", "uncosted", "online", "offline", "no_channel")
_DAY_BITS = 22  # the ordinal of 9999-12-31 has as many
_DAY = (1 << _DAY_BITS) - 1
_CLIENT_DAY = f"(client_id * {1 << _DAY_BITS} + {{day}})"
_FLAG_BITS = 3


def _rows(days: Sequence[date]) -> dict[str, Ints]:
    """The rollup of all the windows, decoded: one element per client and day."""
    found = select(_days_sql(days), ("packed", "rev", "cost", "online", "offline", *_SELDOM))
    packed = found.pop("packed")
    for bit, name in enumerate(_SELDOM):
        found[name] = _filled(packed >> bit & 1, found[name])
    key = packed >> _FLAG_BITS
    return found | {"client": key >> _DAY_BITS, "day": key & _DAY, "bought": packed >> 2 & 1}


def _filled(has: Ints, values: Ints) -> Ints:
    whole = np.zeros(len(has), dtype=np.int64)
    whole[has == 1] = values
    return whole


def _first(place: Ints, days: Ints, count: int) -> Ints:
    """The least of the days at each place, 0 where there is none."""
    first = np.full(count, _DAY)
    np.minimum.at(first, place, days)
    first[first == _DAY] = 0
    return first


def _summed(place: Ints, values: Ints, count: int) -> Ints:
    """Whole cents: sums below 2⁵³ are exact in the floats of ``bincount``."""
    return np.rint(np.bincount(place, values, count)).astype(np.int64)


# 0 on most days, and then not sent: a flag in the packed number tells.
_SELDOM = {"uncosted": "rev - rc", "no_channel": "no_channel"}


def _days_sql(days: Sequence[date]) -> str:
    """Client, day and flags travel in one number."""
    since = min(days) - timedelta(days=WINDOW_DAYS)
    flags = " + ".join(
        f"CASE WHEN {sql} <> 0 THEN {1 << bit} ELSE 0 END" for bit, sql in enumerate(_SELDOM.values())
    )
    seldom = ", ".join(f"NULLIF({sql}, 0) AS {name}" for name, sql in _SELDOM.items())
    # Years are much of the table: SQLite reads it in half the time without an index ("+" forbids it).
    plus = "+" if connection.vendor == "sqlite" else ""
    return (
        f"SELECT {_CLIENT_DAY.format(day=day_number('day'))} * {1 << _FLAG_BITS} + {flags}"
        f" + CASE WHEN orders > 0 THEN 4 ELSE 0 END AS packed, rev, cost, online, offline, {seldom}"
        f" FROM sales_clientday WHERE {plus}day > '{since}' AND {plus}day <= '{max(days)}'"
    )
