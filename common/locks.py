"""One writer at a time for work that must not overlap."""

from django.db import connection


def lock_until_commit(name: str) -> None:
    """Wait until no other transaction holds ``name``; released when this transaction ends.

    SQLite needs nothing: its transactions are IMMEDIATE, so that there is one writer anyway.
    Raises ``OperationalError`` when the other holds it longer than ``lock_timeout``.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
