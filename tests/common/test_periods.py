"""Windows, weeks and months."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.periods import IsoWeek, Window, current_window, local_date, months, nights_to_forget

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1))


def test_the_year_window_of_a_day() -> None:
    assert current_window(date(2011, 12, 9)) == Window(date(2010, 12, 10), date(2011, 12, 9))


@given(days)
def test_windows_touch_and_hold_the_same_weekdays(day: date) -> None:
    now = current_window(day)
    before = current_window(now.start)
    assert before.end == now.start
    assert (now.end - now.start).days == (before.end - before.start).days == 364
    assert before.end.weekday() == now.end.weekday()


def test_the_newest_nights_and_the_last_of_each_month_are_kept() -> None:
    nights = [date(2026, 9, 28) + timedelta(days=number) for number in range(36)]  # to 2 November
    forgotten = nights_to_forget(reversed(nights), kept=3)
    assert sorted(set(nights) - forgotten) == [
        date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2),
    ]  # fmt: skip
    assert nights_to_forget(nights) == {date(2026, 9, 28)}
    assert nights_to_forget(nights, kept=36) == set()


@given(days)
def test_a_week_reads_back_what_it_prints(day: date) -> None:
    week = IsoWeek.of(day)
    assert IsoWeek.parse(str(week)) == week
    assert 0 <= (day - week.monday).days < 7
    assert week.plus(1).monday > day
    assert week.plus(5).plus(-5) == week


def test_a_year_of_53_weeks() -> None:
    assert str(IsoWeek.of(date(2027, 1, 1))) == "2026-W53"
    assert IsoWeek(2026, 53).plus(1) == IsoWeek(2027, 1)


@pytest.mark.parametrize("text", ["", "2026-47", "2026-W54", "2025-W53", "W47", "2026-Wxx"])
def test_refuses_what_is_no_week(text: str) -> None:
    with pytest.raises(ValueError, match="is not an ISO week"):
        IsoWeek.parse(text)


def test_the_local_day_turns_at_local_midnight() -> None:
    assert local_date(datetime(2026, 11, 21, 23, 30, tzinfo=UTC), "Europe/Paris") == date(2026, 11, 22)
    assert local_date(datetime(2026, 11, 21, 23, 30, tzinfo=UTC), "UTC") == date(2026, 11, 21)


def test_months_go_over_the_turn_of_the_year() -> None:
    assert list(months(date(2025, 11, 30), date(2026, 2, 1))) == [
        date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1),
    ]  # fmt: skip
