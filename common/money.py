"""Money is an integer count of minor units (cents) of the reporting currency.

Decimal lives at the edges (forms, files); sums are integers so that they are exact everywhere.
"""

from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.numbers import (
    NumberPattern,
    format_compact_decimal,
    get_currency_precision,
    get_currency_symbol,
    parse_pattern,
)

MAX_CENTS = 10**15
"""Largest amount one row may carry (ten thousand billion); keeps every 64-bit sum far from overflow."""


def to_cents(amount: Decimal) -> int:
    """Round to the cent, halves to even. Raises ``ValueError`` beyond ±``MAX_CENTS``."""
    cents = int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
    if abs(cents) > MAX_CENTS:
        raise ValueError("amount out of range")
    return cents


@lru_cache(maxsize=8192)
def format_money(cents: int, currency: str, language: str) -> str:
    """Full figure, e.g. ``84 123,45 €`` in French."""
    return _with_symbol(
        Decimal(cents) / 100, currency, language, digits=_symbol_and_digits(currency, language)[1]
    )


def format_money_short(cents: int, currency: str, language: str) -> str:
    """What a person says: ``84 k€``, ``€84k``, ``1.2 M€``; whole units below ten thousand."""
    units = Decimal(cents) / 100
    if abs(units) < 10_000:
        return _with_symbol(
            units.quantize(Decimal(1), rounding=ROUND_HALF_EVEN), currency, language, digits=0
        )
    symbol = _symbol_and_digits(currency, language)[0]
    # Three figures are enough: 84.1k, 841k, 1.2M.
    number = _compact(units.quantize(Decimal(1).scaleb(units.adjusted() - 2)), language)
    if not language.startswith("fr"):
        sign, number = ("-", number[1:]) if number.startswith("-") else ("", number)
        return f"{sign}{symbol}{number}"
    separator = "" if number[-1].isalpha() else "\xa0"
    return f"{number}{separator}{symbol}"


# Babel's own format_currency looks the currency's names up each time: five times slower, and a list
# prints hundreds of amounts.
def _with_symbol(units: Decimal, currency: str, language: str, *, digits: int) -> str:
    symbol = _symbol_and_digits(currency, language)[0]
    number = _pattern(digits).apply(abs(units), _locale(language))
    sign = "-" if units < 0 else ""
    return f"{sign}{number}\xa0{symbol}" if language.startswith("fr") else f"{sign}{symbol}{number}"


@lru_cache(maxsize=8192)
def _compact(units: Decimal, language: str) -> str:
    """``units`` of three figures: few enough to be remembered, and Babel takes its time for each."""
    whole = units.adjusted() % 3 == 2
    return format_compact_decimal(units, locale=language, fraction_digits=0 if whole else 1)


@cache
def _symbol_and_digits(currency: str, language: str) -> tuple[str, int]:
    return get_currency_symbol(currency, locale=_locale(language)), get_currency_precision(currency)


@cache
def _pattern(digits: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * digits if digits else ""))


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language.replace("-", "_"))
