"""Tasks of a person, as the page "My tasks" and the reminder show them."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.reader import Reader, reader
from clients.models import Task
from clients.rules import TaskState
from common.prepared import prepared

SHOWN = 100
COUNTED = 100
DONE_SHOWN = 20


class When(StrEnum):
    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    DONE = "done"


WHENS: dict[When, str | Promise] = {
    When.OVERDUE: _("Overdue"),
    When.TODAY: _("Today"),
    When.WEEK: _("This week"),
    When.LATER: _("Later"),
    When.DONE: _("Done lately"),
}


@dataclass(frozen=True)
class Shelf:
    when: When
    label: str | Promise
    tasks: list[Task]


@dataclass(frozen=True)
class Desk:
    """``more``: open tasks beyond the ``SHOWN`` first."""

    shelves: list[Shelf]
    due: int
    open: int
    more: bool


def when_of(due_on: date, today: date) -> When:
    """Which shelf an open task stands on; a week ends on Sunday."""
    if due_on < today:
        return When.OVERDUE
    if due_on == today:
        return When.TODAY
    return When.WEEK if due_on <= today + timedelta(days=6 - today.weekday()) else When.LATER


def tasks_of(owner: User | Reader, who: Any) -> QuerySet[Task]:
    """The tasks of ``owner`` whose clients ``who`` may see."""
    return Task.objects.visible_to(who).filter(owner_id=owner.pk)


def desk(owner: User, who: Any, today: date) -> Desk:
    """Two queries however many tasks there are."""
    tasks = tasks_of(owner, who).select_related("client", "owner")
    waiting = list(tasks.filter(state=TaskState.OPEN).order_by("due_on", "pk")[: SHOWN + 1])
    done = list(tasks.filter(state=TaskState.DONE).order_by("-done_at", "-pk")[:DONE_SHOWN])
    shown: dict[When, list[Task]] = {when: [] for when in When}
    for task in waiting[:SHOWN]:
        shown[when_of(task.due_on, today)].append(task)
    shown[When.DONE] = done
    return Desk(
        shelves=[Shelf(when, WHENS[when], rows) for when, rows in shown.items() if rows],
        due=len(shown[When.OVERDUE]) + len(shown[When.TODAY]),
        open=min(len(waiting), SHOWN),
        more=len(waiting) > SHOWN,
    )


def due_tasks(owner: User | Reader, today: date) -> QuerySet[Task]:
    """What the owner should have done by the end of ``today``."""
    return tasks_of(owner, owner).filter(state=TaskState.OPEN, due_on__lte=today)


def due_count(owner: User, today: date) -> int:
    """How many of them; ``COUNTED`` when there are more."""
    return len(_due(0, reader(owner), today))


@prepared
def _due(_none: int, owner: Reader, today: date) -> QuerySet[Any]:
    return due_tasks(owner, today).order_by().values_list("pk")[:COUNTED]
