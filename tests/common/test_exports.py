"""Files that spreadsheets open."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from common.exports import csv_lines, csv_response, raw_cell, safe_cell, write_xlsx, xlsx_response


@pytest.mark.parametrize(
    "text", ["=1+1", "+33", "-1+1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\n@x", "\u00a0=1", "＝1"]
)
def test_formulas_are_disarmed(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (-12, -12),
        (Decimal("-1.50"), Decimal("-1.50")),
        (date(2026, 11, 22), "2026-11-22"),
        ("a=b", "a=b"),
    ],
)
def test_other_values_stay(value: object, cell: object) -> None:
    assert safe_cell(value) == cell


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), min_size=1))
def test_no_cell_starts_with_a_formula(cells: list[str]) -> None:
    content = "".join(csv_lines(["a"], [cells], "en")).removeprefix("\ufeff")
    read = list(csv.reader(io.StringIO(content, newline="")))[1]
    assert [raw_cell(cell) for cell in read] == cells
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in read)


def test_rows_are_streamed_as_a_download() -> None:
    response = csv_response("clients.csv", ["Name"], (["x"] for _ in range(2)))
    assert response.headers["Content-Disposition"] == 'attachment; filename="clients.csv"'
    assert list(response.streaming_content) == ["\ufeffName\r\n".encode(), b"x\r\n", b"x\r\n"]


@pytest.mark.parametrize(("language", "line"), [("fr", "Prix;1.5\r\n"), ("en", "Prix,1.5\r\n")])
def test_cells_are_parted_as_the_readers_spreadsheet_expects(language: str, line: str) -> None:
    assert list(csv_lines(["Nom"], [["Prix", 1.5]], language))[1] == line


def sheet_of(content: bytes) -> list[list[Any]]:
    page = load_workbook(io.BytesIO(content)).active
    return [[cell.value for cell in row] for row in page.iter_rows()]


def test_a_workbook_holds_numbers_days_and_disarmed_text() -> None:
    file = io.BytesIO()
    row = [-12, Decimal("1.50"), date(2026, 11, 22), datetime(2026, 1, 2, 12, 0, tzinfo=UTC), True, None]
    odd = ["=1+1", "\uff1d1", "a\x0bb", float("nan"), 12345678901234567890, date(1066, 10, 14)]
    assert write_xlsx(file, ["a", "b", "c", "d", "e", "f"], [row, odd]) == 2
    header, numbers, texts = sheet_of(file.getvalue())
    assert header == ["a", "b", "c", "d", "e", "f"]
    assert numbers == [-12, 1.5, datetime(2026, 11, 22), datetime(2026, 1, 2, 13, 0), True, None]
    assert texts == ["'=1+1", "'\uff1d1", "ab", None, "12345678901234567890", "1066-10-14"]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_no_cell_of_a_workbook_is_a_formula(cells: list[str]) -> None:
    file = io.BytesIO()
    write_xlsx(file, ["a"], [cells])
    page = load_workbook(io.BytesIO(file.getvalue())).active
    assert [
        cell.data_type for row in page.iter_rows(min_row=2) for cell in row if cell.data_type == "f"
    ] == []


@pytest.mark.django_db  # a closed response lets go of the connection
def test_a_workbook_is_sent_as_a_download() -> None:
    response = xlsx_response("clients.xlsx", ["Name"], (["x"] for _ in range(2)))
    assert response.headers["Content-Disposition"] == 'attachment; filename="clients.xlsx"'
    assert sheet_of(b"".join(response.streaming_content)) == [["Name"], ["x"], ["x"]]
    response.close()
