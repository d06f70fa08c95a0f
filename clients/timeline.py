"""What happened with a client, from all sources, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients import registry
from clients.labels import BATCH_KINDS, INTERACTION_KINDS
from clients.models import Batch, Change, Client, Interaction, Task
from clients.registry import Event
from clients.rules import BatchKind, InteractionKind, TaskState
from common.paging import Page
from common.periods import WINDOW_DAYS

PAGE_SIZE = 10
MAX_PAGE = 50
ICONS = {
    InteractionKind.CALL: "telephone", InteractionKind.VISIT: "shop", InteractionKind.MAIL: "envelope",
    InteractionKind.MEETING: "people", InteractionKind.NOTE: "sticky",
}  # fmt: skip
TASK_DONE = "task"
BATCH_ICONS = {BatchKind.IMPORT: "upload", BatchKind.MERGE: "intersect", BatchKind.BULK: "ui-checks"}


def _talks(client: Client, user: Any, kinds: Sequence[str], most: int) -> list[Event]:
    rows = Interaction.objects.visible_to(user).filter(client=client)
    if len(kinds) < len(INTERACTION_KINDS):
        rows = rows.filter(kind__in=kinds)
    rows = rows.select_related("by", "person").order_by("-happened_at", "-pk")[:most]
    return [
        Event(
            at=row.happened_at, kind=row.kind, icon=ICONS[InteractionKind(row.kind)],
            template="clients/timeline/talk.html", record=row,
        )
        for row in rows
    ]  # fmt: skip


def _done_tasks(client: Client, user: Any, kinds: Sequence[str], most: int) -> list[Event]:
    rows = Task.objects.visible_to(user).filter(client=client, state=TaskState.DONE)
    rows = rows.select_related("owner").order_by("-done_at", "-pk")[:most]
    return [
        Event(
            at=row.done_at, kind=TASK_DONE, icon="check2-square", template="clients/timeline/task.html",
            record=row,
        )
        for row in rows
    ]  # fmt: skip


def _batches(client: Client, user: Any, kinds: Sequence[str], most: int) -> list[Event]:
    """Acts on many records that changed this client; who brought a file or merged, the journal tells too."""
    touched = Change.objects.visible_to(user).filter(client=client, batch__isnull=False).values("batch")
    rows = Batch.objects.filter(pk__in=touched, kind__in=kinds).select_related("by")
    return [
        Event(
            at=row.at, kind=row.kind, icon=BATCH_ICONS[BatchKind(row.kind)], title=_batch_title(row),
            by=str(row.by or ""),
        )
        for row in rows.order_by("-at", "-pk")[:most]
    ]  # fmt: skip


def _batch_title(batch: Batch) -> str:
    if batch.kind == BatchKind.MERGE:
        title = gettext("Merged with %(ref)s") % {"ref": batch.label}
    else:
        title = (
            f"{BATCH_KINDS[BatchKind(batch.kind)]}: {batch.label}"
            if batch.label
            else str(BATCH_KINDS[BatchKind(batch.kind)])
        )
    return gettext("%(act)s (undone)") % {"act": title} if batch.undone_at else title


talks = registry.TimelineSource(
    "talks", {kind.value: label for kind, label in INTERACTION_KINDS.items()}, _talks, position=10
)
done_tasks = registry.TimelineSource("tasks", {TASK_DONE: _("Task done")}, _done_tasks, position=20)
batches = registry.TimelineSource(
    "batches", {kind.value: BATCH_KINDS[kind] for kind in BATCH_ICONS}, _batches, position=60
)


@dataclass(frozen=True, kw_only=True)
class Timeline(Page[Event]):
    kind: str
    kinds: list[tuple[str, str | Promise]]


def timeline(client: Client, user: Any, *, kind: str = "", number: int = 1) -> Timeline:
    """One page; a source that does not know ``kind`` is not asked. An unknown kind shows everything."""
    sources = registry.timeline_sources()
    kinds = [(key, label) for source in sources for key, label in source.kinds.items()]
    kind = kind if kind in dict(kinds) else ""
    number = min(max(number, 1), MAX_PAGE)
    most = number * PAGE_SIZE + 1
    events: list[Event] = []
    for source in sources:
        if wanted := [key for key in source.kinds if kind in ("", key)]:
            events += source.events(client, user, wanted, most)
    events.sort(key=lambda event: event.at, reverse=True)
    rows = list(islice(events, most - 1 - PAGE_SIZE, most - 1))
    more = len(events) >= most and number < MAX_PAGE
    return Timeline(rows=rows, number=number, size=PAGE_SIZE, has_next=more, kind=kind, kinds=kinds)


@dataclass(frozen=True)
class ServiceTime:
    """Minutes spent on a client in 364 days, as far as somebody wrote them down.

    ``minutes`` is ``None`` when of no talk the length is known; ``unknown`` counts the others. A note takes
    no time of its own unless it says so.
    """

    minutes: int | None
    known: int
    unknown: int


def service_time(client: Client, user: Any, now: datetime) -> ServiceTime:
    timed = Q(minutes__isnull=False)
    row = (
        Interaction.objects.visible_to(user)
        .filter(client=client, happened_at__gt=now - timedelta(days=WINDOW_DAYS), happened_at__lte=now)
        .aggregate(
            total=Sum("minutes"), known=Count("pk", filter=timed),
            unknown=Count("pk", filter=~timed & ~Q(kind=InteractionKind.NOTE)),
        )
    )  # fmt: skip
    return ServiceTime(row["total"], row["known"], row["unknown"])
