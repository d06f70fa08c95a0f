"""From the staging tables into sales, set-based; the caller holds the one transaction.

What a file replaces is a pair (order, day): where its lines differ from the stored ones, they are
replaced and the client's day becomes dirty; where they do not, nothing is touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import connection

from accounts.defaults import default_language
from accounts.rules import Act
from clients.models import Client
from clients.rules import ClientKind, ClientState
from clients.suppression import Identity, suppressed_positions
from common.locks import lock_until_commit
from common.statistics import refresh_statistics
from sales import staging
from sales.models import Order, OrderLine, Product
from sales.rules import Reject
from sales.services import mark_days_of_orders
from sales.totals import sum_orders


@dataclass(frozen=True)
class Written:
    """``rejected``: reason by line number, for rows refused against what is stored."""

    rejected: dict[int, Reject]
    counts: dict[str, int]


class Keeper(Protocol):
    """Keeps what an import replaces, so that it can be undone; reads the staging tables."""

    def before(self) -> None:
        """Records exist and ``import_pair`` tells what changes; no line was touched yet."""

    def after(self, new_categories: Sequence[int]) -> None:
        """Everything is written."""


def write_staged(
    *, owner: Any, user: Any, observed_from: Any, now: datetime, keeper: Keeper | None = None
) -> Written:
    """Write every staged line. ``user`` limits the import to clients visible to them; ``None`` does not."""
    lock_until_commit("sales import")
    refresh_statistics(Client, Order, OrderLine, Product)
    rejected = _find_clients() | _reject_erased()
    if user is not None:
        rejected |= _reject_foreign(user)
    rejected |= _reject(_ORDERS_OF_OTHERS, Reject.ORDER_OF_OTHER_CLIENT)
    _prune()
    new_clients = _write_clients(owner, observed_from, now)
    new_categories = _write_products()
    new_orders = _write_orders()
    _mark_changes()
    if keeper:
        keeper.before()
    _set_channels()
    _replace_lines()
    if keeper:
        keeper.after(new_categories)
    return Written(rejected, _counts() | {"new_clients": new_clients, "new_orders": new_orders})


def _run(sql: str, parameters: dict[str, Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


def _rows(sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


# --- refusals against what is stored ----------------------------------------------------------
_ORDERS_OF_OTHERS = """
    SELECT o.n FROM import_order o
    JOIN import_client k ON k.n = o.client_n
    JOIN sales_order s ON s.ref = o.ref
    WHERE k.client_id IS NULL OR s.client_id <> k.client_id
"""
_ORDERS_OF_ERASED = """
    SELECT o.n FROM import_order o JOIN import_client k ON k.n = o.client_n
    JOIN clients_client c ON c.id = k.client_id WHERE c.state = %s
"""


def _find_clients() -> dict[int, Reject]:
    """Whom the references name today: a merged client is the one it lives on in, an erased one nobody."""
    _run(
        "UPDATE import_client SET client_id = (SELECT c.id FROM clients_client c WHERE c.ref = import_client.ref)"
    )
    while _run(
        """
        UPDATE import_client SET client_id = (
            SELECT c.merged_into_id FROM clients_client c WHERE c.id = import_client.client_id)
        WHERE client_id IN (SELECT id FROM clients_client WHERE merged_into_id IS NOT NULL)
        """
    ):
        pass
    _run("UPDATE import_client SET is_new = CASE WHEN client_id IS NULL THEN 1 ELSE 0 END")
    return _reject(_ORDERS_OF_ERASED, Reject.ERASED, [ClientState.ERASED.value])


def _reject(orders: str, reason: Reject, parameters: Any = None) -> dict[int, Reject]:
    """Take the lines of these orders (a query of their numbers) out of the staging table."""
    numbers = _rows(f"SELECT number FROM import_line WHERE order_n IN ({orders})", parameters)
    if numbers:
        _rows_deleted = f"DELETE FROM import_line WHERE order_n IN ({orders})"
        with connection.cursor() as cursor:
            cursor.execute(_rows_deleted, parameters)
    return {number: reason for (number,) in numbers}


def _reject_foreign(user: Any) -> dict[int, Reject]:
    visible, parameters = (
        Client.objects.visible_to(user, act=Act.IMPORT).order_by().values("pk").query.sql_with_params()
    )
    orders = f"""
        SELECT o.n FROM import_order o JOIN import_client k ON k.n = o.client_n
        WHERE k.client_id IN (SELECT client_id FROM import_client EXCEPT {visible})
    """
    return _reject(orders, Reject.NOT_YOUR_CLIENT, parameters)


def _reject_erased() -> dict[int, Reject]:
    """Orders of clients that are new to us because they were erased: they must not come back by a file."""
    new = _rows("SELECT k.n, k.ref FROM import_client k WHERE k.is_new = 1 ORDER BY k.n")
    gone = suppressed_positions([Identity(ref=ref) for _, ref in new])
    rejected: dict[int, Reject] = {}
    for number in sorted(new[position][0] for position in gone):
        rejected |= _reject("SELECT n FROM import_order WHERE client_n = %s", Reject.ERASED, [number])
    return rejected


def _prune() -> None:
    """Clients, products and orders that no line needs any more are not written.

    ``EXCEPT``, for PostgreSQL looks through the whole of a ``NOT IN`` that is too large for ``work_mem`` for each row.
    """
    for table, users in (
        ("import_order", "SELECT order_n FROM import_line"),
        ("import_client", "SELECT client_n FROM import_order"),
        ("import_product", "SELECT product_n FROM import_line"),
    ):
        _run(f"DELETE FROM {table} WHERE n IN (SELECT n FROM {table} EXCEPT {users})")


# --- records ----------------------------------------------------------------------------------
def _write_clients(owner: Any, observed_from: Any, now: datetime) -> int:
    """New clients get ``owner`` and their team; clients that exist keep all they have."""
    new = _run(
        """
        INSERT INTO clients_client (ref, name, kind, owner_id, team_id, street, postcode, city, country, email,
                                    phone, language, observed_from, search_text, created_at, updated_at)
        SELECT k.ref, k.name, %(kind)s, CAST(%(owner)s AS bigint), CAST(%(team)s AS bigint), '', '', k.city,
               k.country, '', '', %(language)s, CAST(%(observed_from)s AS text)::date, k.search_text, %(now)s, %(now)s
        FROM import_client k WHERE k.client_id IS NULL
        ORDER BY k.n
        ON CONFLICT (ref) DO NOTHING
        """.replace("CAST(%(observed_from)s AS text)::date", _as_date("%(observed_from)s")),
        {
            "kind": ClientKind.COMPANY.value, "owner": owner and owner.pk, "team": owner and owner.team_id,
            "language": default_language(), "observed_from": observed_from and observed_from.isoformat(),
            "now": _as_stored(now),
        },
    )  # fmt: skip
    # The reference of a merged client finds the one it lives on in.
    _run(
        "UPDATE import_client SET client_id = (SELECT c.id FROM clients_client c WHERE c.ref = import_client.ref) "
        "WHERE client_id IS NULL"
    )
    return new


def _as_date(parameter: str) -> str:
    """SQLite keeps days as text, where a cast to date would leave only the year."""
    return f"CAST({parameter} AS date)" if connection.vendor == "postgresql" else parameter


def _as_stored(now: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(now)


def _write_products() -> list[int]:
    """A file adds products and categories; it never changes those that exist. Returns new categories."""
    new_categories = _rows(
        """
        INSERT INTO sales_category (name)
        SELECT DISTINCT p.category FROM import_product p
        WHERE p.category <> '' AND NOT EXISTS (SELECT 1 FROM sales_category c WHERE c.name = p.category)
        ON CONFLICT (name) DO NOTHING RETURNING id
        """
    )
    _run(
        "UPDATE import_product SET is_new = CASE WHEN EXISTS "
        "(SELECT 1 FROM sales_product s WHERE s.ref = import_product.ref) THEN 0 ELSE 1 END"
    )
    _run(
        """
        INSERT INTO sales_product (ref, name, category_id)
        SELECT p.ref, p.name, (SELECT c.id FROM sales_category c WHERE c.name = p.category)
        FROM import_product p
        WHERE NOT EXISTS (SELECT 1 FROM sales_product s WHERE s.ref = p.ref) ORDER BY p.n
        ON CONFLICT (ref) DO NOTHING
        """
    )
    _run(
        "UPDATE import_product SET product_id = "
        "(SELECT s.id FROM sales_product s WHERE s.ref = import_product.ref)"
    )
    return [pk for (pk,) in new_categories]


def _write_orders() -> int:
    _run(
        "UPDATE import_order SET is_new = CASE WHEN EXISTS "
        "(SELECT 1 FROM sales_order s WHERE s.ref = import_order.ref) THEN 0 ELSE 1 END"
    )
    new = _run(
        """
        INSERT INTO sales_order (client_id, ref, channel)
        SELECT k.client_id, o.ref, o.channel FROM import_order o JOIN import_client k ON k.n = o.client_n
        WHERE o.is_new = 1 ORDER BY o.n
        """
    )
    _run("UPDATE import_order SET order_id = (SELECT s.id FROM sales_order s WHERE s.ref = import_order.ref)")
    return new


# --- lines ------------------------------------------------------------------------------------
_NONE = -(10**18)  # stands for null in comparisons: beyond every value a line may hold


def _mark_changes() -> None:
    """A pair is unchanged when each of its lines is stored alike, and no other. A rate that was missing
    and is known now is a change."""
    staging.analyze()
    refresh_statistics(Client, Order, OrderLine, Product)
    _run(
        f"""
        INSERT INTO import_pair (order_n, day, order_id, client_id, changed)
        SELECT f.order_n, f.day, o.order_id, k.client_id,
               CASE WHEN f.alike = f.lines AND f.lines = (
                   SELECT COUNT(*) FROM sales_orderline s WHERE s.order_id = o.order_id AND s.day = f.day
               ) THEN 0 ELSE 1 END
        FROM (
            SELECT l.order_n, l.day, COUNT(*) AS lines, SUM(CASE WHEN
                s.id IS NOT NULL
                AND s.amount_cents = l.amount_cents AND s.currency = l.currency
                AND COALESCE(s.product_id, {_NONE}) = COALESCE(p.product_id, {_NONE})
                AND COALESCE(s.quantity, {_NONE}) = COALESCE(l.quantity, {_NONE})
                AND COALESCE(s.cost_cents, {_NONE}) = COALESCE(l.cost_cents, {_NONE})
                AND (s.net_cents IS NOT NULL OR l.net_cents IS NULL)
                THEN 1 ELSE 0 END) AS alike
            FROM import_line l
            JOIN import_order o ON o.n = l.order_n
            LEFT JOIN import_product p ON p.n = l.product_n
            LEFT JOIN sales_orderline s
                ON s.order_id = o.order_id AND s.day = l.day AND s.position = l.position
            GROUP BY l.order_n, l.day
        ) f
        JOIN import_order o ON o.n = f.order_n
        JOIN import_client k ON k.n = o.client_n
        """
    )
    _run("CREATE INDEX import_pair_key ON import_pair (order_n, day)")
    staging.analyze()


def _set_channels() -> None:
    """Told now or told otherwise; the rollup of all days of such an order rests on it."""
    mark_days_of_orders(
        "SELECT s.id FROM import_order i JOIN sales_order s ON s.id = i.order_id"
        " WHERE i.channel <> '' AND i.channel <> s.channel"
    )
    _run(
        """
        UPDATE sales_order SET channel = o.channel FROM import_order o
        WHERE o.order_id = sales_order.id AND o.channel <> '' AND o.channel <> sales_order.channel
        """
    )


def _replace_lines() -> None:
    _run(
        """
        DELETE FROM sales_orderline WHERE (order_id, day) IN (
            SELECT order_id, day FROM import_pair WHERE changed = 1)
        """
    )
    _run(
        """
        INSERT INTO sales_orderline (order_id, day, position, product_id, quantity, amount_cents, currency,
                                     net_cents, cost_cents)
        SELECT p.order_id, l.day, l.position, r.product_id, l.quantity, l.amount_cents, l.currency,
               l.net_cents, l.cost_cents
        FROM import_line l
        JOIN import_pair p ON p.order_n = l.order_n AND p.day = l.day
        LEFT JOIN import_product r ON r.n = l.product_n
        WHERE p.changed = 1
        ORDER BY p.order_id, l.day, l.position
        """
    )
    sum_orders("SELECT DISTINCT order_id AS id FROM import_pair WHERE changed = 1")
    # The update locks a pair that is marked already, so that a rebuild cannot take it before this commits.
    _run(
        """
        INSERT INTO sales_dirtyday (client_id, day)
        SELECT DISTINCT client_id, day FROM import_pair WHERE changed = 1 ORDER BY client_id, day
        ON CONFLICT (client_id, day) DO UPDATE SET day = excluded.day
        """
    )


def _counts() -> dict[str, int]:
    ((clients, orders, lines, refunds, without_rate),) = _rows(
        """
        SELECT COUNT(DISTINCT o.client_n), COUNT(DISTINCT l.order_n), COUNT(*),
               COUNT(*) FILTER (WHERE l.amount_cents < 0 OR (l.amount_cents = 0 AND l.quantity < 0)),
               COUNT(*) FILTER (WHERE l.net_cents IS NULL)
        FROM import_line l JOIN import_order o ON o.n = l.order_n
        """
    )
    ((changed, unchanged),) = _rows(
        """
        SELECT COALESCE(SUM(changed), 0), COALESCE(SUM(1 - changed), 0) FROM (
            SELECT MAX(p.changed) AS changed FROM import_pair p JOIN import_order o ON o.n = p.order_n
            WHERE o.is_new = 0 GROUP BY p.order_n) orders
        """
    )
    return {
        "clients": clients, "orders": orders, "lines": lines, "refund_lines": refunds,
        "lines_without_rate": without_rate, "changed_orders": int(changed), "unchanged_orders": int(unchanged),
    }  # fmt: skip
