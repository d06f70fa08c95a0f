"""What every kind of file becomes: a header and numbered rows of cells."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.reading.refusals import FileRefused
from common.reading.shapes import Shape
from common.text import clean

MAX_COLUMNS = 200

Row = tuple[int, Sequence[Any], Shape | None]
"""Line number (from 1, the header counts), cells as wide as the header, and what is wrong with the row's shape."""


@dataclass
class Table:
    """``described`` says how the file was read (kind, encoding, separator or sheet)."""

    header: list[str]
    rows: Iterator[Row]
    size: int
    progress: Callable[[], int]
    described: dict[str, str] = field(default_factory=dict)


def read_header(cells: Sequence[Any]) -> list[str]:
    if len(cells) > MAX_COLUMNS:
        raise FileRefused("too_many_columns", most=MAX_COLUMNS)
    header = [clean(str(cell))[:120] if cell is not None else "" for cell in cells]
    while header and not header[-1]:
        header.pop()
    return header
