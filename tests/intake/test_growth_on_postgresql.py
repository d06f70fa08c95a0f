"""The rows that PostgreSQL's plans handle grow with the file and not with its square, whatever it holds of its tables.

Statistics are made untrue as an autovacuum makes them: it counts a table whose rows are dead, and finds pages without
rows. ``work_mem`` is so small that no list of ids fits. Counted in rows, which a busy machine does not change.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from clients.models import Change, Client, Interaction, Person
from common.reading.shapes import Mapping
from common.statistics import refresh_statistics
from intake.importing import Request
from intake.models import KeptRow
from intake.orders import import_orders
from intake.rules import Kind, Mode
from intake.undoing import undo_import
from sales.models import Category, ClientDay, DirtyDay, Order, OrderLine, Product
from tests.conftest import Cast
from tests.intake.helpers import NOW, TODAY, import_text, make_import
from tests.intake.test_growth import FILES, fill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.servers]
ROWS = 2000
FEWER = 900
"""Too few for an import to count the tables it wrote anew."""
MOST = 1000
"""Rows handled for each row of the file, over three imports and their undoing; 660 at most when this was written. One
statement that takes the square adds 1,000."""
TABLES = (
    Category, Change, Client, ClientDay, DirtyDay, Interaction, KeptRow, Order, OrderLine, Person, Product,
)  # fmt: skip


def make_untrue() -> None:
    """Pages of dead rows, counted: as many as a large import leaves that broke off."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in TABLES)} CASCADE")
        with transaction.atomic():
            fill(3000)
            Change.objects.bulk_create(
                Change(model="clients.client", record_id=n, act="updated", at=NOW) for n in range(3000)
            )
            record = make_import(Kind.CLIENTS)
            KeptRow.objects.bulk_create(
                KeptRow(record_import=record, model="clients.client", record_id=n, before="", after="")
                for n in range(3000)
            )
            transaction.set_rollback(True)
        for model in TABLES:
            cursor.execute(f"ANALYZE {model._meta.db_table}")


class Work(list[tuple[int, str]]):
    """Rows handled and the text of each statement."""

    @property
    def rows(self) -> int:
        return sum(rows for rows, _ in self)


def handled(plan: dict[str, Any]) -> int:
    """Rows a plan returned from its nodes or threw away, over all their runs."""
    told = sum(
        value for name, value in plan.items() if name == "Actual Rows" or name.startswith("Rows Removed")
    )
    return round(told * plan["Actual Loops"]) + sum(handled(part) for part in plan.get("Plans", ()))


@contextmanager
def counted() -> Iterator[Work]:
    work = Work()

    def hear(notice: Any) -> None:
        if "duration: " in notice.message_primary and "plan:\n" in notice.message_primary:
            told = json.loads(notice.message_primary.partition("plan:\n")[2])
            work.append((handled(told["Plan"]), told["Query Text"]))

    raw = connection.connection
    raw.add_notice_handler(hear)
    with connection.cursor() as cursor:
        cursor.execute("LOAD 'auto_explain'")
        cursor.execute(
            "SET auto_explain.log_min_duration = 0; SET auto_explain.log_analyze = on; "
            "SET auto_explain.log_timing = off; SET auto_explain.log_format = json; "
            "SET client_min_messages = log; SET work_mem = '64kB'; SET statement_timeout = '60s'"
        )
    try:
        yield work
    finally:
        raw.remove_notice_handler(hear)
        with connection.cursor() as cursor:
            cursor.execute(
                "SET auto_explain.log_min_duration = -1; RESET client_min_messages; RESET work_mem; RESET statement_timeout"
            )


def worst(work: Work) -> list[tuple[int, str]]:
    return [(rows, " ".join(text.split())[:200]) for rows, text in sorted(work, reverse=True)[:3]]


@pytest.mark.parametrize("rows", [FEWER, ROWS])
@pytest.mark.parametrize("kind", FILES)
def test_rows_handled_are_few_for_each_row_of_the_file(
    cast: Cast, tmp_path: Path, kind: Kind, rows: int
) -> None:
    header, row = FILES[kind]
    make_untrue()
    fill(rows)
    bodies = {v: "\n".join([header, *(row(n, v) for n in range(rows))]) + "\n" for v in (1, 2)}
    with counted() as work:
        first = import_text(tmp_path, kind, bodies[1])
        import_text(tmp_path, kind, bodies[1], user=cast.diane, mode=Mode.CREATE)
        last = import_text(tmp_path, kind, bodies[2], user=cast.diane)
        for result in (last, first):
            assert result["rejected"] == {}
            undo_import(record_import=result["import"], user=None, now=NOW)
    assert work.rows < MOST * rows, worst(work)


def test_orders_alike(cast: Cast, tmp_path: Path) -> None:
    columns = {name: name for name in ("client", "order", "day", "product", "quantity", "unit_price")}
    path = tmp_path / "orders.csv"
    records = []

    def bring(price: int, user: Any) -> None:
        lines = [f"C{n % 500},O{n},2024-03-0{1 + n % 9},P{n % 300},2,{price}.00" for n in range(ROWS)]
        path.write_text("\n".join([",".join(columns), *lines]))
        record = make_import(Kind.ORDERS)
        result = import_orders(Request(record, path, path.name, Mapping(columns), TODAY, NOW, UTC, user=user))
        assert result["accepted"] == ROWS
        record.state, record.batch_id, record.finished_at = "done", result["batch"], NOW
        record.save()
        records.append(record)

    make_untrue()
    with counted() as work:
        for price, user in ((5, None), (5, cast.diane), (6, cast.diane)):
            bring(price, user)
        for record in reversed(records):
            undo_import(record_import=record, user=None, now=NOW)
    assert work.rows < MOST * ROWS, worst(work)


def test_a_table_counted_while_its_rows_were_dead_is_counted_anew() -> None:
    make_untrue()
    fill(3000)
    filled = {model._meta.db_table for model in (Client, Order, OrderLine, Person, Product)}
    untrue = set(refresh_statistics(*TABLES))
    assert untrue >= filled
    assert set(refresh_statistics(*TABLES)) == untrue - filled  # those that hold dead rows alone
