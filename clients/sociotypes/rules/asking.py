"""Whom a round invites, when it reminds, and when somebody is asked again. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

LINK_DAYS = 30
REMIND_AFTER_DAYS = (4, 10)
"""Days after the invitation of the first and the second reminder; there is no third."""
REMINDER_DISTANCE_DAYS = 3
"""After an outage both reminders may be due: never two within so few days."""
LONGEST_THOUGHT_SECONDS = 120.0
"""A longer pause between two answers is a break, not thinking."""


class LeftOut(StrEnum):
    """Why somebody is not invited, in the order in which the reasons are looked for."""

    REFUSED = "refused"
    OPTED_OUT = "opted_out"
    OTHERS_DECIDE = "others_decide"
    NO_EMAIL = "no_email"
    ANSWERED = "answered"
    INVITED = "invited"
    NOBODY = "nobody"  # a client of whom we know no person


def reminder_due(
    *, invited_at: datetime, reminded_at: datetime | None, reminders: int, now: datetime
) -> bool:
    if reminders >= len(REMIND_AFTER_DAYS):
        return False
    if reminded_at is not None and now - reminded_at < timedelta(days=REMINDER_DISTANCE_DAYS):
        return False
    return now - invited_at >= timedelta(days=REMIND_AFTER_DAYS[reminders])


def thinking_seconds(since: datetime, now: datetime) -> float:
    """Time spent on an answer; a break counts as two minutes."""
    return min(max((now - since).total_seconds(), 0.0), LONGEST_THOUGHT_SECONDS)
