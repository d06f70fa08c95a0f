"""Queries that are composed once in a process and then asked again with another number.

Django composes the SQL of a query anew each time it is asked; on a page of few rows that is most of its time. What is
kept here is the statement alone: every answer comes from the database, and objects are made of it as ever.
"""

from collections.abc import Callable, Hashable
from copy import copy
from functools import lru_cache, update_wrapper
from types import SimpleNamespace
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
Settings = ParamSpec("Settings")

KEPT = 512
"""Statements of one function: by its settings, so by those who read. A statement takes some 20 kB."""
_STAND_IN = 4_611_686_018_427_300_417
"""Stands for the number while a statement is composed: an id that no row has (about half of 2⁶³)."""
_BEYOND = 2**63
"""No column holds such a number; a database would refuse to compare with it."""


class Prepared(Generic[Row, Settings]):
    """``build(number, *settings)`` makes the query. It may depend on nothing else, and may use ``number`` only as a
    value to compare with: the same statement serves all numbers."""

    def __init__(self, build: Callable[Concatenate[int, Settings], QuerySet[Row]]) -> None:
        self.build: Any = build
        self._statement = lru_cache(maxsize=KEPT)(self._compose)
        update_wrapper(self, build)

    def __call__(self, number: int, *settings: Settings.args, **none: Settings.kwargs) -> list[Row]:
        statement = self._statement(*settings)
        return statement(number) if statement and abs(number) < _BEYOND else []

    def _compose(self, *settings: Hashable) -> "_Statement | None":
        try:
            return _Statement(self.build(_STAND_IN, *settings))
        except EmptyResultSet:  # nothing can match, such as for somebody who may see nothing
            return None


class _Statement:
    def __init__(self, rows: QuerySet[Any]) -> None:
        self.using = rows.db
        self.compiler = rows.query.get_compiler(using=self.using)
        self.sql, self.params = self.compiler.as_sql()
        if str(_STAND_IN) in self.sql:
            raise ValueError("the number stands in the statement itself")
        self.rows: Any = rows

    def __call__(self, number: int) -> list[Any]:
        params = tuple(number if value == _STAND_IN else value for value in self.params)
        compiler: Any = copy(self.compiler)
        compiler.connection = connections[self.using]  # that of this thread
        compiler.as_sql = lambda: (self.sql, params)
        query = SimpleNamespace(get_compiler=lambda *args, **names: compiler)
        asked = SimpleNamespace(db=self.using, query=query, model=self.rows.model, _known_related_objects={})
        return list(self.rows._iterable_class(asked))


def prepared(build: Callable[Concatenate[int, Settings], QuerySet[Row]]) -> Prepared[Row, Settings]:
    return Prepared(build)
