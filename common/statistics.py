"""The figures a database plans by: on SQLite there are none until asked for, on PostgreSQL some that cannot be true.

On PostgreSQL an ``ANALYZE`` (autovacuum runs them) that meets a table while its rows are dead or not yet committed stores
"pages, but no rows". Until the next one every join with that table is planned for a single row, and a set-based
statement goes through the whole table once for each row it has: minutes instead of a second.
"""

from typing import Any

from django.db import connection

ROWS_AN_INDEX = 100_000
"""That SQLite reads of each index: half a second at 50,000 clients and 1.3 million orders, where all take six. With 20,000
the lists by segment took twice as long."""
SMALL = 10
"""Pages of a table below which no plan is a bad one."""
# As the planner reckons: rows a page, times the pages there are now. No living table holds less than a row a page.
_UNTRUE = f"""
    SELECT c.relname FROM pg_class c WHERE c.oid = ANY(%s::regclass[]) AND c.relpages > 0 AND c.reltuples >= 0
    AND c.reltuples < c.relpages AND pg_relation_size(c.oid) > {SMALL} * current_setting('block_size')::bigint
"""


def refresh_statistics(*models: Any) -> list[str]:
    """Count these tables anew where PostgreSQL holds them for empty; returns their names.

    Belongs before statements over many rows, after what they read was written; costs one look at the catalogue. A
    table that somebody else analyses is left to them: waiting could end in a deadlock. SQLite counts once a night.
    """
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_UNTRUE, [[model._meta.db_table for model in models]])
        untrue = [name for (name,) in cursor.fetchall()]
        for name in untrue:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {connection.ops.quote_name(name)}")
    return untrue


def gather_statistics() -> None:
    """Once a night on SQLite, which without them leaves half of our indexes unused; PostgreSQL does so itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit={ROWS_AN_INDEX}")
            cursor.execute("ANALYZE")
