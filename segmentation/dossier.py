"""What the page of a client reads of segments, playbooks, waves and matrix: each part once, as few queries."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat

from accounts.reader import Reader, reader
from clients.dossier import Dossier, is_profiled
from clients.timeline import PAGE_SIZE
from common.joins import with_row_of_run
from common.prepared import prepared
from segmentation.models import (
    AccompanimentStep,
    ClientReadiness,
    ClientSegment,
    OwnSegment,
    PlaybookText,
    PlayedStep,
    ReadinessRun,
    SegmentationRun,
    SegmentEvent,
)
from segmentation.rules.grid import Segment
from segmentation.rules.playbooks import DEFAULTS, Playbook, Stage
from segmentation.selectors.matrix import PathStep, steps_through
from segmentation.selectors.plan import ClientWay, way_of
from segmentation.selectors.playbooks import Done, Play, playbook_of, played_by, reading_language, told
from segmentation.selectors.runs import segment_of

EVENTS_READ = PAGE_SIZE + 1


def with_place(clients: QuerySet[Any]) -> QuerySet[Any]:
    """Joins each client's row of the newest grid, once: what the chip beside the name tells."""
    if "grid_joined" in clients.query._filtered_relations:  # type: ignore[attr-defined]
        return clients
    clients = with_row_of_run(clients, "grid_joined", "segments", _newest(SegmentationRun))
    return clients.select_related("grid_joined__run", "grid_joined__own")


def with_rows(clients: QuerySet[Any]) -> QuerySet[Any]:
    """Joins each client's rows of the newest grid and of the newest readiness, what people said of it, and the
    company's own words of the playbook it is played by."""
    clients = with_row_of_run(with_place(clients), "readiness_joined", "readiness", _newest(ReadinessRun))
    own = When(grid_joined__run__own__isnull=False, then=F("grid_joined__own__playbook"))
    clients = clients.annotate(
        played_as=Case(own, default=F("grid_joined__segment"), output_field=CharField())
    )
    text = PlaybookText.objects.filter(segment=OuterRef("played_as"), language=reading_language())
    return clients.annotate(
        book_aim=Subquery(text.values("aim")[:1]), book_stages=Subquery(text.values("stages")[:1])
    ).select_related(
        "grid_joined__run__thresholds__activated_by", "grid_joined__run__own", "grid_joined__own",
        "readiness_joined__run", "dilemma_diagnosis__by", "migration_facts",
    )  # fmt: skip


def _newest(runs: Any) -> QuerySet[Any]:
    newest: QuerySet[Any] = runs.objects.filter(published=True).order_by("-as_of").values("pk")[:1]
    return newest


def grid_row(dossier: Dossier) -> ClientSegment | None:
    """Where the newest run places the client, as in the list; None when it does not know it, and for who objects
    to profiling."""
    if not dossier.of(is_profiled):
        return None
    if not hasattr(dossier.client, "grid_joined_run"):
        return segment_of(dossier.client)
    row: ClientSegment | None = getattr(dossier.client, "grid_joined", None)
    return row


def moves(dossier: Dossier, most: int = EVENTS_READ) -> list[SegmentEvent]:
    """The newest changes of segment, each with the ``own_names`` of the own segments it tells of."""
    if not dossier.of(is_profiled):
        return []
    found: list[Any] = _moves(dossier.client.pk, reader(dossier.user), most)
    for event in found:
        ends = ((event.before, event.before_name, event.before_playbook),
                (event.after, event.after_name, event.after_playbook))  # fmt: skip
        event.own_names = {code: (name, playbook) for code, name, playbook in ends if name}
    return found


@prepared
def _moves(client: int, who: Reader, most: int) -> QuerySet[SegmentEvent]:
    rows = SegmentEvent.objects.visible_to(who).filter(client=client)
    for end in ("before", "after"):
        own = OwnSegment.objects.annotate(
            own_code=Concat(Value("own:"), Cast("pk", CharField()), output_field=CharField())
        ).filter(own_code=OuterRef(end))
        rows = rows.annotate(
            **{f"{end}_{name}": Subquery(own.values(name)[:1]) for name in ("name", "playbook")}
        )
    return rows.order_by("-at", "-pk")[:most]


@dataclass(frozen=True)
class Steps:
    """What was done with the client: steps of accompaniment by their code, of playbooks by segment and place."""

    accompaniment: dict[str, Done]
    played: dict[str, dict[tuple[int, int], Done]]


_ACCOMPANIMENT = ""


def steps(dossier: Dossier) -> Steps:
    found, rows = Steps({}, {}), _steps(dossier.client.pk)
    for kind, code, stage, step, done_on, name, email in rows:
        done = Done(done_on, name or email or "")
        if kind == _ACCOMPANIMENT:
            found.accompaniment[code] = done
        else:
            found.played.setdefault(code, {})[stage, step] = done
    return found


@prepared
def _steps(client: int) -> QuerySet[Any]:
    """Both kinds in one query."""
    columns = ("kind", "code", "first", "second", "done_on", "by__name", "by__email")
    walked = AccompanimentStep.objects.filter(client=client).annotate(
        kind=Value(_ACCOMPANIMENT, CharField()), code=F("step"), first=Value(0), second=Value(0)
    )
    played = PlayedStep.objects.filter(client=client).annotate(
        kind=Value("playbook", CharField()), code=F("segment"), first=F("stage"), second=F("step")
    )
    return walked.values_list(*columns).union(played.values_list(*columns), all=True)


def book(dossier: Dossier, segment: Segment) -> Playbook:
    client: Any = dossier.client
    if getattr(client, "played_as", None) != segment.value:
        return playbook_of(segment, reading_language())
    if client.book_stages is None:
        return DEFAULTS[segment][reading_language()]
    return Playbook(client.book_aim, tuple(Stage.from_json(stage) for stage in client.book_stages))


def play(dossier: Dossier) -> Play | None:
    segment = played_by(dossier.of(grid_row))
    if segment is None:
        return None
    diagnosis = getattr(dossier.client, "dilemma_diagnosis", None) if segment is Segment.DILEMMA else None
    return told(segment, book(dossier, segment), dossier.of(steps).played.get(segment.value, {}), diagnosis)


def way(dossier: Dossier) -> ClientWay | None:
    """None for a private client who objects to profiling."""
    if not dossier.of(is_profiled):
        return None
    segment = played_by(dossier.of(grid_row))
    row: ClientReadiness | None = getattr(dossier.client, "readiness_joined", None)
    return way_of(row, segment.value if segment else "", dossier.of(steps).accompaniment)


def path(dossier: Dossier) -> list[PathStep]:
    return steps_through(dossier.client) if dossier.of(is_profiled) else []


def newest_first(events: list[SegmentEvent]) -> list[SegmentEvent]:
    def day(event: SegmentEvent) -> tuple[date, int]:
        return event.as_of, event.pk

    return sorted(events, key=day, reverse=True)
