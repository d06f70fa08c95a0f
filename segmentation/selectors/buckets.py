"""What each client bought in 52 weeks by the buckets of the matrix, out of the rollup."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from common import arrays
from common.arrays import Part
from common.periods import WINDOW_DAYS
from sales.models import ClientDay
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


def first_online_day() -> date | None:
    """The first day on which something came in online, sales that were cancelled the same day aside."""
    return ClientDay.objects.exclude(online=0).order_by("day").values_list("day", flat=True).first()
