"""Files that spreadsheets open."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.exports import csv_lines, csv_response, safe_cell


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
    assert [cell.removeprefix("'") for cell in read] == [cell.removeprefix("'") for cell in cells]
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in read)


def test_rows_are_streamed_as_a_download() -> None:
    response = csv_response("clients.csv", ["Name"], (["x"] for _ in range(2)))
    assert response.headers["Content-Disposition"] == 'attachment; filename="clients.csv"'
    assert list(response.streaming_content) == ["\ufeffName\r\n".encode(), b"x\r\n", b"x\r\n"]


@pytest.mark.parametrize(("language", "line"), [("fr", "Prix;1.5\r\n"), ("en", "Prix,1.5\r\n")])
def test_cells_are_parted_as_the_readers_spreadsheet_expects(language: str, line: str) -> None:
    assert list(csv_lines(["Nom"], [["Prix", 1.5]], language))[1] == line
