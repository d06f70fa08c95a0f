"""Files nobody should send, made in code, and the verdict each must get."""

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook

HEADER = "client,day,amount\n"
GOOD = "C1,2024-03-01,10.50\nC2,2024-03-02,20.00\n"


@dataclass(frozen=True)
class Case:
    """``refused``: the code of the refusal, else how many lines are accepted and what is rejected."""

    name: str
    file_name: str
    content: Callable[[], bytes]
    refused: str = ""
    accepted: int = 0
    rejected: dict[str, int] = field(default_factory=dict)


def text(body: str, encoding: str = "utf-8") -> Callable[[], bytes]:
    return lambda: body.encode(encoding)


def row(cells: str, reason: str, name: str) -> Case:
    """One bad row between two good ones."""
    return Case(name, "orders.csv", text(HEADER + GOOD + cells + "\n"), accepted=2, rejected={reason: 1})


def rows_of(*rows: list[Any]) -> bytes:
    book = Workbook()
    for cells in rows:
        book.active.append(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def workbook(*rows: list[Any]) -> Callable[[], bytes]:
    return lambda: rows_of(["client", "day", "amount"], *rows)


GOOD_ROWS = (["C1", date(2024, 3, 1), 10.5], ["C2", datetime(2024, 3, 2, 9, 30), 20])


def rezipped(change: Callable[[str, bytes], bytes] = lambda name, content: content, **more: bytes) -> bytes:
    """A good workbook with its members changed, and more of them."""
    source = zipfile.ZipFile(io.BytesIO(rows_of(["client", "day", "amount"], *GOOD_ROWS)))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
        for name, content in more.items():
            target.writestr(name, content)
    return buffer.getvalue()


def in_member(member: str, before: bytes, after: bytes) -> Callable[[], bytes]:
    return lambda: rezipped(
        lambda name, content: content.replace(before, after) if name == member else content
    )


def forged_sizes() -> bytes:
    """The directory declares a small size for a member that unpacks to far more."""
    data = bytearray(rezipped(**{"xl/sharedStrings2.xml": b"<x>" + b"a" * 3_000_000 + b"</x>"}))
    needle = b"xl/sharedStrings2.xml"
    directory = data.rindex(b"PK\x01\x02", 0, data.rindex(needle))
    data[directory + 24 : directory + 28] = struct.pack("<I", 100)
    data[directory + 20 : directory + 24] = struct.pack("<I", 0x7FFFFFFF)
    return bytes(data)


def far_row() -> bytes:
    return in_member("xl/worksheets/sheet1.xml", b'<row r="3"', b'<row r="999999999"')()


SHEET, TYPES = "xl/worksheets/sheet1.xml", "[Content_Types].xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504

TEXTS = [
    Case("plain", "o.csv", text(HEADER + GOOD), accepted=2),
    Case("utf-8 with mark", "o.csv", text(HEADER + GOOD, "utf-8-sig"), accepted=2),
    Case("utf-16", "o.csv", text(HEADER + GOOD, "utf-16"), accepted=2),
    Case("utf-16-le without mark", "o.csv", text(HEADER + GOOD, "utf-16-le"), accepted=2),
    Case("utf-16-be without mark", "o.csv", text(HEADER + GOOD, "utf-16-be"), accepted=2),
    Case("semicolons", "o.csv", text((HEADER + GOOD).replace(",", ";")), accepted=2),
    Case("tabs", "o.tsv", text((HEADER + GOOD).replace(",", "\t")), accepted=2),
    Case("bars", "o.csv", text((HEADER + GOOD).replace(",", "|")), accepted=2),
    Case("old Mac line ends", "o.csv", text((HEADER + GOOD).replace("\n", "\r")), accepted=2),
    Case("Windows line ends", "o.csv", text((HEADER + GOOD).replace("\n", "\r\n")), accepted=2),
    Case("no last line end", "o.csv", text((HEADER + GOOD).rstrip("\n")), accepted=2),
    Case("blank lines", "o.csv", text("\n\n" + HEADER + "\n" + GOOD + "\n\n"), accepted=2),
    Case("packed", "o.csv.gz", lambda: gzip.compress((HEADER + GOOD).encode()), accepted=2),
    Case("line break in a cell", "o.csv", text('client,day,amount,note\n"C1",2024-03-01,1,"a\nb"\nC2,2024-03-01,2,c\n'), accepted=2),
    Case("emoji, right to left, combining", "o.csv", text(HEADER + "C\u202e1😀e\u0301,2024-03-01,1\n"), accepted=1),
    Case("empty", "o.csv", text(""), "empty"),
    Case("only a mark", "o.csv", lambda: b"\xef\xbb\xbf", "empty"),
    Case("only line ends", "o.csv", text("\n\n\n"), "empty"),
    Case("only a header", "o.csv", text(HEADER), "no_rows"),
    Case("no header", "o.csv", text(GOOD), "columns_missing"),
    Case("one column", "o.csv", text("client\nC1\n"), "columns_missing"),
    Case("doubled column", "o.csv", text("client,day,amount,amount\nC1,2024-03-01,1,2\n"), "columns_doubled"),
    Case("too many columns", "o.csv", text(",".join(f"c{n}" for n in range(2000)) + "\n1\n"), "too_many_columns"),
    Case("two million columns", "o.csv", text("c," * 2_000_000 + "\n"), "too_many_columns"),
    Case("endless line", "o.csv", lambda: HEADER.encode() + b"x" * 9_000_000, "line_too_long"),
    Case("quote never closed", "o.csv", text(HEADER + GOOD + '"C3,2024-03-01,1\n' + GOOD), "quote_not_closed"),
    Case("quote swallows the file", "o.csv", text(HEADER + '"C3,2024-03-01,1\n' + GOOD * 5000), "quote_not_closed"),
    Case("cut inside a row", "o.csv", text(HEADER + GOOD + "C3,2024-0"), "broken_off"),
    Case("cut packed file", "o.csv.gz", lambda: gzip.compress((HEADER + GOOD * 999).encode())[:-20], "broken_off"),
    Case("damaged packed file", "o.csv.gz", lambda: b"\x1f\x8b\x08\x00" + b"\x99" * 300, "damaged"),
    Case("packed bomb", "o.csv.gz", lambda: gzip.compress(HEADER.encode() + b"C1,2024-03-01,1\n" * 4_000_000, 9), "bomb"),
    Case("packed zeros", "o.csv.gz", lambda: gzip.compress(b"\0" * 30_000_000), "bomb|line_too_long"),
    Case("binary renamed", "o.csv", lambda: bytes(range(256)) * 40, "not_text"),
    Case("picture renamed", "o.csv", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 200, "not_text"),
    Case("zip renamed", "o.csv", workbook(*GOOD_ROWS), "not_what_it_says"),
    Case("text renamed", "o.xlsx", text(HEADER + GOOD), "not_what_it_says"),
    Case("text called packed", "o.csv.gz", text(HEADER + GOOD), "not_what_it_says"),
    Case("program", "o.exe", text("MZ"), "kind_unknown"),
    Case("mixed encodings", "o.csv", lambda: (HEADER + "é" * 30 + ",2024-03-01,1\n").encode() + b"\xe9,2024-03-01,1\n", "encoding_mixed"),
    Case("day or month first", "o.csv", text(HEADER + "C1,01/02/2024,1\nC2,03/04/2024,1\n"), "date_unclear"),
    Case("both orders", "o.csv", text(HEADER + "C1,13/02/2024,1\nC2,03/14/2024,1\n"), "date_mixed"),
    Case("no days at all", "o.csv", text(HEADER + "C1,soon,1\n"), "date_unknown"),
    Case("group or decimals", "o.csv", text(HEADER + 'C1,2024-03-01,"1,234"\n'), "decimal_unclear"),
    Case("both decimal marks", "o.csv", text(HEADER + 'C1,2024-03-01,"1,5"\nC2,2024-03-01,1.5\n'), "decimal_mixed"),
]  # fmt: skip

ROWS = [
    row(",2024-03-01,1", "client_missing", "no client"),
    row("   ,2024-03-01,1", "client_missing", "blank client"),
    row("C3,,1", "day_missing", "no day"),
    row("C3,2024-02-30,1", "day_unreadable", "30 February"),
    row("C3,0001-01-01,1", "day_out_of_range", "year 1"),
    row("C3,9999-12-31,1", "day_out_of_range", "year 9999"),
    row("C3,2099-01-01,1", "day_in_future", "the future"),
    row("C3,٢٠٢٤-٠٣-٠١,1", "day_unreadable", "Arabic digits in the day"),
    row("C3,=TODAY(),1", "formula", "formula as day"),
    row("C3,2024-03-01,", "number_missing", "no amount"),
    row("C3,2024-03-01,١٢٣", "number_unreadable", "Arabic digits"),
    row("C3,2024-03-01,１２", "number_unreadable", "full-width digits"),
    row("C3,2024-03-01,NaN", "number_unreadable", "NaN"),
    row("C3,2024-03-01,Infinity", "number_unreadable", "infinity"),
    row("C3,2024-03-01,1e5", "number_unreadable", "exponent"),
    row("C3,2024-03-01,1E+5000", "number_unreadable", "huge exponent"),
    row("C3,2024-03-01,1_000", "number_unreadable", "underscore"),
    row("C3,2024-03-01,0x10", "number_unreadable", "hexadecimal"),
    row("C3,2024-03-01,1180591620717411303424", "number_unreadable", "2 to the 70"),
    row("C3,2024-03-01,99999999999999999", "number_out_of_range", "beyond the largest amount"),
    row("C3,2024-03-01,=1+1", "formula", "formula as amount"),
    row("=cmd|' /C calc'!A0,2024-03-01,1", "formula", "formula as client"),
    row("C3,2024-03-01,1\0", "nul_byte", "NUL in a number"),
    row("C\0003,2024-03-01,1", "nul_byte", "NUL in a reference"),
    row("C" * 65 + ",2024-03-01,1", "reference_too_long", "long reference"),
    row("C" * 200_000 + ",2024-03-01,1", "field_too_long", "200 kB in a cell"),
    row("C3,2024-03-01", "too_few_cells", "short row"),
    row("C3,2024-03-01,1,2", "too_many_cells", "unquoted decimal comma"),
    row('"C3"x,2024-03-01,1', "quotes_broken", "text after a quote"),
]

WORKBOOKS = [
    Case("workbook", "o.xlsx", workbook(*GOOD_ROWS), accepted=2),
    Case("serial days", "o.xlsx", workbook(["C1", 45352, 1], ["C2", 20240301, 2]), accepted=2),
    Case("numbers as references", "o.xlsx", workbook([17850, date(2024, 3, 1), 1], [17850.0, "2024-03-02", "2"]), accepted=2),
    Case("error cells and booleans", "o.xlsx", workbook(*GOOD_ROWS, ["C3", date(2024, 3, 1), "#N/A"], ["C3", True, 1]),
         accepted=2, rejected={"number_unreadable": 1, "day_unreadable": 1}),
    Case("formula without a value", "o.xlsx", workbook(*GOOD_ROWS, ["C3", date(2024, 3, 1), "=1+1"]), accepted=2,
         rejected={"number_missing": 1}),
    Case("empty workbook", "o.xlsx", lambda: rows_of(), "empty"),
    Case("workbook with a header only", "o.xlsx", workbook(), "no_rows"),
    Case("macros by name", "o.xlsm", workbook(*GOOD_ROWS), "macros"),
    Case("macros inside", "o.xlsx", lambda: rezipped(**{"xl/vbaProject.bin": b"\0"}), "macros"),
    Case("password", "o.xlsx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    Case("old Excel", "o.xls", lambda: OLE, "old_excel"),
    Case("zip that is no workbook", "o.xlsx", lambda: _zip({"a.txt": b"a"}), "not_what_it_says"),
    Case("cut workbook", "o.xlsx", lambda: workbook(*GOOD_ROWS)()[:-200], "damaged"),
    Case("too many members", "o.xlsx", lambda: rezipped(**{f"xl/x{n}.bin": b"" for n in range(300)}), "bomb"),
    Case("shared strings bomb", "o.xlsx", lambda: rezipped(**{"xl/x.xml": b"a" * 30_000_000}), "bomb"),
    Case("forged sizes", "o.xlsx", forged_sizes, "damaged|bomb"),
    Case("entities", "o.xlsx", in_member(SHEET, b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'), "entities"),
    Case("sheet that is no XML", "o.xlsx", in_member(SHEET, b"</row>", b"<row>"), "damaged"),
    Case("a row far below", "o.xlsx", far_row, "too_many_rows"),
    Case("nested zip slip", "o.xlsx", lambda: rezipped(**{"../../evil.xml": b"<a/>"}), accepted=2),
]  # fmt: skip


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


CORPUS = TEXTS + ROWS + WORKBOOKS
