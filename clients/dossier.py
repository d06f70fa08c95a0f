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

from accounts.reader import Reader, reader
from clients.models import Client, Person, Task
from clients.rules import ClientKind, TaskState
from clients.sociotypes.permission import profiling_q
from common.once import Once
from common.prepared import prepared

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
    return _people(dossier.client.pk, dossier.client.kind == ClientKind.PERSON or not dossier.first)


@prepared
def _people(client: int, with_profiling: bool) -> QuerySet[Person]:
    rows: QuerySet[Person] = Person.objects.filter(client=client)
    if with_profiling:
        profiled = Case(When(profiling_q(), then=Value(True)), default=False, output_field=BooleanField())
        rows = rows.annotate(is_profiled=profiled)
    order = (F("left_on").desc(nulls_first=True), "-is_decision_maker", "last_name", "pk")
    return rows.order_by("-is_client", *order)[:MAX_PEOPLE]


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
    rows = _both(dossier.client.pk, reader(dossier.user))
    newest = [row for row in rows if row.done_at is not None]
    return Tasks(
        waiting=[row for row in rows if row.state == TaskState.OPEN],
        done=sorted(newest, key=lambda row: (row.done_at, row.pk), reverse=True),
    )


def waiting_tasks(dossier: Dossier) -> list[Task]:
    if dossier.whole:
        return dossier.of(tasks).waiting
    return _waiting(dossier.client.pk, reader(dossier.user))


def done_tasks(dossier: Dossier) -> list[Task]:
    if dossier.whole:
        return dossier.of(tasks).done
    return _done(dossier.client.pk, reader(dossier.user))


@prepared
def _waiting(client: int, who: Reader) -> QuerySet[Task]:
    seen = Task.objects.visible_to(who).filter(client=client, state=TaskState.OPEN)
    return seen.select_related("owner").order_by("due_on", "pk")[:TASKS_SHOWN]


@prepared
def _done(client: int, who: Reader) -> QuerySet[Task]:
    seen = Task.objects.visible_to(who).filter(client=client, state=TaskState.DONE)
    return seen.select_related("owner").order_by("-done_at", "-pk")[:DONE_SHOWN]


@prepared
def _both(client: int, who: Reader) -> QuerySet[Task]:
    one, other = (part.build(client, who).values("pk") for part in (_waiting, _done))
    both = Task.objects.filter(Q(pk__in=one) | Q(pk__in=other))
    return both.select_related("owner").order_by("due_on", "pk")
