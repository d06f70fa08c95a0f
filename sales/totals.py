"""What the list of orders sorts by, kept with each order: first and last day, and net amount, of its lines."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from common.statistics import refresh_statistics
from sales.models import Order, OrderLine


def sum_orders(ids: str, parameters: Sequence[Any] = ()) -> int:
    """Sum the lines of these orders anew; returns how many orders that are.

    ``ids``: a query of ours of distinct ``id``. Whoever writes lines calls it in the same transaction. Without
    lines nothing is known of an order; without a known rate its net amount is null.
    """
    refresh_statistics(Order, OrderLine)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE sales_order SET first_day = s.first_day, last_day = s.last_day, net_cents = s.net_cents
            FROM (
                SELECT i.id, MIN(l.day) AS first_day, MAX(l.day) AS last_day, SUM(l.net_cents) AS net_cents
                FROM ({ids}) i LEFT JOIN sales_orderline l ON l.order_id = i.id GROUP BY i.id
            ) s WHERE s.id = sales_order.id
            """,
            list(parameters),
        )
        return cursor.rowcount
