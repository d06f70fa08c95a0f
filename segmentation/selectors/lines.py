"""What each client bought in 52 weeks by the buckets of the matrix, out of the lines of sales.

One pass over the lines for all days asked for: measured, it is most of the time of a matrix with flows.
"""

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
from segmentation.rules.matrix import Bucket

Ints = NDArray[np.int64]


def bucket_sums(client_ids: Ints, days: Sequence[date], new_since: date | None) -> list[Ints]:
    """For each of ``days`` (two at most) one row per client (in the order of ``client_ids``), one column per bucket: net
    cents of the 52 weeks up to that day.

    Orders and products are looked up in numpy: measured, a join in the database takes longer, and sums in SQL for each
    window and bucket several times as long.
    """
    spans = [(day - timedelta(days=WINDOW_DAYS), day) for day in days]
    rows = _lines(spans)
    client, channel = _orders(rows["ordered"])
    found = [np.zeros((len(client_ids), len(Bucket)), dtype=np.int64) for _ in days]
    place, known = arrays.places(client_ids, client)
    cell = place * len(Bucket) + _buckets(new_since, rows["product"], channel)
    for number in range(len(days)):
        inside = np.flatnonzero(known & (rows["windows"] >> number & 1 == 1))
        sums = np.bincount(cell[inside], rows["net"][inside], len(client_ids) * len(Bucket))
        found[number] = np.rint(sums).astype(np.int64).reshape(len(client_ids), len(Bucket))
    return found


def _orders(wanted: Ints) -> tuple[Ints, Ints]:
    """Client and channel of each order asked for; client 0 of one that is gone since its lines were read."""
    code = " ".join(f"WHEN '{name.value}' THEN {code}" for code, name in enumerate(_CHANNELS) if name)
    parts = [
        Part("id", "id", _most("sales_order")),
        Part("client", "client_id", _most("sales_order", "client_id")),
        Part("channel", f"CASE channel {code} ELSE 0 END", len(_CHANNELS) - 1),
    ]
    rows = arrays.select_packed(parts, {}, "sales_order")
    ids = rows["id"]
    if (ids[1:] < ids[:-1]).any():
        order = np.argsort(ids)
        rows = {name: values[order] for name, values in rows.items()}
    if not len(rows["id"]):
        return np.zeros_like(wanted), np.zeros_like(wanted)
    place, known = arrays.places(rows["id"], wanted)
    return np.where(known, rows["client"][place], 0), rows["channel"][place]


def _most(table: str, column: str = "id") -> int:
    """With a bit to spare for what is added while we read."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(MAX({column}), 0) FROM {table}")
        return 2 * int(cursor.fetchone()[0]) + 1


def _buckets(new_since: date | None, product: Ints, channel: Ints) -> Ints:
    """The bucket of each line, out of one table of all products by channel; product 0 is none."""
    facts = arrays.select(
        "SELECT id, CASE WHEN sold_online IS NULL THEN 0 WHEN sold_online THEN 2 ELSE 1 END AS sold_online,"
        f" COALESCE({arrays.day_number('introduced_on')}, 0) AS introduced FROM sales_product",
        ["id", "sold_online", "introduced"],
    )
    new_from = np.iinfo(np.int64).max if new_since is None else new_since.toordinal()
    introduced, sold = facts["introduced"], facts["sold_online"]
    table = np.empty(
        (len(_CHANNELS), max(facts["id"].max(initial=0), product.max(initial=0)) + 1), dtype=np.int8
    )
    table[_CHANNELS.index(Channel.UNKNOWN)] = Bucket.NO_CHANNEL_NO_FLAG
    table[_CHANNELS.index(Channel.ONLINE)] = Bucket.NO_INTRODUCTION
    table[_CHANNELS.index(Channel.OFFLINE)] = Bucket.OFFLINE
    table[_CHANNELS.index(Channel.UNKNOWN), facts["id"]] = np.choose(
        sold, [Bucket.NO_CHANNEL_NO_FLAG, Bucket.OFFLINE, Bucket.NO_CHANNEL]
    )
    table[_CHANNELS.index(Channel.ONLINE), facts["id"]] = np.select(
        [introduced == 0, introduced >= new_from],
        [Bucket.NO_INTRODUCTION, Bucket.NEW_ONLINE],
        Bucket.CLASSIC_ONLINE,
    )
    return table[channel, product].astype(np.int64)


_CHANNELS = tuple(Channel)
_MOST_DAYS = 2
_HALF = 1 << 27
"""Cents of a line below this (1.3 million) travel in one number with the rest of it; if there are any above, they are
read once more."""


def _lines(spans: Sequence[tuple[date, date]]) -> dict[str, Ints]:
    """Order, product (0: none), windows and net cents; bit n of ``windows``: the line lies in the n-th."""
    first, last = min(since for since, _until in spans), max(until for _since, until in spans)
    source = f"sales_orderline WHERE day > '{first}' AND day <= '{last}' AND net_cents IS NOT NULL"
    net = f"CASE WHEN net_cents > -{_HALF} AND net_cents < {_HALF} THEN net_cents + {_HALF} ELSE 0 END"
    keys = [
        Part("ordered", "order_id", _most("sales_order")),
        Part("product", "COALESCE(product_id, 0)", _most("sales_product")),
        Part("windows", _windows(spans), (1 << _MOST_DAYS) - 1),
    ]
    rows = arrays.select_packed([*keys, Part("net", net, 2 * _HALF - 1)], {}, source)
    seen = rows["net"] > 0
    if seen.all():
        return rows | {"net": rows["net"] - _HALF}
    large = arrays.select_packed(
        keys, {"net": "net_cents"}, f"{source} AND (net_cents <= -{_HALF} OR net_cents >= {_HALF})"
    )
    rows["net"] -= _HALF
    return {name: np.concatenate([values[seen], large[name]]) for name, values in rows.items()}


def _windows(spans: Sequence[tuple[date, date]]) -> str:
    """No more comparisons than the first and the last day of all leave open."""
    first, last = min(since for since, _until in spans), max(until for _since, until in spans)
    bits = []
    for number, (since, until) in enumerate(spans):
        asked = [f"day > '{since}'"] * (since != first) + [f"day <= '{until}'"] * (until != last)
        bits.append(
            f"CASE WHEN {' AND '.join(asked)} THEN {1 << number} ELSE 0 END" if asked else f"{1 << number}"
        )
    return f"({' + '.join(bits)})"


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
