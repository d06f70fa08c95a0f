"""Reads a page of a list, and all of it for a file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from common.lists.spec import Column, Rows, Text, unchanged
from common.lists.state import ListState
from common.paging import Page

PAGE_SIZE = 25  # a page of the heaviest list stays below 60 kB
COUNT_CAP = 1000
GROUPS_TRIED = 4
READ_AT_ONCE = 2000


@dataclass(frozen=True)
class Cell:
    column: Column
    value: Any


@dataclass(frozen=True)
class Row:
    record: Any
    name: Any
    small: str
    url: str
    cells: list[Cell]


@dataclass(frozen=True)
class Head:
    """A column's heading; following ``url`` sorts by it, or turns the order round. Figures start with the
    largest."""

    column: Column
    url: str
    direction: str

    @property
    def label(self) -> Text:
        return self.column.label


@dataclass(frozen=True, kw_only=True)
class ListPage(Page[Row]):
    """One page of a list. ``count`` stops at ``COUNT_CAP``; ``capped`` says that there are more."""

    heads: list[Head]
    count: int
    capped: bool


def list_page(state: ListState) -> ListPage:
    """Two or three queries however many columns there are: ids of the page, sometimes the count, its rows.

    The ids are found with the one column that sorts, so that the others are computed for one page and
    not for all.
    """
    start = (state.page - 1) * PAGE_SIZE
    ids, counted = _found(state, start)
    return ListPage(
        rows=_rows(state, ids[:PAGE_SIZE]),
        heads=[_head(state, column) for column in state.columns],
        count=min(counted, COUNT_CAP),
        capped=counted > COUNT_CAP,
        number=state.page,
        size=PAGE_SIZE,
        has_next=len(ids) > PAGE_SIZE,
    )


def _found(state: ListState, start: int) -> tuple[list[int], int]:
    """Ids from ``start`` on, one more than a page holds when there are more, and how many rows fit, counted up to one
    more than ``COUNT_CAP``."""
    asked = state.asked_rows()
    ids = state.in_order(asked).values_list("pk", flat=True)
    if start < COUNT_CAP and _counts_itself(state):
        first = list(ids[: COUNT_CAP + 1])
        return first[start : start + PAGE_SIZE + 1], len(first)
    page = _among_groups(state, asked, start)
    if page is None:
        page = list(ids[start : start + PAGE_SIZE + 1])
    if page and start >= COUNT_CAP:
        return page, COUNT_CAP + 1  # a row beyond the cap says that there are more
    whole = start == 0 and len(page) <= PAGE_SIZE
    return page, len(page) if whole else asked.order_by()[: COUNT_CAP + 1].count()


def _among_groups(state: ListState, asked: Rows, start: int) -> list[int] | None:
    """The ids from ``start`` on, when the first few groups of the column that sorts hold them all."""
    groups = state.sort_column.groups
    if groups is None:
        return None
    found: list[int] = []
    for rows in islice(groups(asked, state.descending), GROUPS_TRIED):
        ids = rows.order_by(state.tie).values_list("pk", flat=True)
        more = list(ids[start : start + PAGE_SIZE + 1 - len(found)])
        found += more
        if len(found) > PAGE_SIZE:
            return found
        start = 0 if found else start - rows.order_by().count()
    return None


def _counts_itself(state: ListState) -> bool:
    """Whether to read the ids up to the cap at once: a search passes over all texts only once then, and the plain list
    lies in its order. Under filters a count may know a shorter way, and a sort keeps few rows more easily."""
    plain = not state.is_narrowed and state.sort == state.spec.default_sort
    return bool(state.q) or plain


def _head(state: ListState, column: Column) -> Head:
    if not column.sortable:
        return Head(column, "", "")
    here = state.sort_key == column.key
    direction = ("descending" if state.descending else "ascending") if here else ""
    falls = not state.descending if here else column.numeric
    return Head(column, state.address(sort=f"-{column.key}" if falls else column.key), direction)


def with_columns(rows: Rows, columns: Sequence[Column]) -> Rows:
    for column in columns:
        if column.key not in rows.query.annotations:
            rows = column.annotate(rows)
    return rows


def _rows(state: ListState, ids: Sequence[int]) -> list[Row]:
    spec = state.spec
    first, *rest = state.columns
    # Visible again: what changed hands between the two queries is left out.
    wanted = spec.prepare(with_columns(spec.rows(state.user).filter(pk__in=ids), state.columns))
    found = {record.pk: record for record in wanted}
    return [
        Row(record, first.of(record), spec.small(record), spec.link(record),
            [Cell(column, column.of(record)) for column in rest])
        for pk in ids
        if (record := found.get(pk))
    ]  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """What a file of a list holds: its columns, and how a record becomes a row of plain values."""

    state: ListState
    columns: Sequence[Column]
    header: list[str]
    whole: bool

    def rows_of(self, rows: Rows) -> Rows:
        """With all that the columns read."""
        spec, found = self.state.spec, with_columns(rows, self.columns)
        return spec.prepare_record(found, self.state.user) if self.whole else spec.prepare(found)

    def printed(self, records: Iterable[Any]) -> Iterator[list[Any]]:
        # In the language of the caller: records are read when that of a request is left.
        printers = [(column, column.exporter()) for column in self.columns]
        return ([printed(column.of(record)) for column, printed in printers] for record in records)


def sheet_of(state: ListState, *, whole: bool = False) -> Sheet:
    """The columns the list shows; ``whole`` takes those of the complete record instead, under headers an
    import knows."""
    columns: Sequence[Column] = state.spec.record if whole else state.columns
    header = [column.key if whole else str(column.label) for column in columns]
    reference = next((column for column in state.spec.record if column.key == "ref"), None)
    if not whole and reference and "ref" not in {column.key for column in columns}:
        # A name may stand there twice; the reference tells which one is meant.
        columns, header = [reference, *columns], [str(reference.label), *header]
    return Sheet(state, columns, header, whole)


def exported(
    state: ListState, *, whole: bool = False, ids: Sequence[int] | None = None,
    only: Callable[[Rows], Rows] = unchanged,
) -> tuple[list[str], Iterator[list[Any]]]:  # fmt: skip
    """Header and rows of a file: what the list shows, same rows, same order, same columns.

    ``ids`` takes these rows alone, ``only`` narrows them further.
    """
    sheet = sheet_of(state, whole=whole)
    rows = state.in_order(only(state.asked_rows()))
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return sheet.header, sheet.printed(sheet.rows_of(rows).iterator(chunk_size=READ_AT_ONCE))
