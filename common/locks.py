"""One writer at a time for work that must not overlap."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


def lock_until_commit(name: str) -> None:
    """Wait until no other transaction holds ``name``; released when this transaction ends.

    SQLite needs nothing: its transactions are IMMEDIATE, so that there is one writer anyway.
    Raises ``OperationalError`` when the other holds it longer than ``lock_timeout``.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Statements inside read the database as of one moment, and write nothing.

    SQLite reads beside a writer (write-ahead log). Within a transaction already begun, its rules hold.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")  # Django's own would wait for the writer
            try:
                yield
            finally:
                cursor.execute("COMMIT")
