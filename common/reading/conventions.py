"""How one file writes things: its columns, days and numbers, settled before its rows are read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from common.reading import days, shapes
from common.reading.files import open_table
from common.reading.marks import decimal_mark_of
from common.reading.refusals import FileRefused
from common.reading.table import Table
from common.text import searchable

SAMPLE_ROWS = 2000


@dataclass(frozen=True)
class Conventions:
    positions: dict[str, int]
    read_day: days.ReadDay
    date_format: str
    decimal_mark: str


def guess_columns(header: Sequence[str], usual: Mapping[Any, Sequence[str]]) -> dict[str, str]:
    """Columns by field, from the folded names that files commonly use; each column serves one field."""
    by_name = {folded(name): name for name in reversed(header) if name}
    guessed: dict[str, str] = {}
    for field, names in usual.items():
        free = (by_name[name] for name in names if name in by_name and by_name[name] not in guessed.values())
        if column := next(free, None):
            guessed[str(field)] = column
    return guessed


def folded(name: str) -> str:
    """Case, accents, spaces and punctuation away."""
    return "".join(letter for letter in searchable(name) if letter.isalnum())


def settle(
    path: Path, name: str, mapping: shapes.Mapping, *,
    missing: Sequence[str], numbers: Sequence[str], dates: Sequence[str],
) -> Conventions:  # fmt: skip
    """Look at the head of the file, and further only to tell day and month apart.

    ``missing``: fields that the mapping lacks; ``numbers`` and ``dates``: fields that hold such. Raises
    ``FileRefused``.
    """
    with open_table(path, name, mapping.encoding) as table:
        positions = find_positions(table, mapping, missing)
        from_1904 = table.described.get("days_from") == "1904"
        sample = [cells for _, cells, problem in islice(table.rows, SAMPLE_ROWS) if problem is None]
    if not sample:
        raise FileRefused("no_rows")
    mark = mapping.decimal_mark or decimal_mark_of(
        cells[positions[field]] for field in numbers if field in positions for cells in sample
    )
    at = [positions[field] for field in dates if field in positions]
    if not at:
        return Conventions(positions, lambda cell: days.read_day(cell, None), "ISO", mark)
    read_day, date_format = days.reader(
        mapping.date_format, lambda: _columns(path, name, mapping, at, sample)
    )
    if from_1904:
        read_day = days.counted_from_1904(read_day)
    return Conventions(positions, read_day, date_format, mark)


def _columns(
    path: Path, name: str, mapping: shapes.Mapping, at: list[int], sample: list[Any]
) -> Iterable[Any]:
    """The values of the columns: the sample, then the rest of the file if somebody still asks."""
    yield from (cells[each] for cells in sample for each in at if cells[each] != "")
    if len(sample) == SAMPLE_ROWS:
        yield from _rest(path, name, mapping, at)


def _rest(path: Path, name: str, mapping: shapes.Mapping, at: list[int]) -> Iterator[Any]:
    with open_table(path, name, mapping.encoding) as table:
        for _, cells, problem in islice(table.rows, SAMPLE_ROWS, None):
            if problem is None:
                yield from (cells[each] for each in at if cells[each] != "")


def find_positions(table: Table, mapping: shapes.Mapping, missing: Sequence[str]) -> dict[str, int]:
    """Where each mapped column stands. Raises ``FileRefused`` naming what is missing or doubled."""
    if missing:
        raise FileRefused("columns_unmapped", fields=", ".join(missing), columns=", ".join(table.header))
    found = {field: _position(table.header, column) for field, column in mapping.columns.items()}
    if absent := [mapping.columns[field] for field, at in found.items() if at is None]:
        raise FileRefused("columns_missing", missing=", ".join(absent), columns=", ".join(table.header))
    return {field: at for field, at in found.items() if at is not None}


def _position(header: list[str], column: str) -> int | None:
    if header.count(column) > 1:
        raise FileRefused("columns_doubled", columns=column)
    if column in header:
        return header.index(column)
    names = [folded(name) for name in header]
    wanted = folded(column)
    if wanted and names.count(wanted) == 1:
        return names.index(wanted)
    return _numbered(column, len(header))


def _numbered(column: str, columns: int) -> int | None:
    """A column named by its number, the first being 1."""
    if not column.isascii() or not column.isdigit() or len(column) > 4:
        return None
    return int(column) - 1 if 1 <= int(column) <= columns else None
