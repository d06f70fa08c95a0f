"""SQL that both databases understand, from the models: whole rows as JSON, fingerprints, changes."""

from typing import Any

from django.db import connection, models


def run(sql: str, parameters: Any = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


def rows(sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def analyze(table: str) -> None:
    """Fresh statistics of what was just filled: PostgreSQL would otherwise plan for a handful of rows."""
    if on_postgresql():
        run(f"ANALYZE {table}")


def repeated(column: str) -> str:
    """A condition on a staged row ``s``: an earlier one has the same in ``column``. By sorting: a look for each row
    through those of the same value is quadratic where many are alike."""
    return (
        f"s.number IN (SELECT r.number FROM (SELECT number, ROW_NUMBER() OVER (PARTITION BY {column} ORDER BY number) "
        f"AS place FROM intake_row WHERE {column} IS NOT NULL) r WHERE r.place > 1)"
    )


def staged_outside(column: str, ids: str) -> str:
    """A condition on a staged row ``s``: its ``column`` is filled, and by none of ``ids`` (one SELECT of ids).

    For PostgreSQL looks through the whole of a ``NOT IN`` that is too large for ``work_mem``, for each row.
    """
    return f"s.{column} IN (SELECT {column} FROM intake_row EXCEPT {ids})"


def on_postgresql() -> bool:
    return connection.vendor == "postgresql"


def columns_of(model: type[models.Model]) -> list[Any]:
    """What a record says itself: what is computed of others' rows (``COMPUTED``) is no change of it."""
    computed: frozenset[str] = getattr(model, "COMPUTED", frozenset())
    return [field for field in model._meta.concrete_fields if field.attname not in computed]


def row_json(model: type[models.Model], alias: str) -> str:
    """The whole row as text of JSON."""
    if on_postgresql():
        left_out = "".join(f" - '{name}'" for name in sorted(getattr(model, "COMPUTED", ())))
        return f"(to_jsonb({alias}){left_out})::text"
    pairs = ", ".join(f"'{field.column}', {alias}.{field.column}" for field in columns_of(model))
    return f"json_object({pairs})"


def row_mark(model: type[models.Model], alias: str) -> str:
    return f"MD5({row_json(model, alias)})"


def quoted(expression: str, field: Any) -> str:
    """The value as JSON text, decimals as strings, as ``clients.history`` writes them."""
    if isinstance(field, models.BooleanField):
        return f"CASE WHEN {expression} IS NULL THEN 'null' WHEN {expression} THEN 'true' ELSE 'false' END"
    if isinstance(field, models.DecimalField):
        expression = f"CAST({expression} AS text)"
    return (
        f"COALESCE(to_json({expression})::text, 'null')" if on_postgresql() else f"json_quote({expression})"
    )


def json_document(pieces: list[str]) -> str:
    """One JSON object of pieces, each an SQL text that is empty or ``,"name":value``."""
    joined = " || ".join(pieces) or "''"
    document = f"'{{' || SUBSTR({joined}, 2) || '}}'"
    return f"({document})::jsonb" if on_postgresql() else document


def piece(field: Any, value: str, condition: str) -> str:
    return f"""CASE WHEN {condition} THEN ',"{field.attname}":' || {quoted(value, field)} ELSE '' END"""


def kept_rows(model: type[models.Model]) -> str:
    """A FROM item ``b`` with the columns of ``model`` as they were, beside ``k``, the kept row."""
    table = model._meta.db_table
    return f"jsonb_populate_record(NULL::{table}, k.before::jsonb) b"


def before_value(field: Any, document: str = "k.before") -> str:
    """The column's former value: of ``b`` on PostgreSQL, taken out of the JSON text on SQLite."""
    return f"b.{field.column}" if on_postgresql() else f"json_extract({document}, '$.{field.column}')"


def literal(value: Any) -> str:
    """A constant of ours inside a statement; never text of a file."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


def moment(stored: Any) -> str:
    """A moment as the database stores it."""
    return f"CAST('{stored.isoformat()}' AS timestamp with time zone)" if on_postgresql() else f"'{stored}'"
