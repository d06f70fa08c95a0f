"""Temporary tables that hold a file's lines until one transaction writes them all."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection

from common.temporary import temporary_tables_on_disk

TABLES = {
    "import_client": "n integer primary key, ref varchar(64), name varchar(200), city varchar(100), "
    "country varchar(60), search_text text, client_id bigint, is_new integer",
    "import_product": "n integer primary key, ref varchar(64), name varchar(200), category varchar(120), "
    "product_id bigint, is_new integer",
    "import_order": "n integer primary key, ref varchar(120), client_n integer, channel varchar(8), order_id bigint, is_new integer",
    "import_line": "number bigint, order_n integer, day date, position integer, product_n integer, "
    "quantity decimal(14,3), amount_cents bigint, currency varchar(3), net_cents bigint, cost_cents bigint",
    "import_discount": "order_n integer primary key, cents bigint, goods bigint",
    "import_share": "order_n integer, day date, position integer, amount_cents bigint, net_cents bigint, "
    "primary key (order_n, day, position)",
    "import_pair": "order_n integer, day date, order_id bigint, client_id bigint, changed integer",
}
COLUMNS = {
    "import_client": "n, ref, name, city, country, search_text",
    "import_product": "n, ref, name, category",
    "import_order": "n, ref, client_n, channel",
    "import_discount": "order_n, cents, goods",
    "import_share": "order_n, day, position, amount_cents, net_cents",
    "import_line": "number, order_n, day, position, product_n, quantity, amount_cents, currency, net_cents, cost_cents",
}


@contextmanager
def staging_tables() -> Iterator[None]:
    """Fresh, empty tables of this connection, gone afterwards."""
    with temporary_tables_on_disk():
        _drop()
        with connection.cursor() as cursor:
            for table, columns in TABLES.items():
                cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns})")
        try:
            yield
        finally:
            try:
                _drop()
            except DatabaseError:
                # A connection that broke takes its temporary tables along; the first error counts.
                connection.close_if_unusable_or_obsolete()


def _drop() -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")


def stage(table: str, rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    if connection.vendor == "postgresql":
        _copy(table, rows)
    else:
        _insert(table, rows)


def _copy(table: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({COLUMNS[table]}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _insert(table: str, rows: Sequence[Sequence[Any]]) -> None:
    marks = ", ".join(["%s"] * len(rows[0]))
    with connection.cursor() as cursor:
        # A savepoint outside a transaction begins a deferred one: it locks nothing but the temporary table.
        cursor.execute("SAVEPOINT staging")
        cursor.executemany(f"INSERT INTO {table} ({COLUMNS[table]}) VALUES ({marks})", rows)
        cursor.execute("RELEASE SAVEPOINT staging")


def analyze() -> None:
    """Fresh temporary tables have no statistics, and PostgreSQL would plan for a handful of rows."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"ANALYZE {table}")
