from datetime import date, timedelta

import pytest

from attention.models import ListLine
from attention.rules.lines import LineState
from attention.services import answer_line
from tests.attention.helpers import NOW, a_week_for
from tests.conftest import Cast


@pytest.fixture
def line(cast: Cast) -> ListLine:
    a_week_for(cast.alice)
    return ListLine.objects.get()


def stored(line: ListLine) -> tuple[object, ...]:
    return ListLine.objects.values_list("state", "spent_minutes", "snoozed_until", "answered_at").get(
        pk=line.pk
    )


def test_done_counts_the_dose_and_keeps_its_first_time(line: ListLine) -> None:
    answer_line(line=line, state=LineState.DONE, now=NOW)
    answer_line(line=line, state=LineState.DONE, now=NOW + timedelta(hours=1))
    assert stored(line) == ("done", line.dose_minutes, None, NOW)


def test_done_with_other_minutes(line: ListLine) -> None:
    answer_line(line=line, state=LineState.DONE, now=NOW, spent_minutes=0)
    assert stored(line) == ("done", 0, None, NOW)


def test_snooze_needs_a_day(line: ListLine) -> None:
    with pytest.raises(ValueError, match="a snooze needs a day"):
        answer_line(line=line, state=LineState.SNOOZED, now=NOW)
    answer_line(line=line, state=LineState.SNOOZED, now=NOW, snoozed_until=date(2026, 12, 1))
    assert stored(line) == ("snoozed", None, date(2026, 12, 1), NOW)


def test_another_answer_replaces_the_first_and_undo_takes_it_back(line: ListLine) -> None:
    answer_line(line=line, state=LineState.DONE, now=NOW)
    answer_line(line=line, state=LineState.WRONG, now=NOW + timedelta(minutes=1))
    assert stored(line) == ("wrong", None, None, NOW + timedelta(minutes=1))
    for _ in range(2):
        answer_line(line=line, state=LineState.OPEN, now=NOW + timedelta(minutes=2))
        assert stored(line) == ("open", None, None, None)
