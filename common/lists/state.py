"""The state of a list, whole in the address: what is asked, how it is sorted, which columns stand there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

from django.db.models import F, Value
from django.http import QueryDict

from common.lists.spec import Column, Filter, ListSpec, Rows, Scope, Text, column_filter

MAX_PAGE = 10_000
VIEW_ALL = "all"
"""``?view=all`` is the plain list also for those who chose a saved view to be opened first."""


@dataclass(frozen=True)
class Chip:
    """One thing that is asked, and the address without it."""

    label: Text
    value: Text
    without: str


@dataclass(frozen=True, eq=False)
class ListState:
    """What the address asks, cleaned: unknown values fall back to the plain list, never to an error."""

    spec: ListSpec
    user: Any
    q: str = ""
    scope: str = ""
    values: tuple[tuple[str, str], ...] = ()
    sort: str = ""
    chosen: tuple[str, ...] = ()  # keys of columns in their order; empty: those that stand there at first
    page: int = 1
    view: str = ""  # the saved view this state began with: its number or ``VIEW_ALL``

    @classmethod
    def read(cls, spec: ListSpec, query: QueryDict, user: Any) -> Self:
        empty = cls(spec, user)
        known = {column.key for column in empty.all_columns}
        view = query.get("view", "")
        return replace(
            empty,
            q=query.get("q", "").replace("\x00", "")[:100].strip() if spec.search else "",
            scope=scope if (scope := query.get("scope", "")) in {one.key for one in empty.scopes} else "",
            values=tuple(
                (one.key, value) for one in empty.filters if (value := one.read(query.get(one.key, ""), user))
            ),
            sort=_known_sort(spec, query.get("sort", ""), empty.all_columns),
            chosen=tuple(dict.fromkeys(key for key in query.getlist("col")[:80] if key in known)),
            page=_page_number(query.get("page", "")),
            view=view if view == VIEW_ALL or (view.isascii() and view.isdigit() and len(view) < 19) else "",
        )

    @cached_property
    def all_columns(self) -> Sequence[Column]:
        return self.spec.columns(self.user)

    @cached_property
    def filters(self) -> Sequence[Filter]:
        of_columns = [column_filter(column) for column in self.all_columns if column.choices]
        return [*of_columns, *self.spec.filters(self.user)]

    @cached_property
    def scopes(self) -> Sequence[Scope]:
        return self.spec.scopes(self.user)

    @property
    def sort_key(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.scope or self.values)

    @cached_property
    def columns(self) -> list[Column]:
        """Those that stand there, in their order; the one that names the row always first."""
        first, *rest = self.all_columns
        if not self.chosen:
            return [first, *(column for column in rest if column.shown)]
        by_key = {column.key: column for column in rest}
        return [first, *(by_key[key] for key in self.chosen if key in by_key)]

    def parameters(self) -> list[tuple[str, str]]:
        """The state as pairs of an address, the same for the same state; without the page."""
        pairs = [("q", self.q), ("scope", self.scope), *self.values]
        if self.sort != self.spec.default_sort:
            pairs.append(("sort", self.sort))
        pairs += [("col", key) for key in self.chosen]
        return [(key, value) for key, value in pairs if value]

    @property
    def query(self) -> str:
        """What a saved view keeps."""
        return _encoded(self.parameters())

    def address(self, **changes: Any) -> str:
        """The query string of this state with changes; the page begins anew unless it is given."""
        other = replace(self, **({"page": 1} | changes))
        pairs = other.parameters()
        if other.view:
            pairs.append(("view", other.view))
        if other.page > 1:
            pairs.append(("page", str(other.page)))
        # An empty query would open the view a person chose to be opened first.
        return "?" + (_encoded(pairs) or f"view={VIEW_ALL}")

    def chips(self) -> list[Chip]:
        return [
            Chip(one.label, one.worded(value, self.user), self.without(one.key))
            for one in self.filters
            if (value := dict(self.values).get(one.key))
        ]

    def without(self, key: str) -> str:
        return self.address(values=tuple(pair for pair in self.values if pair[0] != key))

    def asked_rows(self) -> Rows:
        """The visible rows the state asks for, in no order, with no more columns than filters need."""
        rows = self._rows()
        if self.q and self.spec.search:
            rows = self.spec.search(rows, self.q)
        for scope in self.scopes:
            if scope.key == self.scope:
                rows = scope.apply(rows, self.user)
        asked = dict(self.values)
        for one in self.filters:
            if one.key in asked:
                rows = one.apply(rows, asked[one.key], self.user)
        return rows

    def _rows(self) -> Rows:
        """To sort all rows by what no index holds, those of an index would be looked up one by one."""
        plain = self.is_narrowed or self.sort_key in self.spec.indexed
        return self.spec.rows(self.user) if plain or not self.spec.passed else self.spec.passed(self.user)

    def in_order(self, rows: Rows) -> Rows:
        """Sorted as asked, ties by id, so that pages neither repeat nor skip a row."""
        tie, column = self.tie, self.sort_column
        if column.sort:
            return rows.order_by(self._by(rows, column.sort), tie)
        if column.key not in rows.query.annotations:
            rows = (column.annotate_all or column.annotate)(rows)
        if isinstance(rows.query.annotations.get(column.key), Value):
            # Nothing is known yet, the same for all; PostgreSQL refuses to sort by a constant.
            return rows.order_by(tie)
        return rows.order_by(self._ordered(column.key), tie)

    @property
    def tie(self) -> str:
        return "-pk" if self.descending else "pk"

    @property
    def sort_column(self) -> Column:
        return next(column for column in self.all_columns if column.key == self.sort_key)

    def _by(self, rows: Rows, path: str) -> Any:
        """A path that is never null keeps its plain form, which lets an index give the order."""
        model: Any = rows.model
        for name in path.split("__"):
            field = model._meta.get_field(name)
            if field.null:
                return self._ordered(path)
            model = field.related_model
        return f"-{path}" if self.descending else path

    def _ordered(self, path: str) -> Any:
        return F(path).desc(nulls_last=True) if self.descending else F(path).asc(nulls_last=True)


def _encoded(pairs: Sequence[tuple[str, str]]) -> str:
    query = QueryDict(mutable=True)
    for key, value in pairs:
        query.appendlist(key, value)
    return query.urlencode()


def _known_sort(spec: ListSpec, sort: str, columns: Sequence[Column]) -> str:
    sortable = {column.key for column in columns if column.sortable}
    return sort if sort.removeprefix("-") in sortable and not sort.startswith("--") else spec.default_sort


def _page_number(text: str) -> int:
    return min(max(int(text), 1), MAX_PAGE) if text.isascii() and text.isdigit() and len(text) < 7 else 1
