"""How one file writes things: its columns, days and numbers, settled before its rows are read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from common.text import searchable
from sales.presets import USUAL_NAMES
from sales.reading import days
from sales.reading.files import open_table
from sales.reading.marks import decimal_mark_of
from sales.reading.refusals import FileRefused
from sales.reading.table import Table
from sales.rules import Field, Mapping

SAMPLE_ROWS = 2000
NUMBERS = (Field.AMOUNT, Field.QUANTITY, Field.UNIT_PRICE, Field.COST)


@dataclass(frozen=True)
class Conventions:
    positions: dict[Field, int]
    read_day: days.ReadDay
    date_format: str
    decimal_mark: str


def guess_columns(header: list[str]) -> dict[str, str]:
    """Columns by field, from the names that files commonly use; each column serves one field."""
    folded = {_folded(name): name for name in reversed(header) if name}
    guessed: dict[str, str] = {}
    for field, usual in USUAL_NAMES.items():
        free = (folded[name] for name in usual if name in folded and folded[name] not in guessed.values())
        if column := next(free, None):
            guessed[field.value] = column
    return guessed


def _folded(name: str) -> str:
    return "".join(letter for letter in searchable(name) if letter.isalnum())


def settle(path: Path, name: str, mapping: Mapping) -> Conventions:
    """Look at the head of the file, and further only to tell day and month apart. Raises ``FileRefused``."""
    with open_table(path, name, mapping.encoding) as table:
        positions = find_positions(table, mapping)
        sample = [cells for _, cells, problem in islice(table.rows, SAMPLE_ROWS) if problem is None]
    if not sample:
        raise FileRefused("no_rows")
    mark = mapping.decimal_mark or decimal_mark_of(
        cells[positions[field]] for field in NUMBERS if field in positions for cells in sample
    )
    read_day, date_format = days.reader(
        mapping.date_format, lambda: _column(path, name, mapping, positions[Field.DAY], sample)
    )
    return Conventions(positions, read_day, date_format, mark)


def _column(path: Path, name: str, mapping: Mapping, at: int, sample: list[Any]) -> Iterable[Any]:
    """The values of a column: the sample, then the rest of the file if somebody still asks."""
    yield from (cells[at] for cells in sample if cells[at] != "")
    if len(sample) == SAMPLE_ROWS:
        yield from _rest(path, name, mapping, at)


def _rest(path: Path, name: str, mapping: Mapping, at: int) -> Iterator[Any]:
    with open_table(path, name, mapping.encoding) as table:
        for _, cells, problem in islice(table.rows, SAMPLE_ROWS, None):
            if problem is None and cells[at] != "":
                yield cells[at]


def find_positions(table: Table, mapping: Mapping) -> dict[Field, int]:
    """Where each mapped column stands. Raises ``FileRefused`` naming what is missing or doubled."""
    if missing := mapping.missing():
        raise FileRefused("columns_unmapped", fields=", ".join(missing), columns=", ".join(table.header))
    found = {Field(field): _position(table.header, column) for field, column in mapping.columns.items()}
    if absent := [mapping.columns[field] for field, at in found.items() if at is None]:
        raise FileRefused("columns_missing", missing=", ".join(absent), columns=", ".join(table.header))
    return {field: at for field, at in found.items() if at is not None}


def _position(header: list[str], column: str) -> int | None:
    if header.count(column) > 1:
        raise FileRefused("columns_doubled", columns=column)
    if column in header:
        return header.index(column)
    folded = [_folded(name) for name in header]
    wanted = _folded(column)
    if wanted and folded.count(wanted) == 1:
        return folded.index(wanted)
    return _numbered(column, len(header))


def _numbered(column: str, columns: int) -> int | None:
    """A column named by its number, the first being 1."""
    if not column.isascii() or not column.isdigit() or len(column) > 4:
        return None
    return int(column) - 1 if 1 <= int(column) <= columns else None
