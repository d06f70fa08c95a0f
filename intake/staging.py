"""The temporary table that holds a file's rows until one transaction writes them all."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection

from common.temporary import temporary_tables_on_disk

ROWS, TAGS = "intake_row", "intake_tag"
_TAG_COLUMNS = {"number": "bigint", "name": "varchar(40)"}


@contextmanager
def staging_tables(columns: dict[str, str]) -> Iterator[None]:
    """Fresh, empty tables of this connection, gone afterwards; ``columns``: SQL type by name."""
    with temporary_tables_on_disk():
        _drop()
        _create(columns)
        try:
            yield
        finally:
            try:
                _drop()
            except DatabaseError:
                # A connection that broke takes its temporary tables along; the first error counts.
                connection.close_if_unusable_or_obsolete()


def _create(columns: dict[str, str]) -> None:
    wanted = {"number": "bigint primary key", "record_key": "text", "record_id": "bigint",
              "act": "varchar(8)"} | columns  # fmt: skip
    with connection.cursor() as cursor:
        for table, typed in ((ROWS, wanted), (TAGS, _TAG_COLUMNS)):
            listed = ", ".join(f"{name} {kind}" for name, kind in typed.items())
            cursor.execute(f"CREATE TEMPORARY TABLE {table} ({listed})")


def _drop() -> None:
    with connection.cursor() as cursor:
        for table in (ROWS, TAGS):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")


def stage(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    named = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({named}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        # A savepoint outside a transaction begins a deferred one: it locks nothing but the temporary table.
        cursor.execute("SAVEPOINT staging")
        cursor.executemany(f"INSERT INTO {table} ({named}) VALUES ({marks})", rows)
        cursor.execute("RELEASE SAVEPOINT staging")


def storing(sql: str) -> Callable[[Any], Any] | None:
    """How values of a type are handed to the database; ``None``: as they are.

    SQLite wants text where PostgreSQL takes objects.
    """
    if connection.vendor == "postgresql":
        return None
    if sql.startswith("timestamp"):
        return connection.ops.adapt_datetimefield_value
    return str if sql.startswith("decimal") else None


def ready() -> None:
    """Index what the writers look up; fresh temporary tables have no statistics either."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX intake_row_key ON {ROWS} (record_key)")
    analyze()


def analyze(*columns: str) -> None:
    """After ``columns`` were filled too: PostgreSQL would hold them for empty, and plan for no row at all."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {ROWS}" + (f" ({', '.join(columns)})" if columns else ""))


def chunks(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    held: list[Any] = []
    for row in rows:
        held.append(row)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held
