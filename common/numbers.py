"""Numbers as files write them and as people read them."""

import re
from decimal import Decimal

from babel.numbers import format_decimal
from babel.numbers import format_percent as babel_percent
from django.utils.translation import get_language

_GROUPS = "[ \u00a0\u202f']"
_PATTERNS = {
    ".": re.compile(rf"^[+-]?(\d{{1,3}}(?:[,]\d{{3}})+|\d{{1,3}}(?:{_GROUPS}\d{{3}})+|\d+)(\.\d+)?$", re.A),
    ",": re.compile(rf"^[+-]?(\d{{1,3}}(?:[.]\d{{3}})+|\d{{1,3}}(?:{_GROUPS}\d{{3}})+|\d+)(,\d+)?$", re.A),
}
MAX_DIGITS = 18


def parse_decimal(text: str, decimal_mark: str = ".") -> Decimal:
    """Read a number written with ASCII digits and the declared decimal mark.

    ``Decimal()`` itself accepts other scripts' digits, underscores, exponents and NaN; a file
    that holds those is asked about rather than guessed. Parentheses mean negative, as in
    accounting exports. Raises ``ValueError`` with the reason.
    """
    stripped = text.strip()
    negative = stripped.startswith("(") and stripped.endswith(")")
    if negative:
        stripped = stripped[1:-1].strip()
    elif stripped.endswith("-"):
        stripped, negative = stripped[:-1].strip(), True
    stripped = stripped.replace("\u2212", "-")
    if len(stripped) > 40 or not _PATTERNS[decimal_mark].match(stripped):
        raise ValueError("not a number")
    plain = re.sub(_GROUPS, "", stripped).replace("," if decimal_mark == "." else ".", "")
    plain = plain.replace(decimal_mark, ".")
    if sum(character.isdigit() for character in plain) > MAX_DIGITS:
        raise ValueError("number too long")
    return -Decimal(plain) if negative else Decimal(plain)


SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}


def without_currency(text: str, currency: str = "") -> str:
    """The number of an amount written with the sign or code of ``currency``; of any known one when it is empty."""
    signs = (currency, SIGNS.get(currency, currency)) if currency else (*SIGNS, *SIGNS.values())
    bare = text.strip()
    for sign in signs:
        negative = "-" if bare.startswith(f"-{sign}") else ""
        shorter = negative + bare.removeprefix(negative).removeprefix(sign).removesuffix(sign).strip()
        if len(shorter) < len(bare):
            return shorter
    return bare


def _locale() -> str:
    return (get_language() or "en").replace("-", "_")


def format_number(value: float | Decimal | int, *, digits: int = 0, signed: bool = False) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    if signed:
        pattern = f"+{pattern};-{pattern}"
    return format_decimal(value, format=pattern, locale=_locale())


def format_percent(value: float, *, digits: int = 0, signed: bool = False) -> str:
    """``0.123`` → ``12 %`` (French) or ``12%``."""
    space = "\u202f" if _locale().startswith("fr") else ""
    pattern = "#,##0" + ("." + "0" * digits if digits else "") + f"{space}%"
    if signed:
        pattern = f"+{pattern};-{pattern}"
    return babel_percent(value, format=pattern, locale=_locale())
