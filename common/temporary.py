"""Temporary tables that hold a whole file: where they lie while it is imported."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

LEAN_CACHE = (
    -32_000
)  # kilobytes of pages; what an import of a hundred thousand rows gains from more is not measurable


@contextmanager
def temporary_tables_on_disk() -> Iterator[None]:
    """SQLite keeps temporary tables in memory (``settings``), good for small ones; those of a large file go to disk.

    Inside a transaction SQLite refuses to move them, and nothing is changed. PostgreSQL does so by itself.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        before = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("temp_store", "cache_size")
        }
        cursor.execute("PRAGMA temp_store=FILE")
        cursor.execute(f"PRAGMA cache_size={LEAN_CACHE}")
    try:
        yield
    finally:
        if connection.connection is not None and not connection.in_atomic_block:
            with connection.cursor() as cursor:
                for name, value in before.items():
                    cursor.execute(f"PRAGMA {name}={value}")
