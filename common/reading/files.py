"""Opening a file, whatever its kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.reading.delimited import open_delimited
from common.reading.source import Kind, kind_of
from common.reading.table import Table
from common.reading.workbook import open_workbook


@contextmanager
def open_table(path: Path, name: str = "", encoding: str = "") -> Iterator[Table]:
    """The table in ``path``; ``name`` is what people call the file. Raises ``FileRefused``."""
    kind = kind_of(path, name or path.name)
    opened = open_workbook(path) if kind == Kind.WORKBOOK else open_delimited(path, kind, encoding)
    with opened as table:
        yield table
