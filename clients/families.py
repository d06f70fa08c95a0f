"""Parent companies and their subsidiaries: walked in the database, whatever the depth."""

from django.db import connection

from clients.models import Client

MAX_DEPTH = 50
"""A chain of companies is shorter; the walk also ends where old data went in a circle."""


def _walk(start: int, step: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE walk (id, depth) AS (SELECT CAST(%s AS bigint), 0 UNION {step}) "
            "SELECT id, MIN(depth) FROM walk GROUP BY id ORDER BY MIN(depth), id",
            [start],
        )
        return [row[0] for row in cursor.fetchall()]


def family_below(client_id: int) -> list[int]:
    """The company and everything below it, nearest first."""
    return _walk(
        client_id,
        "SELECT c.id, walk.depth + 1 FROM clients_client c JOIN walk ON c.parent_id = walk.id "
        f"WHERE walk.depth < {MAX_DEPTH} AND c.state = 'active'",
    )


def chain_above(client_id: int) -> list[int]:
    """The company, its parent, and so on up; the last is the head of the family."""
    return _walk(
        client_id,
        "SELECT c.parent_id, walk.depth + 1 FROM clients_client c JOIN walk ON c.id = walk.id "
        f"WHERE walk.depth < {MAX_DEPTH} AND c.parent_id IS NOT NULL",
    )


def is_below(client: Client, other: Client) -> bool:
    """Whether ``client`` is ``other`` or stands below it."""
    return other.pk in chain_above(client.pk)
