"""CSV, streamed: separator found on the head, strict quoting, ragged rows told apart."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from common.reading.encodings import encoding_of
from common.reading.refusals import FileRefused
from common.reading.shapes import Shape
from common.reading.source import Kind, Source, Survey, survey
from common.reading.table import Row, Table, read_header

SEPARATORS = ",;\t|"
BLANKS = " "  # columns set apart by one or more spaces, where nothing else cuts the lines
SNIFFED_LINES = 60


@contextmanager
def open_delimited(path: Path, kind: Kind, encoding: str = "") -> Iterator[Table]:
    seen = survey(path, kind)
    encoding = encoding_of(seen, encoding)
    source = Source(path, kind)
    try:
        text = io.TextIOWrapper(source.stream, encoding=encoding, errors="strict", newline="")
        separator = _separator(seen, encoding)
        lines = _Lines(text, encoding)
        reader = csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=separator == BLANKS)
        header = _header(reader)
        rows = _rows(reader, lines, len(header), seen.ended)
        yield Table(
            header, rows, source.size, source.progress,
            {"kind": kind.value, "encoding": encoding, "separator": separator},
        )  # fmt: skip
    finally:
        source.close()


def _separator(seen: Survey, encoding: str) -> str:
    """The candidate that cuts most lines of the head into the same number of cells, more than one."""
    lines = seen.head.decode(encoding, errors="ignore").splitlines()[:SNIFFED_LINES]
    lines = lines[:-1] if len(lines) > 2 else lines  # the last one may be cut

    def score(separator: str) -> tuple[int, int]:
        widths = [len(cells) for cells in _lenient(lines, separator) if cells]
        width = widths[0] if widths else 1
        return (sum(found == width for found in widths) if width > 1 else 0, width)

    best = max(SEPARATORS, key=score)
    return BLANKS if score(best)[0] == 0 and score(BLANKS)[0] == len(lines) else best


def _lenient(lines: list[str], separator: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lines, delimiter=separator, skipinitialspace=separator == BLANKS)
    except csv.Error:
        return


class _Lines:
    """Lines of the text; remembers a NUL byte and turns decoding errors into refusals."""

    def __init__(self, text: io.TextIOWrapper, encoding: str) -> None:
        self._next: Callable[[], str] = text.__next__
        self._encoding = encoding
        self.nul = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        try:
            line = self._next()
        except UnicodeError as error:
            raise FileRefused("encoding", encoding=self._encoding) from error
        if "\0" in line:
            self.nul = True
        return line


def _header(reader: Any) -> list[str]:
    try:
        for cells in reader:
            if header := read_header(cells):
                return header
    except csv.Error as error:
        raise FileRefused("quote_not_closed", line=1) from error
    raise FileRefused("empty")


def _rows(reader: Any, lines: _Lines, width: int, ended: bool) -> Iterator[Row]:
    last, cut = reader.line_num, False
    lines.nul = False
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            if cut:
                raise FileRefused("broken_off") from None
            return
        except csv.Error as error:
            yield last + 1, [], _broken(error, last + 1, reader.line_num)
            last, lines.nul = reader.line_num, False
            continue
        line, last = last + 1, reader.line_num
        if len(cells) == width and not lines.nul:
            cut = False
            yield line, cells, None
        elif any(cells):
            row = (line, cells, Shape.NUL_BYTE) if lines.nul else _ragged(line, cells, width)
            # A short last line without its end: the file was cut while being copied.
            cut = row[2] == Shape.TOO_FEW_CELLS and not ended
            lines.nul = False
            yield row


def _broken(error: csv.Error, first: int, last: int) -> Shape:
    """A quotation mark that swallows the following lines is a fault of the file, not of one row."""
    too_long = "field larger" in str(error)
    if "unexpected end of data" in str(error) or (last > first and too_long):
        raise FileRefused("quote_not_closed", line=first) from error
    return Shape.FIELD_TOO_LONG if too_long else Shape.QUOTES_BROKEN


def _ragged(line: int, cells: list[str], width: int) -> Row:
    if len(cells) > width and not any(cells[width:]):
        return line, cells[:width], None
    return line, cells, Shape.TOO_MANY_CELLS if len(cells) > width else Shape.TOO_FEW_CELLS
