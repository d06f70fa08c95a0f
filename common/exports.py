"""Tables as CSV and XLSX files that spreadsheets open: streamed, with formulas disarmed."""

import csv
import math
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.functional import Promise

# What a spreadsheet may take for a formula, also behind white space (CVE-2021-41270) or our own apostrophes.
_FORMULA = re.compile(r"^'*(?:[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")
_BOM = "\ufeff"  # without it Excel reads UTF-8 as Latin-1
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_XLSX_ROWS = 1_048_575  # below the header; the format holds no more
_MAX_XLSX_TEXT = 32_767
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MAX_XLSX_DIGITS = 15  # beyond, a spreadsheet would round: such a number is written as text


def safe_cell(value: Any) -> Any:
    """The value as a file may hold it: text that looks like a formula gets a leading apostrophe.

    ``raw_cell`` takes it away again, so that what was exported can be imported unchanged.
    """
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    text = str(value) if isinstance(value, Promise) else f"{value}"
    return f"'{text}" if _FORMULA.match(text) else text


def raw_cell(text: str) -> str:
    """What ``safe_cell`` was given: one apostrophe less where a formula was disarmed."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _delimiter(language: str | None) -> str:
    """Where the comma is the decimal mark, spreadsheets part cells at the semicolon."""
    return ";" if (language or "").startswith("fr") else ","


class _Line:
    """A "file" that hands each written line back."""

    def write(self, line: str) -> str:
        return line


def _read(
    rows: Iterable[Sequence[Any]], language: str | None, cell: Callable[[Any], Any]
) -> Iterator[list[Any]]:
    """``rows`` is read in ``language``, which the request has left by then."""
    source = iter(rows)
    while True:
        with translation.override(language):
            if (row := next(source, None)) is None:
                return
            cells = [cell(value) for value in row]
        yield cells


def csv_lines(
    header: Sequence[Any], rows: Iterable[Sequence[Any]], language: str | None = None
) -> Iterator[str]:
    """The file line by line."""
    writer = csv.writer(_Line(), delimiter=_delimiter(language))
    yield _BOM + writer.writerow([safe_cell(cell) for cell in header])
    for row in _read(rows, language, safe_cell):
        yield writer.writerow(row)


def write_csv(
    file: IO[bytes], header: Sequence[Any], rows: Iterable[Sequence[Any]], language: str | None = None
) -> None:
    """Write the file line by line, never whole in memory."""
    for line in csv_lines(header, rows, language):
        file.write(line.encode())


def csv_response(
    filename: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """Stream ``rows`` as a download, in the language of the request."""
    lines = csv_lines([str(cell) for cell in header], rows, translation.get_language())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _xlsx_cell(value: Any) -> Any:
    """Numbers as numbers and days as days; text without what the format forbids, disarmed as in CSV."""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    if isinstance(value, int | Decimal) and _is_long(value):
        return str(value)
    if isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, datetime):
        moment = timezone.localtime(value) if timezone.is_aware(value) else value
        # The format tells no zone and no day before 1900.
        return moment.replace(tzinfo=None) if moment.year >= 1900 else value.isoformat()
    if isinstance(value, date):
        return value if value.year >= 1900 else value.isoformat()
    text = _NO_XML.sub("", str(safe_cell(value)))
    return text[:_MAX_XLSX_TEXT]


def _is_long(value: int | Decimal) -> bool:
    return len(Decimal(value).as_tuple().digits) > _MAX_XLSX_DIGITS


def write_xlsx(
    file: IO[bytes], header: Sequence[Any], rows: Iterable[Sequence[Any]], *, sheet: str = "Export",
    language: str | None = None,
) -> int:  # fmt: skip
    """Write the workbook row by row, never whole in memory; returns the rows below the header.

    Raises ``ValueError`` when there are more rows than the format holds.
    """
    from openpyxl import Workbook  # a quarter of a second, which only a workbook need wait for

    book = Workbook(write_only=True)
    page = book.create_sheet(sheet[:31])
    page.freeze_panes = "A2"
    page.append([_head_cell(page, cell) for cell in header])
    count = 0
    for row in _read(rows, language, _xlsx_cell):
        count += 1
        if count > MAX_XLSX_ROWS:
            raise ValueError("more rows than an XLSX sheet holds")
        page.append(row)
    book.save(file)
    return count


def _head_cell(page: Any, value: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(page, _xlsx_cell(str(value)))
    cell.font = Font(bold=True)
    return cell


def xlsx_response(
    filename: str, header: Sequence[Any], rows: Iterable[Sequence[Any]], *, sheet: str = "Export"
) -> FileResponse:
    """``rows`` as a workbook, sent from a temporary file that goes with the response."""
    file = tempfile.TemporaryFile(prefix="cmix-export-")  # noqa: SIM115 (the response closes it)
    write_xlsx(file, [str(cell) for cell in header], rows, sheet=sheet, language=translation.get_language())
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=filename, content_type=XLSX_TYPE)


def table_response(
    file_format: str, name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse | FileResponse:
    """The download in ``file_format`` ("csv" or "xlsx"); ``name`` without an ending."""
    answer = xlsx_response if file_format == "xlsx" else csv_response
    return answer(f"{name}.{'xlsx' if file_format == 'xlsx' else 'csv'}", header, rows)
