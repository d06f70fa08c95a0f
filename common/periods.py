"""Days, windows and weeks. Nothing here reads the clock: the day is always passed in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WINDOW_DAYS = 364
"""52 whole weeks: the same weekdays in both windows, and leap days do not matter (kinetics 1)."""
KEPT_NIGHTS = 35
"""Nights whose results are kept; of those before, the last of each month (kinetics 5)."""


@dataclass(frozen=True)
class Window:
    """Days after ``start`` up to and with ``end``: ``(start, end]``."""

    start: date
    end: date


def current_window(as_of: date) -> Window:
    """W0 = (D − 364, D]."""
    return Window(as_of - timedelta(days=WINDOW_DAYS), as_of)


def nights_to_forget(nights: Iterable[date], kept: int = KEPT_NIGHTS) -> set[date]:
    """All but the newest ``kept`` nights and the last night of each month."""
    oldest_first = sorted(set(nights))
    month_ends = {(night.year, night.month): night for night in oldest_first}
    return set(oldest_first[:-kept]) - set(month_ends.values())


@dataclass(frozen=True, order=True)
class IsoWeek:
    """An ISO 8601 week; ``str()`` gives ``2026-W47``."""

    year: int
    week: int

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.week:02d}"

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.week, 1)

    @classmethod
    def of(cls, day: date) -> "IsoWeek":
        year, week, _ = day.isocalendar()
        return cls(year, week)

    @classmethod
    def parse(cls, text: str) -> "IsoWeek":
        """Read ``2026-W47``. Raises ``ValueError`` with the expected form."""
        try:
            year, week = text.upper().split("-W")
            parsed = cls(int(year), int(week))
            _ = parsed.monday
        except ValueError as error:
            raise ValueError(f"{text!r} is not an ISO week such as 2026-W47") from error
        return parsed

    def plus(self, weeks: int) -> "IsoWeek":
        return IsoWeek.of(self.monday + timedelta(weeks=weeks))


def local_date(now: datetime, zone: str) -> date:
    """The calendar day of ``now`` (aware) in ``zone``."""
    return now.astimezone(ZoneInfo(zone)).date()


def months(first: date, last: date) -> Iterator[date]:
    """First days of the months from ``first``'s to ``last``'s."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)
