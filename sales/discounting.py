"""Discounts of whole orders, taken off the staged lines before anything is written."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.db import connection

from sales import staging
from sales.reading.discounts import off_goods, spread
from sales.reading.lines import NetOf
from sales.rules import Reject

_LINES = """SELECT d.cents, d.goods, l.order_n, l.day, l.position, l.amount_cents, l.currency FROM import_discount d
JOIN import_line l ON l.order_n = d.order_n WHERE l.amount_cents > 0 ORDER BY l.order_n, l.number, l.position"""
_SHARE = "FROM import_share s WHERE (s.order_n, s.day, s.position) = (import_line.order_n, import_line.day, import_line.position)"
_TAKE_OFF = f"""UPDATE import_line SET amount_cents = (SELECT s.amount_cents {_SHARE}),
net_cents = (SELECT s.net_cents {_SHARE}) WHERE EXISTS (SELECT 1 {_SHARE})"""
_OF_REFUSED = "order_n IN (SELECT order_n FROM import_discount WHERE cents IS NULL)"


def take_off(
    discounts: Sequence[tuple[int, int | None, int | None]], net_of: NetOf, ours: str
) -> dict[int, Reject]:
    """``discounts``: staged order, cents (``None`` for what cannot be spread) and what the goods come to after it
    (``None``: not said). Returns the numbers of the
    rows of orders that are left out for it: their total would be wrong."""
    if not discounts:
        return {}
    staging.stage("import_discount", discounts)
    with connection.cursor() as cursor:
        cursor.execute(_LINES)
        rows = cursor.fetchall()
        refused, shares = shares_of(rows, net_of, ours)
        cursor.executemany("UPDATE import_discount SET cents = NULL WHERE order_n = %s", refused)
        staging.stage("import_share", shares)
        cursor.execute(_TAKE_OFF)
        cursor.execute(f"SELECT DISTINCT number FROM import_line WHERE {_OF_REFUSED}")
        numbers = [number for (number,) in cursor.fetchall()]
        cursor.execute(f"DELETE FROM import_line WHERE {_OF_REFUSED}")
    return dict.fromkeys(numbers, Reject.DISCOUNT_NOT_SPREAD)


def shares_of(
    rows: Sequence[Sequence[Any]], net_of: NetOf, ours: str
) -> tuple[list[tuple[int]], list[tuple[Any, ...]]]:
    """Orders whose discount exceeds their lines or that mix currencies; the lines of the others as they become."""
    refused, shares = [], []
    for order, group in groupby(rows, key=lambda row: row[2]):
        lines = list(group)
        discount, goods = lines[0][:2]
        if discount is None:
            continue
        amounts = [line[5] for line in lines]
        parts = spread(off_goods(discount, goods, amounts), amounts)
        if parts is None or len({line[6] for line in lines}) > 1:
            refused.append((order,))
            continue
        for (*_, day, position, amount, currency), part in zip(lines, parts, strict=True):
            cents = amount - part
            net = cents if currency == ours else net_of(cents, currency, str(day))
            shares.append((order, str(day), position, cents, net))
    return refused, shares
