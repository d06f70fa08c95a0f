"""What the owner answers to a line."""

from datetime import date, datetime

from attention.models import ListLine
from attention.rules.lines import LineState


def answer_line(
    *,
    line: ListLine,
    state: LineState,
    now: datetime,
    spent_minutes: int | None = None,
    snoozed_until: date | None = None,
) -> ListLine:
    """Answer a line, or take the answer back with ``open``. Giving the same answer again changes nothing.

    ``done`` counts ``spent_minutes`` (default: the dose) as attention; ``snoozed`` needs the day until
    which the client stays off the lists; ``wrong`` keeps it off for four weeks.
    Raises ``ValueError`` for a snooze without a day.
    """
    if state == LineState.SNOOZED and snoozed_until is None:
        raise ValueError("a snooze needs a day")
    spent = line.dose_minutes if spent_minutes is None else spent_minutes
    answer = {
        "state": state.value,
        "spent_minutes": spent if state == LineState.DONE else None,
        "snoozed_until": snoozed_until if state == LineState.SNOOZED else None,
    }
    # The time of the first such answer stays.
    changed = ListLine.objects.filter(pk=line.pk).exclude(**answer)
    changed.update(**answer, answered_at=None if state == LineState.OPEN else now)
    line.refresh_from_db()
    return line
