"""Tables as CSV files that spreadsheets open: streamed, with formulas disarmed."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import translation
from django.utils.functional import Promise

# What a spreadsheet may take for a formula, also behind white space (CVE-2021-41270).
_FORMULA = re.compile(r"^[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]")
_BOM = "\ufeff"  # without it Excel reads UTF-8 as Latin-1


def safe_cell(value: Any) -> Any:
    """The value as a file may hold it: text that looks like a formula gets a leading apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    text = str(value) if isinstance(value, Promise) else f"{value}"
    return f"'{text}" if _FORMULA.match(text) else text


def _delimiter(language: str | None) -> str:
    """Where the comma is the decimal mark, spreadsheets part cells at the semicolon."""
    return ";" if (language or "").startswith("fr") else ","


class _Line:
    """A "file" that hands each written line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(
    header: Sequence[Any], rows: Iterable[Sequence[Any]], language: str | None = None
) -> Iterator[str]:
    """The file line by line; ``rows`` is read in ``language``, which the request has left by then."""
    writer = csv.writer(_Line(), delimiter=_delimiter(language))
    source = iter(rows)
    yield _BOM + writer.writerow([safe_cell(cell) for cell in header])
    while True:
        with translation.override(language):
            if (row := next(source, None)) is None:
                return
            line = writer.writerow([safe_cell(cell) for cell in row])
        yield line


def csv_response(
    filename: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """Stream ``rows`` as a download, in the language of the request."""
    lines = csv_lines([str(cell) for cell in header], rows, translation.get_language())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
