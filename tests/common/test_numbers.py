"""Numbers as files write them and as people read them."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from common.numbers import MAX_DIGITS, format_number, format_percent, parse_decimal


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("1234.5", ".", "1234.5"),
        ("1,234.50", ".", "1234.50"),
        ("1 234,50", ",", "1234.50"),
        ("1\u00a0234,50", ",", "1234.50"),
        ("1\u202f234", ",", "1234"),
        ("1.234,50", ",", "1234.50"),
        ("1'234.50", ".", "1234.50"),
        ("  -7 ", ".", "-7"),
        ("\u22127,5", ",", "-7.5"),
        ("(12.30)", ".", "-12.30"),
        ("12.30-", ".", "-12.30"),
        ("+3", ",", "3"),
    ],
)
def test_reads_the_declared_decimal_mark(text: str, mark: str, value: str) -> None:
    assert parse_decimal(text, mark) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", " ", "NaN", "inf", "1e5", "1_000", "١٢٣", "１２", "0x10", "1,23,4", "12,34", "1..2", "=1+1", "--1", "\x001", "9" * 41],
)  # fmt: skip
def test_refuses_what_decimal_would_guess(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse_decimal(text, ".")


def test_refuses_more_digits_than_money_holds() -> None:
    with pytest.raises(ValueError, match="number too long"):
        parse_decimal("9" * (MAX_DIGITS + 1))


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_reads_back_what_it_prints_in_both_languages(value: Decimal) -> None:
    with translation.override("en"):
        assert parse_decimal(format_number(value, digits=2), ".") == value
    with translation.override("fr"):
        assert parse_decimal(format_number(value, digits=2), ",") == value


@given(st.text(max_size=50))
def test_reads_or_refuses_any_text(text: str) -> None:
    for mark in ".,":
        try:
            assert parse_decimal(text, mark).is_finite()
        except ValueError:
            continue


def test_percent_follows_the_language() -> None:
    with translation.override("fr"):
        assert format_percent(0.123) == "12\u202f%"
        assert format_percent(0.1234, digits=1, signed=True) == "+12,3\u202f%"
    with translation.override("en"):
        assert format_percent(-0.5, signed=True) == "-50%"
