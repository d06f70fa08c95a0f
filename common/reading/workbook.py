"""XLSX, streamed by openpyxl after a guard on the zip directory."""

import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from common.reading.refusals import FileRefused
from common.reading.shapes import Shape
from common.reading.table import Row, Table, read_header

MAX_MEMBERS = 200
MAX_DECLARED = 100 * 1024**2
MAX_RATIO = 100
RATIO_COUNTS_FROM = 1024**2
MAX_ROWS = 1_048_576  # of a sheet
MAX_CELL = 131_072


def guard(path: Path) -> None:
    """Refuse, before anything is unpacked, what no spreadsheet program writes. Raises ``FileRefused``."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _guard_sizes(members)
            _guard_content(archive, [member.filename for member in members])
    except FileRefused:
        raise
    except Exception as error:  # zipfile raises many kinds on forged directories
        raise FileRefused("damaged") from error


def _guard_sizes(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_DECLARED:
        raise FileRefused("bomb")
    for member in members:
        if member.file_size > max(RATIO_COUNTS_FROM, MAX_RATIO * member.compress_size):
            raise FileRefused("bomb")
        if member.flag_bits & 1:
            raise FileRefused("encrypted")


def _guard_content(archive: zipfile.ZipFile, names: list[str]) -> None:
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise FileRefused("not_what_it_says", name="xlsx")
    if any(name.endswith("vbaProject.bin") for name in names):
        raise FileRefused("macros")
    for name in names:
        if name.endswith((".xml", ".rels")):
            with archive.open(name) as member:
                head = member.read(4096)
            # The prolog of UTF-16 XML hides from a search of bytes, and no program writes it.
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise FileRefused("entities")
            if name == "[Content_Types].xml" and b"macroEnabled" in head:
                raise FileRefused("macros")


@contextmanager
def open_workbook(path: Path) -> Iterator[Table]:
    guard(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        sheet = _first_visible(book)
    except FileRefused:
        raise
    except Exception as error:  # openpyxl raises whatever a malformed part makes it stumble over
        raise FileRefused("damaged") from error
    with closing(book):
        sheet.reset_dimensions()  # what a file declares is not to be trusted
        rows = _cells(sheet)
        header = _header(rows)
        # A streamed sheet does not tell how far it is; the progress bar then shows motion alone.
        described = {"kind": "xlsx", "sheet": sheet.title}
        if book.epoch == CALENDAR_MAC_1904:
            described["days_from"] = "1904"
        yield Table(header, _rows(rows, len(header)), 0, lambda: 0, described)


def _first_visible(book: Any) -> ReadOnlyWorksheet:
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            return sheet
    raise FileRefused("empty")


def _cells(sheet: ReadOnlyWorksheet) -> Iterator[tuple[int, tuple[Any, ...]]]:
    try:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > MAX_ROWS:
                raise FileRefused("too_many_rows", most=MAX_ROWS)
            yield number, cells
    except FileRefused:
        raise
    except Exception as error:  # as above, while streaming
        raise FileRefused("damaged") from error


def _header(rows: Iterator[tuple[int, tuple[Any, ...]]]) -> list[str]:
    for _, cells in rows:
        if header := read_header(cells):
            return header
    raise FileRefused("empty")


def _rows(rows: Iterator[tuple[int, tuple[Any, ...]]], width: int) -> Iterator[Row]:
    for number, raw in rows:
        cells = [_plain(cell) for cell in raw]
        if not any(cell != "" for cell in cells):
            continue
        problem = None
        if any(cell != "" for cell in cells[width:]):
            problem = Shape.TOO_MANY_CELLS
        elif any(type(cell) is str and len(cell) > MAX_CELL for cell in cells):
            problem, cells = Shape.FIELD_TOO_LONG, []
        yield number, (cells[:width] + [""] * (width - len(cells))) if not problem else cells, problem


def _plain(cell: Any) -> Any:
    """Text, a number or a day; what else a sheet may hold becomes text that no field accepts."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time() else cell.replace(tzinfo=None)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    if isinstance(cell, (str, int, float, date)):
        return cell
    return str(cell) if isinstance(cell, (time, timedelta)) else ""
