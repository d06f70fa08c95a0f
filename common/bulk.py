"""Writing many rows at once, past the ORM: COPY on PostgreSQL, ``executemany`` on SQLite."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert ``rows`` into ``table`` in the caller's transaction.

    ``table`` and ``columns`` come from code, never from a person. Values are plain Python numbers,
    text and ``None``; days and times as ISO text. Constraints hold; defaults of the ORM do not apply.
    """
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {quote(table)} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        insert = f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})"
        cursor.executemany(insert, rows)  # type: ignore[arg-type]  # an iterator will do
