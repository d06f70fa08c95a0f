"""Parent companies and their subsidiaries: walked in the database, whatever the depth."""

from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from accounts.querysets import visible_q
from accounts.reader import Reader, reader
from clients.models import Client
from common.prepared import prepared

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


def family_of(client: Client, user: Any) -> tuple[list[Client], int]:
    """The whole family of a company from its head down, in one query: who ``user`` may see, in no order, and
    how many there are besides."""
    found: list[Any] = _family(client.pk, reader(user))
    return [one for one in found if one.is_seen], sum(not one.is_seen for one in found)


@prepared
def _family(client: int, who: Reader) -> QuerySet[Client]:
    rows = Client.objects.filter(RawSQL(f"clients_client.id IN ({_FAMILY})", [client], BooleanField()))
    seen = Case(When(visible_q(who), then=Value(True)), default=False, output_field=BooleanField())
    return rows.annotate(is_seen=seen).select_related("owner").defer("search_text")


# Up to the head, whatever its state, and from there down over active companies. By a subquery and by
# a state that is carried along: else SQLite would read all clients into a filter first.
_FAMILY = f"""
    WITH RECURSIVE up (id, depth) AS (
        SELECT CAST(%s AS bigint), 0
        UNION SELECT (SELECT c.parent_id FROM clients_client c WHERE c.id = up.id), up.depth + 1
        FROM up WHERE up.depth < {MAX_DEPTH} AND up.id IS NOT NULL
    ), walk (id, depth, state) AS (
        SELECT id, 0, CAST('active' AS varchar)
        FROM (SELECT id FROM up WHERE id IS NOT NULL ORDER BY depth DESC LIMIT 1) head
        UNION SELECT c.id, walk.depth + 1, c.state FROM clients_client c JOIN walk ON c.parent_id = walk.id
        WHERE walk.depth < {MAX_DEPTH} AND walk.state = 'active'
    )
    SELECT id FROM walk WHERE state = 'active'"""


def is_below(client: Client, other: Client) -> bool:
    """Whether ``client`` is ``other`` or stands below it."""
    return other.pk in chain_above(client.pk)
