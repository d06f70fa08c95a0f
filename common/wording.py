"""Reasons in the reader's words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language

from common.money import format_money_short
from common.numbers import format_number, format_percent
from common.reasons import Reason


def _printed(name: str, value: Any) -> Any:
    if value is None:
        return "–"
    if name.endswith("_cents"):
        return format_money_short(value, settings.CMIX_CURRENCY, get_language() or "en")
    if name.endswith("_exact_rate"):
        return format_percent(value, digits=1)
    if name.endswith("_rate"):
        return format_percent(value)
    if name.endswith("_points"):
        return format_number(value * 100, digits=1, signed=True)
    if name.endswith("_date"):
        return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
    if isinstance(value, float):
        return format_number(value, digits=1)
    return value


def explain(reason: Reason | Mapping[str, Any], catalogue: Mapping[str, str | Promise]) -> str:
    """The reason as a sentence in the active language. Raises ``KeyError`` for an unknown code."""
    if not isinstance(reason, Reason):
        reason = Reason.from_json(reason)
    values = {name: _printed(name, value) for name, value in reason.values.items()}
    return str(catalogue[reason.code]) % values
