"""The figures PostgreSQL plans by, where they cannot be true.

An ``ANALYZE`` (autovacuum runs them) that meets a table while its rows are dead or not yet committed stores
"pages, but no rows". Until the next one every join with that table is planned for a single row, and a set-based
statement goes through the whole table once for each row it has: minutes instead of a second.
"""

from typing import Any

from django.db import connection

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
    table that somebody else analyses is left to them: waiting could end in a deadlock. SQLite keeps no such figures.
    """
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_UNTRUE, [[model._meta.db_table for model in models]])
        untrue = [name for (name,) in cursor.fetchall()]
        for name in untrue:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {connection.ops.quote_name(name)}")
    return untrue
