"""What each client bought in 52 weeks by the buckets of the matrix, out of the rollup."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from common import arrays
from common.arrays import Part
from common.periods import WINDOW_DAYS
from sales.models import OrderLine
from sales.rules import Channel
from sales.year import Year
from segmentation.rules.matrix import Bucket

Ints = NDArray[np.int64]


def bucket_sums(
    client_ids: Ints, days: Sequence[date], years: Sequence[Year], new_since: date | None
) -> list[Ints]:
    """For each of ``days`` (two at most) one row per client (in the order of ``client_ids``), one column per bucket: net
    cents of the 52 weeks up to that day. ``years``: those of ``days`` and ``client_ids``.

    New services are products introduced on ``new_since`` or later.
    """
    rows = _online(days)
    kind = _kinds(new_since, rows["product"])
    place, known = arrays.places(client_ids, rows["client"])
    known &= kind >= 0
    cell = place * len(_DATED) + kind
    found = []
    for number, year in enumerate(years):
        inside = np.flatnonzero(known & (rows["windows"] >> number & 1 == 1))
        sums = np.bincount(cell[inside], rows["rev"][inside], len(client_ids) * len(_DATED))
        found.append(_buckets(year, np.rint(sums).astype(np.int64).reshape(-1, len(_DATED))))
    return found


_DATED = (Bucket.CLASSIC_ONLINE, Bucket.NEW_ONLINE)


def _buckets(year: Year, dated: Ints) -> Ints:
    sums = np.zeros((len(dated), len(Bucket)), dtype=np.int64)
    sums[:, _DATED] = dated
    sums[:, Bucket.OFFLINE] = year.offline
    sums[:, Bucket.NO_INTRODUCTION] = year.online - dated.sum(axis=1)
    sums[:, Bucket.NO_CHANNEL] = year.no_channel
    sums[:, Bucket.NO_CHANNEL_NO_FLAG] = year.rev - year.online - year.offline - year.no_channel
    return sums


def _online(days: Sequence[date]) -> dict[str, Ints]:
    """Client, product, windows and net cents of what came in online; bit n of ``windows``: within the year up to the
    n-th of ``days``."""
    parts = [
        Part("client", "client_id", _most("clients_client")),
        Part("product", "product_id", _most("sales_product")),
        Part("windows", _windows(days), (1 << len(days)) - 1),
    ]
    since = min(days) - timedelta(days=WINDOW_DAYS)
    return arrays.select_packed(
        parts, {"rev": "rev"}, f"sales_onlineday WHERE day > '{since}' AND day <= '{max(days)}'"
    )


def _most(table: str) -> int:
    """With a bit to spare for what is added while we read."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
        return 2 * int(cursor.fetchone()[0]) + 1


def _windows(days: Sequence[date]) -> str:
    """No more comparisons than the first and the last day of all leave open."""
    bits = []
    for number, day in enumerate(days):
        asked = [f"day > '{day - timedelta(days=WINDOW_DAYS)}'"] * (day != min(days))
        asked += [f"day <= '{day}'"] * (day != max(days))
        bits.append(
            f"CASE WHEN {' AND '.join(asked)} THEN {1 << number} ELSE 0 END" if asked else f"{1 << number}"
        )
    return f"({' + '.join(bits)})"


def _kinds(new_since: date | None, products: Ints) -> Ints:
    """Of each product its position in ``_DATED``; −1 where nobody said when it was introduced."""
    facts = arrays.select(
        f"SELECT id, {arrays.day_number('introduced_on')} AS introduced FROM sales_product"
        " WHERE introduced_on IS NOT NULL",
        ["id", "introduced"],
    )
    new_from = np.iinfo(np.int64).max if new_since is None else new_since.toordinal()
    table = np.full(max(facts["id"].max(initial=0), products.max(initial=0)) + 1, -1)
    table[facts["id"]] = facts["introduced"] >= new_from
    return table[products]


def first_online_order(known: date | None = None) -> date | None:
    """The day of the first order of a known amount that came in online. ``known``: such a day as another night found it.

    The lines have no index of days, the rollup has: the days up to ``known``, or the first of all, are looked at that way,
    all lines only when nothing came in online by then.
    """
    with connection.cursor() as cursor:
        if known is None:
            cursor.execute(_FIRST_DAYS, [_SOON])
            known = _as_day(cursor.fetchone())
        if known is not None:
            cursor.execute(_EARLIER, [known, Channel.ONLINE.value])
            if found := _as_day(cursor.fetchone()):
                return found
    lines = OrderLine.objects.filter(order__channel=Channel.ONLINE.value, net_cents__isnull=False)
    return lines.order_by("day").values_list("day", flat=True).first()


def _as_day(row: Sequence[Any] | None) -> date | None:
    found = row[0] if row else None
    return found if found is None or isinstance(found, date) else date.fromisoformat(found)


_SOON = 5_000
"""Client-days from the first on: a few milliseconds to look at."""
_FIRST_DAYS = "SELECT day FROM sales_clientday ORDER BY day LIMIT 1 OFFSET %s"
_EARLIER = (
    "SELECT MIN(d.day) FROM sales_clientday d JOIN sales_order o ON o.client_id = d.client_id"
    " JOIN sales_orderline l ON l.order_id = o.id AND l.day = d.day WHERE d.day <= %s AND o.channel = %s"
)
