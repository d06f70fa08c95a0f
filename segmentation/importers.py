"""Reads a file of segments: a column of references, one of segments, and, if there is one, their names."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from common.reading.files import open_table
from common.reading.refusals import FileRefused
from common.reading.table import Row
from common.text import clean
from segmentation.services.own import Assigned

_REF = ("ref", "reference", "référence", "client", "client_ref", "code client", "customer")
_SEGMENT = ("segment", "segmentation", "classe", "class")
_NAME = ("name", "segment_name", "nom", "nom du segment", "libellé", "libelle")


@contextmanager
def open_segments(path: Path, name: str = "") -> Iterator[Iterator[Assigned]]:
    """The rows of the file. Raises ``FileRefused``; a row of a wrong shape comes without a reference."""
    with open_table(path, name) as table:
        header = [cell.casefold() for cell in table.header]
        ref, segment = _column(header, _REF, "ref"), _column(header, _SEGMENT, "segment")
        label = next((header.index(word) for word in _NAME if word in header), None)
        yield _rows(table.rows, ref, segment, label)


def _column(header: list[str], words: tuple[str, ...], missing: str) -> int:
    found = next((header.index(word) for word in words if word in header), None)
    if found is None:
        raise FileRefused("columns_missing", missing=missing, columns=", ".join(header))
    return found


def _rows(rows: Iterator[Row], ref: int, segment: int, label: int | None) -> Iterator[Assigned]:
    for line, cells, shape in rows:
        if shape is not None:
            yield Assigned(line, "", "")
            continue
        yield Assigned(
            line, _text(cells[ref])[:64], _text(cells[segment])[:40],
            _text(cells[label])[:80] if label is not None else "",
        )  # fmt: skip


def _text(cell: Any) -> str:
    """A spreadsheet's whole number is the reference as it is read: 1001, not 1001.0."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return clean(str(cell).replace("\0", ""))
