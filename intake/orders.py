"""Orders: read and written by ``sales``; here is kept what undoing needs."""

from collections.abc import Sequence
from typing import Any

from clients.models import Batch, Client
from intake import sql
from intake.importing import Request, new_batch
from intake.models import KeptRow, RecordImport
from intake.rules import Mode
from intake.sql import rows, run
from intake.work import Work, seal
from sales.importing import Request as SalesRequest
from sales.importing import import_file
from sales.models import Category, Order, OrderLine, Product
from sales.rules import Mapping
from sales.totals import sum_orders

KEPT = KeptRow._meta.db_table
ORDER_DAY = "sales.orderday"
DAY_MARK = (
    "CAST(COUNT(*) AS text) || ':' || COALESCE(CAST(MIN(l.id) AS text) || ':' || CAST(MAX(l.id) AS text) || ':' || "
    "CAST(SUM(l.amount_cents) AS text) || ':' || COALESCE(CAST(SUM(l.net_cents) AS text), '') || ':' || "
    "COALESCE(CAST(SUM(l.cost_cents) AS text), ''), '')"
)
"""Fingerprint of the lines of an order on a day; lines are replaced, never renumbered."""


class OrderKeeper:
    """``sales.writing.Keeper``: called inside the writing transaction, beside the staging tables."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._import: RecordImport = request.record_import
        self._work = Work(
            self._import,
            frozenset(),
            Mode(self._import.mode),
            request.user,
            request.owner,
            request.now,
            request.today,
        )
        self.batch: Batch | None = None

    def before(self) -> None:
        self.batch = self._work.batch = new_batch(self._import, self._request.user, self._request.now)
        self._work.keep_created(Client, "SELECT client_id AS id FROM import_client WHERE is_new = 1")
        self._work.keep_created(Product, "SELECT product_id AS id FROM import_product WHERE is_new = 1")
        self._work.keep_created(Order, "SELECT order_id AS id FROM import_order WHERE is_new = 1")
        self._work.keep(
            Order,
            "SELECT o.order_id FROM import_order o JOIN sales_order x ON x.id = o.order_id "
            "WHERE o.is_new = 0 AND o.channel <> '' AND o.channel <> x.channel",
        )
        group = "jsonb_agg(to_jsonb(l) ORDER BY l.position)::text" if sql.on_postgresql() else (
            f"json_group_array(json({sql.row_json(OrderLine, 'l')}))"
        )  # fmt: skip
        run(
            f"INSERT INTO {KEPT} (record_import_id, model, record_id, day, before, after) "
            f"SELECT %s, %s, p.order_id, p.day, COALESCE((SELECT {group} FROM sales_orderline l "
            "WHERE l.order_id = p.order_id AND l.day = p.day), ''), '' FROM import_pair p WHERE p.changed = 1",
            [self._import.pk, ORDER_DAY],
        )

    def after(self, new_categories: Sequence[int]) -> None:
        self._work.keep_created_ids(Category, new_categories)
        run(
            f"UPDATE {KEPT} SET after = (SELECT {DAY_MARK} FROM sales_orderline l "
            f"WHERE l.order_id = {KEPT}.record_id AND l.day = {KEPT}.day) "
            "WHERE record_import_id = %s AND model = %s",
            [self._import.pk, ORDER_DAY],
        )
        seal(self._import)
        self._work.tell_created(Client, "t.id")


def import_orders(request: Request, *, progress: Any = None, fence: Any = None) -> dict[str, Any]:
    """The counts that people and programs read. Raises ``FileRefused``."""
    keeper = OrderKeeper(request)
    result = import_file(
        SalesRequest(
            path=request.path, name=request.name, mapping=Mapping(**request.mapping.as_json()), today=request.today,
            now=request.now, owner=request.owner, user=request.user, dry_run=request.record_import.dry_run,
            keeper=keeper, observed_from=request.observed_from,
        ),
        progress=progress, fence=fence,
    )  # fmt: skip
    batch = None if request.record_import.dry_run else keeper.batch
    return result | {"batch": batch and batch.pk}


# --- undoing -----------------------------------------------------------------------------------
def changed_days(record_import: RecordImport) -> int:
    """Days of orders that read otherwise than the import left them."""
    return int(rows(
        f"SELECT COUNT(*) FROM {KEPT} k WHERE k.record_import_id = %s AND k.model = %s AND k.after <> "
        f"(SELECT {DAY_MARK} FROM sales_orderline l WHERE l.order_id = k.record_id AND l.day = k.day)",
        [record_import.pk, ORDER_DAY],
    )[0][0])  # fmt: skip


def restore_days(record_import: RecordImport) -> int:
    """Put the lines back as they were and have their days rebuilt; returns how many days of orders."""
    scope = [record_import.pk, ORDER_DAY]
    run(
        "INSERT INTO sales_dirtyday (client_id, day) SELECT DISTINCT o.client_id, k.day FROM "
        f"{KEPT} k JOIN sales_order o ON o.id = k.record_id WHERE k.record_import_id = %s AND k.model = %s "
        "ORDER BY 1, 2 ON CONFLICT (client_id, day) DO UPDATE SET day = excluded.day", scope,
    )  # fmt: skip
    days = run(
        f"DELETE FROM sales_orderline WHERE (order_id, day) IN "
        f"(SELECT record_id, day FROM {KEPT} WHERE record_import_id = %s AND model = %s)", scope,
    )  # fmt: skip
    fields = sql.columns_of(OrderLine)
    named = ", ".join(field.column for field in fields)
    if sql.on_postgresql():
        source = "jsonb_populate_recordset(NULL::sales_orderline, k.before::jsonb) b"
        values = ", ".join(f"b.{field.column}" for field in fields)
    else:
        source = "json_each(k.before) e"
        values = ", ".join(f"json_extract(e.value, '$.{field.column}')" for field in fields)
    run(
        f"INSERT INTO sales_orderline ({named}) SELECT {values} FROM {KEPT} k, {source} "
        "WHERE k.record_import_id = %s AND k.model = %s AND k.before <> ''", scope,
    )  # fmt: skip
    sum_orders(
        f"SELECT DISTINCT record_id AS id FROM {KEPT} WHERE record_import_id = %s AND model = %s", scope
    )
    return days
