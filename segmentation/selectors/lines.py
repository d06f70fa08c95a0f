"""What each client bought in 52 weeks by the buckets of the matrix, out of the lines of sales.

One pass over the lines for all days asked for: measured, it is most of the time of a matrix with flows.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from common import arrays
from common.periods import WINDOW_DAYS
from segmentation.rules.matrix import Bucket

Ints = NDArray[np.int64]


def bucket_sums(client_ids: Ints, days: Sequence[date], new_since: date | None) -> list[Ints]:
    """For each of ``days`` (two at most) one row per client (in the order of ``client_ids``), one column per bucket: net
    cents of the 52 weeks up to that day.

    Client, windows and bucket of a line travel in one number, and numpy sums: sums in SQL for each window and
    bucket, or days as numbers, took several times as long.
    """
    spans = [(day - timedelta(days=WINDOW_DAYS), day) for day in days]
    rows = arrays.select(_sql(spans, new_since), ["line_key", "net"])
    key, net = rows["line_key"], rows["net"]
    client, windows, bucket = key >> _BITS, key >> 3 & _WINDOW_MASK, key & 7
    found = [np.zeros((len(client_ids), len(Bucket)), dtype=np.int64) for _ in days]
    if not len(client_ids) or not len(key):
        return found
    place = np.minimum(np.searchsorted(client_ids, client), len(client_ids) - 1)
    known = client_ids[place] == client
    cell = place * len(Bucket) + bucket
    for number in range(len(days)):
        inside = known & (windows >> number & 1 == 1)
        sums = np.bincount(cell[inside], net[inside], len(client_ids) * len(Bucket))
        found[number] = np.rint(sums).astype(np.int64).reshape(len(client_ids), len(Bucket))
    return found


_MOST_DAYS = 2
_WINDOW_MASK = (1 << _MOST_DAYS) - 1  # bit n: the line lies in the n-th window
_BITS = _MOST_DAYS + 3


def _sql(spans: Sequence[tuple[date, date]], new_since: date | None) -> str:
    inside = " + ".join(
        f"CASE WHEN l.day > '{since}' AND l.day <= '{until}' THEN {8 << number} ELSE 0 END"
        for number, (since, until) in enumerate(spans)
    )
    first, last = min(since for since, _until in spans), max(until for _since, until in spans)
    return (
        f"SELECT o.client_id * {1 << _BITS} + {inside} + {_bucket(new_since)} AS line_key, l.net_cents AS net"
        " FROM sales_orderline l JOIN sales_order o ON o.id = l.order_id"
        " LEFT JOIN sales_product p ON p.id = l.product_id"
        f" WHERE l.day > '{first}' AND l.day <= '{last}' AND l.net_cents IS NOT NULL"
    )


def _bucket(new_since: date | None) -> str:
    is_new = f"p.introduced_on >= '{new_since}'" if new_since else "1 = 0"
    return (
        "CASE o.channel WHEN 'offline' THEN 0"
        f" WHEN 'online' THEN CASE WHEN p.introduced_on IS NULL THEN 3 WHEN {is_new} THEN 2 ELSE 1 END"
        " ELSE CASE WHEN p.sold_online IS NULL THEN 5 WHEN p.sold_online THEN 4 ELSE 0 END END"
    )


def first_online_order() -> date | None:
    """The day of the first order that came in online."""
    from sales.models import OrderLine
    from sales.rules import Channel

    lines = OrderLine.objects.filter(order__channel=Channel.ONLINE.value).order_by("day")
    return lines.values_list("day", flat=True).first()
