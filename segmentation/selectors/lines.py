"""What each client bought in 52 weeks by the buckets of the matrix, out of the lines of sales.

One pass over the lines for all days asked for: measured, it is most of the time of a matrix with flows.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from common import arrays
from common.periods import WINDOW_DAYS
from segmentation.rules.matrix import Bucket

Ints = NDArray[np.int64]


def bucket_sums(client_ids: Ints, days: Sequence[date], new_since: date | None) -> list[Ints]:
    """For each of ``days`` (two at most) one row per client (in the order of ``client_ids``), one column per bucket: net
    cents of the 52 weeks up to that day.

    Client, windows and channel of a line travel in one number, and numpy looks up the products and sums: sums in SQL for
    each window and bucket, or a join with the products, took longer.
    """
    spans = [(day - timedelta(days=WINDOW_DAYS), day) for day in days]
    rows = arrays.select(_sql(spans), ["line_key", "product", "net"])
    key, net = rows["line_key"], rows["net"]
    found = [np.zeros((len(client_ids), len(Bucket)), dtype=np.int64) for _ in days]
    if not len(client_ids) or not len(key):
        return found
    bucket = _buckets(new_since, rows["product"], key & _CHANNEL_MASK)
    client, windows = key >> _BITS, key >> _CHANNEL_BITS & _WINDOW_MASK
    place = np.minimum(np.searchsorted(client_ids, client), len(client_ids) - 1)
    known = client_ids[place] == client
    cell = place * len(Bucket) + bucket
    for number in range(len(days)):
        inside = known & (windows >> number & 1 == 1)
        sums = np.bincount(cell[inside], net[inside], len(client_ids) * len(Bucket))
        found[number] = np.rint(sums).astype(np.int64).reshape(len(client_ids), len(Bucket))
    return found


def _buckets(new_since: date | None, product: Ints, channel: Ints) -> Ints:
    """The bucket of each line, out of one table of all products by channel; product 0 is none."""
    facts = arrays.select(
        "SELECT id, CASE WHEN sold_online IS NULL THEN 0 WHEN sold_online THEN 2 ELSE 1 END AS sold_online,"
        f" COALESCE({arrays.day_number('introduced_on')}, 0) AS introduced FROM sales_product",
        ["id", "sold_online", "introduced"],
    )
    new_from = np.iinfo(np.int64).max if new_since is None else new_since.toordinal()
    introduced, sold = facts["introduced"], facts["sold_online"]
    table = np.empty((3, max(facts["id"].max(initial=0), product.max(initial=0)) + 1), dtype=np.int8)
    table[_CHANNELS.index("")] = Bucket.NO_CHANNEL_NO_FLAG
    table[_CHANNELS.index("online")] = Bucket.NO_INTRODUCTION
    table[_CHANNELS.index("offline")] = Bucket.OFFLINE
    table[_CHANNELS.index(""), facts["id"]] = np.choose(
        sold, [Bucket.NO_CHANNEL_NO_FLAG, Bucket.OFFLINE, Bucket.NO_CHANNEL]
    )
    table[_CHANNELS.index("online"), facts["id"]] = np.select(
        [introduced == 0, introduced >= new_from],
        [Bucket.NO_INTRODUCTION, Bucket.NEW_ONLINE],
        Bucket.CLASSIC_ONLINE,
    )
    return table[channel, product].astype(np.int64)


_CHANNELS = ("", "online", "offline")
_CHANNEL_BITS, _CHANNEL_MASK = 2, 3
_MOST_DAYS = 2
_WINDOW_MASK = (1 << _MOST_DAYS) - 1  # bit n: the line lies in the n-th window
_BITS = _MOST_DAYS + _CHANNEL_BITS


def _sql(spans: Sequence[tuple[date, date]]) -> str:
    inside = " + ".join(
        f"CASE WHEN l.day > '{since}' AND l.day <= '{until}' THEN {1 << _CHANNEL_BITS + number} ELSE 0 END"
        for number, (since, until) in enumerate(spans)
    )
    first, last = min(since for since, _until in spans), max(until for _since, until in spans)
    code = " ".join(f"WHEN '{name}' THEN {code}" for code, name in enumerate(_CHANNELS) if name)
    # SQLite walks the lines and looks up their orders ("CROSS" keeps it from the other way round).
    join = "CROSS JOIN" if connection.vendor == "sqlite" else "JOIN"
    return (
        f"SELECT o.client_id * {1 << _BITS} + {inside} + CASE o.channel {code} ELSE 0 END AS line_key,"
        " COALESCE(l.product_id, 0) AS product, l.net_cents AS net"
        f" FROM sales_orderline l {join} sales_order o ON o.id = l.order_id"
        f" WHERE l.day > '{first}' AND l.day <= '{last}' AND l.net_cents IS NOT NULL"
    )


def first_online_order() -> date | None:
    """The day of the first order that came in online."""
    from sales.models import OrderLine
    from sales.rules import Channel

    lines = OrderLine.objects.filter(order__channel=Channel.ONLINE.value).order_by("day")
    return lines.values_list("day", flat=True).first()
