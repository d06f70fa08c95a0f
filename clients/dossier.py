"""A client as its page is read: what several panels want to know is asked for once.

A panel asks ``dossier.of(part)``, where ``part`` is a function of the dossier, of this app or of one above.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from clients.models import Client, Person, Task
from clients.rules import ClientKind, TaskState
from clients.sociotypes.permission import profiling_q
from common.once import Once

MAX_PEOPLE = 500
TASKS_SHOWN = 10
DONE_SHOWN = 11  # a page of the timeline, and one that says whether more follow
Part = TypeVar("Part")


@dataclass(frozen=True, eq=False)
class Dossier:
    """``client`` is one that ``user`` may see; ``now`` is the moment of the request. Of its page ``first`` asks for
    what is read first alone, ``whole`` for everything at once, neither for a part that comes later."""

    client: Client
    user: Any
    now: datetime
    once: Once = field(default_factory=Once)
    first: bool = False
    whole: bool = False

    @cached_property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def of(self, part: Callable[["Dossier"], Part]) -> Part:
        return self.once.of(part, self)


def people(dossier: Dossier) -> list[Person]:
    """Everybody of the client: those who left last, decision-makers first. Each knows as ``is_profiled``
    whether it may be profiled; of a company what is read first does not ask that."""
    rows = Person.objects.filter(client=dossier.client)
    if dossier.client.kind == ClientKind.PERSON or not dossier.first:
        profiled = Case(When(profiling_q(), then=Value(True)), default=False, output_field=BooleanField())
        rows = rows.annotate(is_profiled=profiled)
    order = (F("left_on").desc(nulls_first=True), "-is_decision_maker", "last_name", "pk")
    return list(rows.order_by("-is_client", *order)[:MAX_PEOPLE])


def present(dossier: Dossier) -> list[Person]:
    """Who has not left, decision-makers first."""
    here = [person for person in dossier.of(people) if person.left_on is None]
    return sorted(here, key=lambda person: not person.is_decision_maker)


def is_profiled(dossier: Dossier) -> bool:
    """A company always is; a private client when its own person may be (``personal.profiling``)."""
    if dossier.client.kind != ClientKind.PERSON:
        return True
    known: list[Any] = dossier.of(people)
    return all(person.is_profiled for person in known if person.is_client)


@dataclass(frozen=True)
class Tasks:
    """``waiting``: the open ones, earliest due first; ``done``: newest first."""

    waiting: list[Task]
    done: list[Task]


def tasks(dossier: Dossier) -> Tasks:
    """Both in one query, for the page that shows both."""
    both = Q(pk__in=_waiting(dossier).values("pk")) | Q(pk__in=_done(dossier).values("pk"))
    rows = list(Task.objects.filter(both).select_related("owner").order_by("due_on", "pk"))
    newest = [row for row in rows if row.done_at is not None]
    return Tasks(
        waiting=[row for row in rows if row.state == TaskState.OPEN],
        done=sorted(newest, key=lambda row: (row.done_at, row.pk), reverse=True),
    )


def waiting_tasks(dossier: Dossier) -> list[Task]:
    if dossier.whole:
        return dossier.of(tasks).waiting
    return list(_waiting(dossier).select_related("owner"))


def done_tasks(dossier: Dossier) -> list[Task]:
    if dossier.whole:
        return dossier.of(tasks).done
    return list(_done(dossier).select_related("owner"))


def _waiting(dossier: Dossier) -> QuerySet[Task]:
    seen = Task.objects.visible_to(dossier.user).filter(client=dossier.client)
    return seen.filter(state=TaskState.OPEN).order_by("due_on", "pk")[:TASKS_SHOWN]


def _done(dossier: Dossier) -> QuerySet[Task]:
    seen = Task.objects.visible_to(dossier.user).filter(client=dossier.client)
    return seen.filter(state=TaskState.DONE).order_by("-done_at", "-pk")[:DONE_SHOWN]
