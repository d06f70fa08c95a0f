"""How long a type counts: in full for a year, fading to half until month 18, then expired."""

import calendar
from datetime import date

FRESH_MONTHS, REASK_MONTHS, VALID_MONTHS, ANSWERS_KEPT_MONTHS = 12, 17, 18, 36


def plus_months(day: date, months: int) -> date:
    """The same day ``months`` later; the last day of a month that is too short."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def fades_from(answered_on: date) -> date:
    return plus_months(answered_on, FRESH_MONTHS)


def expires_on(answered_on: date) -> date:
    """The last day on which the type still counts."""
    return plus_months(answered_on, VALID_MONTHS)


def age_weight(answered_on: date, as_of: date) -> float:
    """1 to month 12, then linear to 0.5 at month 18; 0 once expired."""
    fades, ends = fades_from(answered_on), expires_on(answered_on)
    if as_of > ends:
        return 0.0
    return 1.0 - 0.5 * max(0, (as_of - fades).days) / (ends - fades).days
