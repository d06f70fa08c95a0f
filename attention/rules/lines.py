"""A line of a weekly list and what its answer does to the weeks that follow. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from common.periods import IsoWeek

WRONG_WEEKS = 4
SNOOZE_WEEKS = (1, 2, 4)
LISTS_FROM_HOUR = 6
FRIDAY = 4  # counted from Monday as 0


class LineState(StrEnum):
    OPEN = "open"
    DONE = "done"
    SNOOZED = "snoozed"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the owner answered to one line of the list of ``week``."""

    week: IsoWeek
    state: LineState
    minutes: int = 0
    snoozed_until: date | None = None
    day: date | None = None  # when the answer was given


def weeks_between(earlier: IsoWeek, later: IsoWeek) -> int:
    return (later.monday - earlier.monday).days // 7


def is_suppressed(answers: list[Answer], week: IsoWeek) -> bool:
    """Left out of the list of ``week``: called wrong in the four weeks before, or snoozed beyond it."""
    sunday = week.monday + timedelta(days=6)
    for answer in answers:
        if answer.state == LineState.WRONG and 0 < weeks_between(answer.week, week) <= WRONG_WEEKS:
            return True
        if answer.state == LineState.SNOOZED and answer.snoozed_until and answer.snoozed_until > sunday:
            return True
    return False


def reminder_day(answers: list[Answer], week: IsoWeek) -> date | None:
    """The day to which the newest answer snoozed the client, once it has come."""
    earlier = [answer for answer in answers if answer.week < week]
    if not earlier:
        return None
    newest = max(earlier, key=lambda answer: answer.week)
    sunday = week.monday + timedelta(days=6)
    until = newest.snoozed_until if newest.state == LineState.SNOOZED else None
    return until if until and until <= sunday else None


def task_day(today: date) -> date:
    """By when a task made from a line is proposed: Friday of this week, at the weekend that of the next."""
    friday = today + timedelta(days=FRIDAY - today.weekday())
    return friday if friday >= today else friday + timedelta(weeks=1)


def origin_of(line_id: int) -> str:
    """``Task.origin`` of the task that a line became."""
    return f"attention.line:{line_id}"


def due_week(local: datetime) -> IsoWeek | None:
    """The ISO week whose list an owner with this wall clock should have; None on Monday before six.

    Wall-clock time, so that Monday 06:00 stays Monday 06:00 when the clocks change.
    """
    if local.isoweekday() == 1 and local.hour < LISTS_FROM_HOUR:
        return None
    return IsoWeek.of(local.date())
