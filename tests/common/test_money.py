"""Money is an integer count of cents."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.money import MAX_CENTS, format_money, format_money_short, to_cents


@pytest.mark.parametrize(
    ("amount", "cents"),
    [("0", 0), ("12.34", 1234), ("-12.34", -1234), ("0.005", 0), ("0.015", 2), ("0.025", 2), ("1e3", 100000)],
)
def test_rounds_to_the_cent_with_halves_to_even(amount: str, cents: int) -> None:
    assert to_cents(Decimal(amount)) == cents


@given(st.integers(min_value=-MAX_CENTS, max_value=MAX_CENTS))
def test_cents_survive_the_way_to_units_and_back(cents: int) -> None:
    assert to_cents(Decimal(cents) / 100) == cents


@pytest.mark.parametrize("cents", [MAX_CENTS + 1, -MAX_CENTS - 1])
def test_refuses_amounts_that_could_overflow_a_sum(cents: int) -> None:
    with pytest.raises(ValueError, match="amount out of range"):
        to_cents(Decimal(cents) / 100)


@pytest.mark.parametrize(
    ("cents", "french", "english"),
    [
        (8_412_345, "84,1\u00a0k€", "€84.1K"),
        (123_456_789, "1,2\u00a0M€", "€1.2M"),
        (84_123_456, "841\u00a0k€", "€841K"),
        (99_999_960, "1\u00a0M€", "€1M"),
        (-1_234_567, "-12,3\u00a0k€", "-€12.3K"),
        (99_950, "1\u202f000\u00a0€", "€1,000"),
        (0, "0\u00a0€", "€0"),
    ],
)
def test_prints_what_a_person_says(cents: int, french: str, english: str) -> None:
    assert format_money_short(cents, "EUR", "fr") == french
    assert format_money_short(cents, "EUR", "en") == english


def test_prints_the_full_figure() -> None:
    assert format_money(8_412_345, "EUR", "fr") == "84\u202f123,45\u00a0€"
    assert format_money(-8_412_345, "GBP", "en") == "-£84,123.45"
