"""What every client bought in the last 52 weeks, for computations that need no more than that.

``sales.windows`` reads each day of the records for the models; these few sums of the last window, and the first day, take
half the time.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from common.arrays import day_number, places, select, spread
from common.periods import WINDOW_DAYS

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Year:
    """Sums of W0: one element per client asked for, in their order; money in cents.

    ``rc`` and ``cost`` cover what was sold at a known cost; ``first_day``: ordinal of the first day bought on, 0 for none.
    """

    rev: Ints
    rc: Ints
    cost: Ints
    first_day: Ints

    @property
    def bought(self) -> Flags:
        """On at least one day."""
        return self.first_day > 0


def year_of(as_of: date, client_ids: Ints) -> Year:
    """``client_ids`` in rising order. The sums equal those of ``sales.windows`` for the same day."""
    rows = select(_window_sql(as_of), ("packed", "rev", "cost", "uncosted"))
    flags = rows["packed"] & 3
    place, known = places(client_ids, rows["packed"] >> _DAY_BITS + 2)
    uncosted = np.zeros(len(place), dtype=np.int64)
    uncosted[flags >> 1 == 1] = rows["uncosted"]
    rev, cost, without = (
        _summed(place[known], values[known], len(client_ids))
        for values in (rows["rev"], rows["cost"], uncosted)
    )
    bought = known & (flags & 1 == 1)
    first = _first(place[bought], rows["packed"][bought] >> 2 & _DAY, len(client_ids))
    return Year(rev=rev, rc=rev - without, cost=cost, first_day=first)


def bought_in(since: date, until: date, client_ids: Ints) -> Flags:
    """Who bought on a day of (``since``, ``until``]."""
    days = select(
        f"SELECT client_id FROM sales_clientday WHERE {_within(since, until)} AND orders > 0", ("client_id",)
    )
    return np.isin(client_ids, days["client_id"])


def first_days(as_of: date, client_ids: Ints, year: Year) -> tuple[Ints, Ints]:
    """As ordinals, 0 for none up to ``as_of``: the first purchase day; and that, or ``observed_from`` when records of
    the client begin later. ``year``: that of the same day and clients; only what is older is read."""
    older = select(
        f"SELECT {_CLIENT_DAY.format(day=day_number('day'))} AS packed FROM sales_clientday"
        f" WHERE orders > 0 AND day <= '{as_of - timedelta(days=WINDOW_DAYS)}'",
        ("packed",),
    )["packed"]
    place, known = places(client_ids, older >> _DAY_BITS)
    before = _first(place[known], older[known] & _DAY, len(client_ids))
    first = np.where(before > 0, before, year.first_day)
    seen = select(
        f"SELECT id AS client_id, {day_number('observed_from')} AS day FROM clients_client"
        " WHERE observed_from IS NOT NULL",
        ("client_id", "day"),
    )
    observed = spread(client_ids, seen["client_id"], seen["day"])
    return first, np.where(first > 0, np.maximum(first, observed), 0)


_DAY_BITS = 22  # the ordinal of 9999-12-31 has as many
_DAY = (1 << _DAY_BITS) - 1
_CLIENT_DAY = f"(client_id * {1 << _DAY_BITS} + {{day}})"


def _first(place: Ints, days: Ints, count: int) -> Ints:
    """The least of the days at each place, 0 where there is none."""
    first = np.full(count, _DAY)
    np.minimum.at(first, place, days)
    first[first == _DAY] = 0
    return first


def _summed(place: Ints, values: Ints, count: int) -> Ints:
    """Whole cents: sums below 2⁵³ are exact in the floats of ``bincount``."""
    return np.rint(np.bincount(place, values, count)).astype(np.int64)


def _window_sql(as_of: date) -> str:
    """Client, day and two flags travel in one number, and what has no known cost only where there is any."""
    return (
        f"SELECT {_CLIENT_DAY.format(day=day_number('day'))} * 4 + CASE WHEN orders > 0 THEN 1 ELSE 0 END + CASE WHEN rev <> rc THEN 2 ELSE 0 END AS packed,"
        " rev, cost, NULLIF(rev - rc, 0) AS uncosted FROM sales_clientday"
        f" WHERE {_within(as_of - timedelta(days=WINDOW_DAYS), as_of)}"
    )


def _within(since: date, until: date) -> str:
    # A year is much of the table: SQLite reads it in half the time without an index ("+" forbids it).
    plus = "+" if connection.vendor == "sqlite" else ""
    return f"{plus}day > '{since}' AND {plus}day <= '{until}'"
