"""A row of another table joined to each row of a query."""

from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet, Subquery


def with_row_of_run(rows: QuerySet[Any], name: str, relation: str, run: QuerySet[Any]) -> QuerySet[Any]:
    """``rows`` with, as ``name``, the one row of ``relation`` that belongs to ``run`` (a query for its id), else
    None; ``<name>_run`` is the run's id. ``select_related`` may go on from ``name``, also to the run."""
    joined = FilteredRelation(relation, condition=Q(**{f"{relation}__run": Subquery(run)}))
    rows = rows.annotate(**{name: joined}).annotate(**{f"{name}_run": F(f"{name}__run_id")})
    _parents_first(rows.query)
    return rows


def _parents_first(query: Any) -> None:
    """The condition names the run, so Django (5.2) notes the run's table before the row that leads to it, and
    keeps that order when ``select_related`` needs both."""
    places = {alias: place for place, alias in enumerate(query.alias_map)}
    for alias, join in list(query.alias_map.items()):
        if places.get(getattr(join, "parent_alias", None), -1) > places[alias]:
            query.alias_map[alias] = query.alias_map.pop(alias)
