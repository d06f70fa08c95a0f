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

    ``rc`` and ``cost`` cover what was sold at a known cost; ``bought``: on at least one day.
    """

    rev: Ints
    rc: Ints
    cost: Ints
    bought: Flags


def year_of(as_of: date, client_ids: Ints) -> Year:
    """``client_ids`` in rising order. The sums equal those of ``sales.windows`` for the same day."""
    rows = select(_window_sql(as_of), ("packed", "rev", "cost", "uncosted"))
    place, known = places(client_ids, rows["packed"] >> 2)
    uncosted = np.zeros(len(place), dtype=np.int64)
    uncosted[rows["packed"] >> 1 & 1 == 1] = rows["uncosted"]
    rev, cost, without = (
        _summed(place[known], values[known], len(client_ids))
        for values in (rows["rev"], rows["cost"], uncosted)
    )
    bought = np.zeros(len(client_ids), dtype=bool)
    bought[place[known & (rows["packed"] & 1 == 1)]] = True
    return Year(rev=rev, rc=rev - without, cost=cost, bought=bought)


def bought_in(since: date, until: date, client_ids: Ints) -> Flags:
    """Who bought on a day of (``since``, ``until``]."""
    days = select(
        f"SELECT client_id FROM sales_clientday WHERE {_within(since, until)} AND orders > 0", ("client_id",)
    )
    return np.isin(client_ids, days["client_id"])


def first_days(as_of: date, client_ids: Ints) -> tuple[Ints, Ints]:
    """As ordinals, 0 for none up to ``as_of``: the first purchase day; and that, or ``observed_from`` when records of
    the client begin later."""
    place, known, days = _purchase_days(as_of, client_ids)
    never = np.iinfo(np.int64).max
    first = np.full(len(client_ids), never)
    np.minimum.at(first, place[known], days[known])
    first[first == never] = 0
    seen = select(
        f"SELECT id AS client_id, {day_number('observed_from')} AS day FROM clients_client"
        " WHERE observed_from IS NOT NULL",
        ("client_id", "day"),
    )
    observed = spread(client_ids, seen["client_id"], seen["day"])
    return first, np.where(first > 0, np.maximum(first, observed), 0)


def _purchase_days(as_of: date, client_ids: Ints) -> tuple[Ints, Flags, Ints]:
    """Of each day with an order up to ``as_of``: the client's place, whether it is asked for, and the ordinal."""
    bits = _DAY_BITS
    rows = select(
        f"SELECT client_id * {1 << bits} + {day_number('day')} AS packed FROM sales_clientday"
        f" WHERE orders > 0 AND day <= '{as_of}'",
        ("packed",),
    )
    return *places(client_ids, rows["packed"] >> bits), rows["packed"] & ((1 << bits) - 1)


_DAY_BITS = 22  # the ordinal of 9999-12-31 has as many


def _summed(place: Ints, values: Ints, count: int) -> Ints:
    """Whole cents: sums below 2⁵³ are exact in the floats of ``bincount``."""
    return np.rint(np.bincount(place, values, count)).astype(np.int64)


def _window_sql(as_of: date) -> str:
    """Client and two flags travel in one number, and what has no known cost only where there is any."""
    return (
        "SELECT client_id * 4 + CASE WHEN orders > 0 THEN 1 ELSE 0 END + CASE WHEN rev <> rc THEN 2 ELSE 0 END AS packed,"
        " rev, cost, NULLIF(rev - rc, 0) AS uncosted FROM sales_clientday"
        f" WHERE {_within(as_of - timedelta(days=WINDOW_DAYS), as_of)}"
    )


def _within(since: date, until: date) -> str:
    # A year is much of the table: SQLite reads it in half the time without an index ("+" forbids it).
    plus = "+" if connection.vendor == "sqlite" else ""
    return f"{plus}day > '{since}' AND {plus}day <= '{until}'"
