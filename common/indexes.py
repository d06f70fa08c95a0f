"""Indexes that give lists their order."""

from typing import Any

from django.db import models


class LargestFirst(models.Index):
    """Descending, nulls last, as lists sort figures: SQLite's own order, which PostgreSQL has to be told."""

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        statement: Any = super().create_sql(model, schema_editor, using, **kwargs)
        if schema_editor.connection.vendor == "postgresql":
            statement.parts["columns"].col_suffixes = tuple(
                f"{order} NULLS LAST" if model._meta.get_field(name).null else order
                for name, order in self.fields_orders
            )
        return statement


class SqliteOnly(models.Index):
    """Holds rows on SQLite alone: PostgreSQL has a better way, and no room for long texts; there it stays empty."""

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        statement: Any = super().create_sql(model, schema_editor, using, **kwargs)
        if schema_editor.connection.vendor == "postgresql":
            statement.parts["condition"] = " WHERE FALSE"
        return statement
