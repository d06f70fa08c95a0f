"""Money is an integer count of minor units (cents) of the reporting currency.

Decimal lives at the edges (forms, files); sums are integers so that they are exact everywhere.
"""

from decimal import ROUND_HALF_EVEN, Decimal

from babel.numbers import format_compact_decimal, format_currency, get_currency_symbol

MAX_CENTS = 10**15
"""Largest amount one row may carry (ten thousand billion); keeps every 64-bit sum far from overflow."""


def to_cents(amount: Decimal) -> int:
    """Round to the cent, halves to even. Raises ``ValueError`` beyond ±``MAX_CENTS``."""
    cents = int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
    if abs(cents) > MAX_CENTS:
        raise ValueError("amount out of range")
    return cents


def format_money(cents: int, currency: str, language: str) -> str:
    """Full figure, e.g. ``84 123,45 €`` in French."""
    return format_currency(Decimal(cents) / 100, currency, locale=language)


def format_money_short(cents: int, currency: str, language: str) -> str:
    """What a person says: ``84 k€``, ``€84k``, ``1.2 M€``; whole units below ten thousand."""
    units = Decimal(cents) / 100
    symbol = get_currency_symbol(currency, locale=language)
    if abs(units) < 10_000:
        return format_currency(
            units.quantize(Decimal(1), rounding=ROUND_HALF_EVEN),
            currency,
            locale=language,
            currency_digits=False,
            format="#,##0\xa0¤" if language.startswith("fr") else "¤#,##0",
        )
    # Three figures are enough: 84.1k, 841k, 1.2M.
    three_figures = len(str(int(abs(units)))) % 3 == 0
    number = format_compact_decimal(units, locale=language, fraction_digits=0 if three_figures else 1)
    if not language.startswith("fr"):
        sign, number = ("-", number[1:]) if number.startswith("-") else ("", number)
        return f"{sign}{symbol}{number}"
    separator = "" if number[-1].isalpha() else "\xa0"
    return f"{number}{separator}{symbol}"
