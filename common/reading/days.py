"""Days as files write them: the format declared, or found on the values themselves."""

import math
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from common.reading.refusals import FileRefused

EARLIEST, LATEST = date(1970, 1, 1), date(2100, 12, 31)
ENOUGH = 2000

_TIME = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:[AaPp][Mm])?(?:Z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}", re.A)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_TIME}", re.A)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})", re.A)
_EXCEL_ZERO = date(1899, 12, 30)
_EXCEL_SERIALS = range(20_000, 80_000)  # 1954 to 2119: smaller numbers are no days of sales
_DAYS_TO_1904 = 1462  # what the serial numbers of a workbook that counts from 1904 lack


class Order(StrEnum):
    """Which of the two comes first where the year comes last."""

    DAY_FIRST = "%d/%m/%Y"
    MONTH_FIRST = "%m/%d/%Y"


ReadDay = Callable[[Any], date | None]


def reader(declared: str, values: Callable[[], Iterable[Any]]) -> tuple[ReadDay, str]:
    """A function from a cell to its day (``None`` when unreadable) and the name of the format.

    ``values`` gives the column anew at each call; it is read only as far as needed to tell day and
    month apart. Raises ``FileRefused`` when that stays open.
    """
    if declared:
        _check_format(declared)
        return (lambda cell: _by_format(cell, declared)), declared
    order = _order_of(values())
    return (lambda cell: read_day(cell, order)), order.value if order else "ISO"


def read_day(cell: Any, order: Order | None) -> date | None:
    """The day of a cell in any of the usual ways; ``None`` when it is none."""
    if not isinstance(cell, str):
        return _from_workbook(cell)
    text = cell.strip()
    if match := _YEAR_FIRST.fullmatch(text):
        return _date(match[1], match[3], match[4])
    if match := _DIGITS.fullmatch(text):
        return _date(*match.groups())
    if match := _YEAR_LAST.fullmatch(text):
        if order == Order.MONTH_FIRST:
            return _date(match[4], match[1], match[3])
        return _date(match[4], match[3], match[1])
    return None


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _from_workbook(cell: Any) -> date | None:
    if isinstance(cell, date):
        return _day_of(cell)
    if isinstance(cell, int) and (19_700_101 <= cell <= 21_001_231):
        return read_day(str(cell), None)
    if isinstance(cell, (int, float)) and math.isfinite(cell) and int(cell) in _EXCEL_SERIALS:
        return _EXCEL_ZERO + timedelta(days=int(cell))
    return None


def counted_from_1904(read: ReadDay) -> ReadDay:
    """``read`` for a workbook whose serial numbers count from 1904, as old Macs wrote them."""

    def shifted(cell: Any) -> date | None:
        is_number = isinstance(cell, (int, float)) and not isinstance(cell, bool) and math.isfinite(cell)
        if is_number and int(cell) + _DAYS_TO_1904 in _EXCEL_SERIALS:
            return read(cell + _DAYS_TO_1904)
        return None if is_number and int(cell) in _EXCEL_SERIALS else read(cell)

    return shifted


def _day_of(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _check_format(declared: str) -> None:
    """A format must bring back a day it has written: it names year, month and day, and nothing odd."""
    try:
        written = datetime(2011, 12, 9).strftime(declared)
        if datetime.strptime(written, declared).date() == date(2011, 12, 9):
            return
    except (ValueError, UnicodeError):
        pass
    raise FileRefused("date_format", format=declared)


def _by_format(cell: Any, declared: str) -> date | None:
    if isinstance(cell, date):
        return _day_of(cell)
    text = str(cell).strip()
    if not text.isascii() or len(text) > 60:
        return None
    # A column may carry a time that the declared format leaves out.
    for candidate in (text, re.split(r"[ T]", text, maxsplit=1)[0]):
        try:
            return datetime.strptime(candidate, declared).date()
        except ValueError:
            continue
    return None


def _order_of(values: Iterable[Any]) -> Order | None:
    """Read on until one value tells day from month; look at ``ENOUGH`` values for a contradiction."""
    first: dict[Order, str] = {}
    unclear = unreadable = ""
    readable = False
    for index, cell in enumerate(values):
        if index >= ENOUGH and (first or not unclear):
            break
        match = _YEAR_LAST.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if match is None:
            readable = readable or read_day(cell, None) is not None
            unreadable = unreadable or str(cell)
        elif int(match[1]) > 12 >= int(match[3]):
            first.setdefault(Order.DAY_FIRST, cell)
        elif int(match[3]) > 12 >= int(match[1]):
            first.setdefault(Order.MONTH_FIRST, cell)
        else:
            unclear = unclear or cell
    return _verdict(first, unclear, unreadable, readable)


def _verdict(first: dict[Order, str], unclear: str, unreadable: str, readable: bool) -> Order | None:
    if len(first) > 1:
        raise FileRefused("date_mixed", first=first[Order.DAY_FIRST], second=first[Order.MONTH_FIRST])
    if first:
        return next(iter(first))
    if unclear:
        raise FileRefused("date_unclear", example=unclear)
    if unreadable and not readable:
        raise FileRefused("date_unknown", example=unreadable[:40])
    return None
