"""What happened with a client, from all sources, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum, Window
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.reader import Reader, reader
from clients import registry
from clients.dossier import DONE_SHOWN, Dossier
from clients.dossier import done_tasks as tasks_done
from clients.labels import BATCH_KINDS, INTERACTION_KINDS
from clients.models import Batch, Change, Interaction, Task
from clients.registry import Event
from clients.rules import BatchKind, InteractionKind, TaskState
from common.paging import Page
from common.periods import WINDOW_DAYS
from common.prepared import prepared

PAGE_SIZE = 10
MAX_PAGE = 50
ICONS = {
    InteractionKind.CALL: "telephone", InteractionKind.VISIT: "shop", InteractionKind.MAIL: "envelope",
    InteractionKind.MEETING: "people", InteractionKind.NOTE: "sticky",
}  # fmt: skip
TASK_DONE = "task"
BATCH_ICONS = {BatchKind.IMPORT: "upload", BatchKind.MERGE: "intersect", BatchKind.BULK: "ui-checks"}


@dataclass(frozen=True)
class ServiceTime:
    """Minutes spent on a client in 364 days, as far as somebody wrote them down.

    ``minutes`` is ``None`` when of no talk the length is known; ``unknown`` counts the others. A note takes
    no time of its own unless it says so.
    """

    minutes: int | None = None
    known: int = 0
    unknown: int = 0


@dataclass(frozen=True)
class Talks:
    newest: list[Interaction]
    service: ServiceTime


def talks_of(dossier: Dossier) -> Talks:
    """The newest talks, and the service time over all of them, in one query."""
    since = dossier.now - timedelta(days=WINDOW_DAYS)
    lately, timed = Q(happened_at__gt=since, happened_at__lte=dossier.now), Q(minutes__isnull=False)
    untimed = lately & ~timed & ~Q(kind=InteractionKind.NOTE)
    rows = _talks_seen(dossier).annotate(
        total=Window(Sum("minutes", filter=lately)), known=Window(Count("pk", filter=lately & timed)),
        unknown=Window(Count("pk", filter=untimed)),
    )  # fmt: skip
    newest: list[Any] = list(rows[: PAGE_SIZE + 1])
    if not newest:
        return Talks([], ServiceTime())
    first = newest[0]
    return Talks(newest, ServiceTime(first.total, first.known, first.unknown))


def _talks_seen(dossier: Dossier) -> QuerySet[Interaction]:
    rows = Interaction.objects.visible_to(dossier.user).filter(client=dossier.client)
    return rows.select_related("by", "person").order_by("-happened_at", "-pk")


def _talks(dossier: Dossier, kinds: Sequence[str], most: int) -> list[Event]:
    if len(kinds) == len(INTERACTION_KINDS) and most <= PAGE_SIZE + 1:
        rows = dossier.of(talks_of).newest[:most]
    else:
        rows = list(_talks_seen(dossier).filter(kind__in=kinds)[:most])
    return [
        Event(
            at=row.happened_at, kind=row.kind, icon=ICONS[InteractionKind(row.kind)],
            template="clients/timeline/talk.html", record=row,
        )
        for row in rows
    ]  # fmt: skip


def _done_tasks(dossier: Dossier, kinds: Sequence[str], most: int) -> list[Event]:
    if most <= DONE_SHOWN:
        rows = tasks_done(dossier)[:most]
    else:
        seen = Task.objects.visible_to(dossier.user).filter(client=dossier.client, state=TaskState.DONE)
        rows = list(seen.select_related("owner").order_by("-done_at", "-pk")[:most])
    return [
        Event(
            at=row.done_at, kind=TASK_DONE, icon="check2-square", template="clients/timeline/task.html",
            record=row,
        )
        for row in rows
        if row.done_at is not None
    ]  # fmt: skip


def _batches(dossier: Dossier, kinds: Sequence[str], most: int) -> list[Event]:
    """Acts on many records that changed this client; who brought a file or merged, the journal tells too."""
    return [
        Event(
            at=row.at, kind=row.kind, icon=BATCH_ICONS[BatchKind(row.kind)], title=_batch_title(row),
            by=str(row.by or ""),
        )
        for row in _acts(dossier.client.pk, reader(dossier.user), tuple(kinds), most)
    ]  # fmt: skip


@prepared
def _acts(client: int, who: Reader, kinds: tuple[str, ...], most: int) -> QuerySet[Batch]:
    seen = Change.objects.visible_to(who).filter(client=client, batch__isnull=False)
    rows = Batch.objects.filter(pk__in=seen.values("batch"), kind__in=kinds).select_related("by")
    return rows.order_by("-at", "-pk")[:most]


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


def timeline(dossier: Dossier, *, kind: str = "", number: int = 1) -> Timeline:
    """One page; a source that does not know ``kind`` is not asked. An unknown kind shows everything."""
    sources = registry.timeline_sources()
    kinds = [(key, label) for source in sources for key, label in source.kinds.items()]
    kind = kind if kind in dict(kinds) else ""
    number = min(max(number, 1), MAX_PAGE)
    most = number * PAGE_SIZE + 1
    events: list[Event] = []
    for source in sources:
        if wanted := [key for key in source.kinds if kind in ("", key)]:
            events += source.events(dossier, wanted, most)
    events.sort(key=lambda event: event.at, reverse=True)
    rows = list(islice(events, most - 1 - PAGE_SIZE, most - 1))
    more = len(events) >= most and number < MAX_PAGE
    return Timeline(rows=rows, number=number, size=PAGE_SIZE, has_next=more, kind=kind, kinds=kinds)
