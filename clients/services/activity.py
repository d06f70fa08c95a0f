"""Talks and tasks: every write keeps the history of the client."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from clients.models import Client, Interaction, Person, Task
from clients.rules import InteractionKind, TaskState
from clients.services.records import save_record, standing


@transaction.atomic
def log_interaction(
    interaction: Interaction, *, by: Any, at: datetime, next_on: date | None = None, seen: str = ""
) -> Task | None:
    """Save a talk; what comes next by a day becomes a task of the writer, once however often it is saved.

    A sign of the person counts as contact from them: it restarts the clock of retention.
    """
    if interaction.pk is None:
        interaction.by = by
    save_record(interaction, by=by, at=at, client=interaction.client, seen=seen)
    _note_contact(interaction, by, at)
    if not next_on or not interaction.next_step:
        return None
    return open_task(
        client=interaction.client, title=interaction.next_step, due_on=next_on, owner=by, by=by, at=at,
        origin=f"interaction:{interaction.pk}",
    )  # fmt: skip


def _note_contact(interaction: Interaction, by: Any, at: datetime) -> None:
    person: Person | None = interaction.person
    speaks = interaction.came_from_client or interaction.kind in (
        InteractionKind.CALL, InteractionKind.VISIT, InteractionKind.MEETING,
    )  # fmt: skip
    day = interaction.happened_at.date()
    if person and speaks and (person.last_contact_on is None or person.last_contact_on < day):
        person.last_contact_on = day
        save_record(person, by=by, at=at, client=interaction.client)


@transaction.atomic
def open_task(
    *, client: Client, title: str, due_on: date, owner: Any, by: Any, at: datetime, origin: str | None = None,
    note: str = "",
) -> Task:  # fmt: skip
    """A new task, or the one its ``origin`` made before."""
    client = standing(client)
    known = Task.objects.filter(origin=origin).first() if origin else None
    if known:
        return known
    task = Task(
        client=client, title=title[:200], due_on=due_on, owner=owner, created_by=by, origin=origin, note=note
    )
    save_record(task, by=by, at=at, client=client)
    return task


def save_task(task: Task, *, by: Any, at: datetime, seen: str = "") -> None:
    """Raises ``Stale`` when somebody changed the task after ``seen``."""
    if task.pk is None:
        task.created_by = by
    save_record(task, by=by, at=at, client=task.client, seen=seen)


@transaction.atomic
def set_task_state(*, task: Task, state: TaskState, by: Any, at: datetime) -> Task:
    """Done, open again or called off; the same again changes nothing, also not the moment it was done."""
    current = Task.objects.select_for_update().select_related(None).get(pk=task.pk)
    if current.state != state:
        current.state = state.value
        current.done_at = at if state == TaskState.DONE else None
        save_record(current, by=by, at=at, client=task.client)
    return current


@transaction.atomic
def postpone_task(*, task: Task, due_on: date, by: Any, at: datetime) -> Task:
    current = Task.objects.select_for_update().get(pk=task.pk)
    current.due_on = due_on
    save_record(current, by=by, at=at, client=task.client)
    return current


def postponed_to(today: date, step: str) -> date:
    """The day a button of the list stands for: tomorrow, next Monday, or four weeks on. Counted from
    today, not from the day that was missed, so that pressing twice does not postpone twice."""
    steps = {
        "tomorrow": today + timedelta(days=1),
        "monday": today + timedelta(days=7 - today.weekday()),
        "month": today + timedelta(days=28),
    }
    return steps[step]


POSTPONE_STEPS = ("tomorrow", "monday", "month")
