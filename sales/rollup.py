"""The rollup: lines of sales summed by client and day, kept up by a queue of dirty days (kinetics 5.1).

The cost of a line is, in this order: the line's own; the product's unit cost × quantity; the net
amount less the category's assumed margin; else unknown. Everything is integer arithmetic, halves to
even, so that SQLite and PostgreSQL agree to the cent.
"""

from django.db import connection, transaction

from common.locks import lock_until_commit
from common.statistics import refresh_statistics
from sales.models import Category, ClientDay, DirtyDay, OnlineDay, Order, OrderLine, Product
from sales.rules import Channel

_TABLES = (Category, ClientDay, DirtyDay, OnlineDay, Order, OrderLine, Product)


def rebuild_dirty() -> int:
    """Rebuild the rollup of every dirty day and empty the queue; returns how many days that were.

    One transaction. A day that is marked while this runs stays marked: its writer holds the row's
    lock, and locked rows are left for the next rebuild.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        lock_until_commit("sales rollup")
        refresh_statistics(*_TABLES)
        postgresql = connection.vendor == "postgresql"
        cursor.execute("DROP TABLE IF EXISTS rebuilt_day")
        cursor.execute(
            "CREATE TEMPORARY TABLE rebuilt_day (client_id bigint, day date, PRIMARY KEY (client_id, day))"
        )
        locking = " FOR UPDATE SKIP LOCKED" if postgresql else ""
        cursor.execute(f"INSERT INTO rebuilt_day SELECT client_id, day FROM sales_dirtyday{locking}")
        if not (days := cursor.rowcount):
            return 0
        if postgresql:
            cursor.execute("ANALYZE rebuilt_day")
        for statement in (_DEQUEUE, _CLEAR, _CLEAR_ONLINE, _SUM, _SUM_ONLINE):
            cursor.execute(statement)
        cursor.execute("DROP TABLE rebuilt_day")
    return days


def _half_even(numerator: str, denominator: int) -> str:
    """SQL for ``numerator / denominator`` rounded to an integer, halves to even."""
    whole, rest = f"(ABS({numerator}) / {denominator})", f"(ABS({numerator}) % {denominator})"
    up = f"{rest} * 2 > {denominator} OR ({rest} * 2 = {denominator} AND {whole} % 2 = 1)"
    return f"(CASE WHEN {numerator} < 0 THEN -1 ELSE 1 END) * ({whole} + CASE WHEN {up} THEN 1 ELSE 0 END)"


# Beyond these a product of two integers could leave 64 bits; such a cost counts as unknown.
MAX_PRODUCT = 4 * 10**18
MAX_NET = MAX_PRODUCT // 20_000

_DEQUEUE = """
    DELETE FROM sales_dirtyday WHERE EXISTS (
        SELECT 1 FROM rebuilt_day r WHERE r.client_id = sales_dirtyday.client_id AND r.day = sales_dirtyday.day)
"""
_CLEAR = """
    DELETE FROM sales_clientday WHERE EXISTS (
        SELECT 1 FROM rebuilt_day r WHERE r.client_id = sales_clientday.client_id AND r.day = sales_clientday.day)
"""
_CLEAR_ONLINE = """
    DELETE FROM sales_onlineday WHERE EXISTS (
        SELECT 1 FROM rebuilt_day r WHERE r.client_id = sales_onlineday.client_id AND r.day = sales_onlineday.day)
"""
# Factors as integers: unit cost in 1/10,000, quantity in 1/1,000, margin rate in 1/10,000.
_SOLD_ONLINE = "no_channel"
_FACTORS = f"""
    SELECT r.client_id, r.day, l.order_id, l.net_cents AS net, l.cost_cents AS own,
           CASE WHEN l.amount_cents < 0 OR (l.amount_cents = 0 AND l.quantity < 0) THEN 0 ELSE 1 END AS is_sale,
           CAST(ROUND(p.unit_cost * 10000) AS bigint) AS unit_cost,
           CAST(ROUND(l.quantity * 1000) AS bigint) AS quantity,
           10000 - CAST(ROUND(g.assumed_margin_rate * 10000) AS bigint) AS cost_rate,
           CASE WHEN o.channel <> '' THEN o.channel WHEN p.sold_online THEN '{_SOLD_ONLINE}'
                WHEN NOT p.sold_online THEN '{Channel.OFFLINE.value}' ELSE '' END AS way
    FROM rebuilt_day r
    JOIN sales_order o ON o.client_id = r.client_id
    JOIN sales_orderline l ON l.order_id = o.id AND l.day = r.day
    LEFT JOIN sales_product p ON p.id = l.product_id
    LEFT JOIN sales_category g ON g.id = p.category_id
    WHERE l.net_cents IS NOT NULL
"""
_COSTS = f"""
    SELECT client_id, day, order_id, net, is_sale, way, own,
           CASE WHEN unit_cost IS NULL OR quantity IS NULL THEN NULL
                WHEN quantity <> 0 AND unit_cost > {MAX_PRODUCT} / ABS(quantity) THEN NULL
                ELSE {_half_even("(unit_cost * quantity)", 100_000)} END AS by_product,
           CASE WHEN cost_rate IS NULL OR ABS(net) > {MAX_NET} THEN NULL
                ELSE {_half_even("(net * cost_rate)", 10_000)} END AS assumed
    FROM ({_FACTORS}) factors
"""
_LINES = f"""
    SELECT client_id, day, order_id, net, is_sale, way, COALESCE(own, by_product, assumed) AS cost,
           CASE WHEN own IS NULL AND by_product IS NULL AND assumed IS NOT NULL THEN 1 ELSE 0 END AS is_assumed
    FROM ({_COSTS}) costs
"""
_SUM = f"""
    INSERT INTO sales_clientday
        (client_id, day, orders, rev, gross, abs_rev, rc, abs_rc, cost, abs_rc_assumed, online, offline, no_channel)
    SELECT client_id, day,
           COUNT(DISTINCT CASE WHEN is_sale = 1 THEN order_id END),
           SUM(net),
           SUM(CASE WHEN net > 0 THEN net ELSE 0 END),
           SUM(ABS(net)),
           SUM(CASE WHEN cost IS NOT NULL THEN net ELSE 0 END),
           SUM(CASE WHEN cost IS NOT NULL THEN ABS(net) ELSE 0 END),
           COALESCE(SUM(cost), 0),
           SUM(CASE WHEN is_assumed = 1 THEN ABS(net) ELSE 0 END),
           SUM(CASE WHEN way = '{Channel.ONLINE.value}' THEN net ELSE 0 END),
           SUM(CASE WHEN way = '{Channel.OFFLINE.value}' THEN net ELSE 0 END),
           SUM(CASE WHEN way = '{_SOLD_ONLINE}' THEN net ELSE 0 END)
    FROM ({_LINES}) lines
    GROUP BY client_id, day
"""
_SUM_ONLINE = f"""
    INSERT INTO sales_onlineday (client_id, day, product_id, rev)
    SELECT r.client_id, r.day, l.product_id, SUM(l.net_cents)
    FROM rebuilt_day r
    JOIN sales_order o ON o.client_id = r.client_id
    JOIN sales_orderline l ON l.order_id = o.id AND l.day = r.day
    WHERE o.channel = '{Channel.ONLINE.value}' AND l.net_cents IS NOT NULL AND l.product_id IS NOT NULL
    GROUP BY r.client_id, r.day, l.product_id
"""
