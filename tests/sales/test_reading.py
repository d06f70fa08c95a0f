"""Parsers on whatever may come: encodings, days, decimal marks, columns, rates."""

import csv
import io
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.reading.conventions import guess_columns
from common.reading.days import Order, read_day, reader
from common.reading.encodings import encoding_of
from common.reading.files import open_table
from common.reading.marks import decimal_mark_of
from common.reading.refusals import FileRefused
from common.reading.rejects import disarmed
from common.reading.source import Survey
from common.text import clean
from sales.importing import preview
from sales.presets import USUAL_NAMES
from sales.reading.rates import RateBook
from sales.rules import Mapping, parse_columns
from tests.sales.helpers import TODAY

many = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
some_days = st.dates(date(1970, 1, 1), date(2100, 12, 31))
MAPPING = Mapping({"client": "client", "day": "day", "amount": "amount"})


@many
@given(st.binary(max_size=3000))
def test_any_bytes_are_read_or_refused_never_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(b"client,day,amount\n" + content)
    with suppress(FileRefused):
        seen = preview(path, path.name, MAPPING, today=TODAY)
        assert seen.read >= sum(seen.rejected.values())


@many
@given(st.lists(st.lists(st.text(max_size=30), min_size=3, max_size=3), min_size=1, max_size=20))
def test_any_table_is_read_or_refused_with_line_numbers(tmp_path: Path, rows: list[list[str]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["client", "day", "amount"], *rows])
    path = tmp_path / "any.csv"
    path.write_bytes(buffer.getvalue().encode("utf-8", "surrogatepass"))
    try:
        seen = preview(path, path.name, MAPPING, today=TODAY)
    except FileRefused:
        return
    numbers = [row.number for row in seen.rows]
    assert numbers == sorted(set(numbers))


@many
@given(st.binary(max_size=2000))
def test_any_bytes_called_a_workbook_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.xlsx"
    path.write_bytes(b"PK\x03\x04" + content)
    with pytest.raises(FileRefused), open_table(path):
        pass


@many
@given(some_days, st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]))
def test_days_with_the_year_first_need_no_order(day: date, written: str) -> None:
    assert read_day(day.strftime(written), None) == day


@many
@given(some_days, st.sampled_from(list(Order)), st.sampled_from("/-."))
def test_days_with_the_year_last_follow_the_order(day: date, order: Order, separator: str) -> None:
    written = day.strftime(order.value).replace("/", separator)
    assert read_day(written, order) == day


@many
@given(st.lists(some_days, min_size=1, max_size=30), st.sampled_from(list(Order)))
def test_the_order_found_never_contradicts_the_one_written(days: list[date], order: Order) -> None:
    values = [day.strftime(order.value) for day in days]
    if all(day.day <= 12 for day in days):
        with pytest.raises(FileRefused):
            reader("", lambda: values)
        return
    read, found = reader("", lambda: values)
    assert found == order.value
    assert [read(value) for value in values] == days


@many
@given(st.text(max_size=20))
def test_what_is_no_day_is_none(text: str) -> None:
    for order in (None, *Order):
        found = read_day(text, order)
        assert found is None or text.strip()[:1].isascii()


@pytest.mark.parametrize(
    "text",
    ["٢٠٢٤-٠٣-٠١", "2024-3", "24-03-01", "2024-13-01", "2024-02-30", "1.3.24", "20240230", "2024-03-01x", "", "NaN", "2024-03/01"],
)  # fmt: skip
def test_days_that_are_none(text: str) -> None:
    assert read_day(text, Order.DAY_FIRST) is None


@pytest.mark.parametrize(
    ("cell", "day"),
    [(45352, date(2024, 3, 1)), (45352.75, date(2024, 3, 1)), (20240301, date(2024, 3, 1)), (date(2024, 3, 1), date(2024, 3, 1)), (7, None), (1e300, None)],
)  # fmt: skip
def test_days_of_workbooks(cell: object, day: date | None) -> None:
    assert read_day(cell, None) == day


@many
@given(st.lists(st.decimals(-(10**6), 10**6, places=2), min_size=1), st.sampled_from(".,"))
def test_the_decimal_mark_is_found(values: list[Decimal], mark: str) -> None:
    assert decimal_mark_of(str(value).replace(".", mark) for value in values) == mark


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        (["1", "20"], "."),
        (["1 234,5"], ","),
        (["1,234.5"], "."),
        (["1.234,50", "3,2"], ","),
        ([12.5, 3], "."),
    ],
)
def test_decimal_marks(values: list[object], mark: str) -> None:
    assert decimal_mark_of(values) == mark


@pytest.mark.parametrize(
    ("values", "code"),
    [(["1,234"], "decimal_unclear"), (["1.234"], "decimal_unclear"), (["1,5", "1.5"], "decimal_mixed")],
)
def test_decimal_marks_that_a_person_must_say(values: list[object], code: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        decimal_mark_of(values)
    assert refusal.value.code == code


FRENCH = "Crémerie d'Été;Bœuf à l'évêque;Noël;où;façade;1 234 €\n"


@pytest.mark.parametrize("encoding", ["cp1252", "mac-roman", "utf-8", "utf-16-le", "utf-16-be"])
def test_the_encoding_is_found_on_little_text(encoding: str) -> None:
    head = FRENCH.encode(encoding)
    found = encoding_of(Survey(head, encoding == "utf-8", head, True))
    assert head.decode(found) == FRENCH


@pytest.mark.parametrize(
    ("header", "guessed"),
    [
        (["CustomerID", "InvoiceDate", "Quantity", "UnitPrice"], {"client": "CustomerID", "day": "InvoiceDate", "quantity": "Quantity", "unit_price": "UnitPrice"}),
        (["N° client", "Date de facture", "Montant HT", "Désignation"], {"client": "N° client", "day": "Date de facture", "amount": "Montant HT", "product_name": "Désignation"}),
        # A number beside a word is the reference, the word then a name; alone the word serves.
        (["Client", "N° client", "Article", "Code article"], {"client": "N° client", "product": "Code article", "client_name": "Client", "product_name": "Article"}),
        (["Client", "Article", "Commande"], {"client": "Client", "order": "Commande", "product": "Article"}),
        (["", "x"], {}),
    ],
)  # fmt: skip
def test_columns_are_guessed_by_their_usual_names(header: list[str], guessed: dict[str, str]) -> None:
    assert guess_columns(header, USUAL_NAMES) == guessed


@pytest.mark.parametrize("text", ["", "client", "client=", "nobody=x", "client=a,,day=b"])
def test_a_map_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"FIELD=COLUMN|is none of"):
        parse_columns(text)


def test_the_last_rate_of_seven_days_counts() -> None:
    book = [(date(2024, 1, 1), Decimal("0.9")), (date(2024, 1, 5), Decimal("0.95"))]
    rates = RateBook(lambda currency: book if currency == "USD" else [])
    found = [rates.rate("USD", date(2024, 1, 1) + timedelta(days=offset)) for offset in (-1, 0, 3, 4, 11, 12)]
    assert found == [None, book[0][1], book[0][1], book[1][1], book[1][1], None]
    assert rates.net_of(1010, "CHF", "2024-01-01") is None
    assert [rates.net_of(cents, "USD", "2024-01-01") for cents in (5, 15, -5)] == [
        4,
        14,
        -4,
    ]  # halves to even


@many
@given(st.text(max_size=30))
def test_no_cell_of_the_reject_file_starts_a_formula(text: str) -> None:
    cell = disarmed(text)
    assert cell[:1] not in "=@\t\r\n＝＋－＠" or cell == ""
    if cell[:1] in ("+", "-"):
        assert cell[1:].replace(".", "", 1).replace(",", "", 1).isdigit()


@many
@given(st.text(max_size=200))
def test_references_are_stored_clean(text: str) -> None:
    assert clean(clean(text)) == clean(text)
