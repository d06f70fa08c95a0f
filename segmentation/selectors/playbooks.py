"""Playbooks in the reader's language, and how far each client is in its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils.translation import get_language

from accounts.rights import sees_all
from clients.models import Client
from segmentation.models import ClientSegment, DilemmaDiagnosis, PlaybookText, PlayedStep
from segmentation.rules.grid import Segment
from segmentation.rules.own import PLAYBOOKS
from segmentation.rules.playbooks import DEFAULTS, LANGUAGES, Playbook
from segmentation.selectors.runs import published_run, segment_of


def reading_language() -> str:
    language = (get_language() or "en")[:2]
    return language if language in LANGUAGES else "en"


def playbook_of(segment: Segment, language: str) -> Playbook:
    own = PlaybookText.objects.filter(segment=segment.value, language=language).first()
    return own.playbook if own else DEFAULTS[segment][language]


@dataclass(frozen=True)
class Done:
    """When a step was done, and by whom."""

    done_on: date
    by: str


def played_by(row: ClientSegment | None) -> Segment | None:
    """Which playbook a client is played by; null for none."""
    if row is None:
        return None
    code = row.segment if row.run.own_id is None else row.own.playbook if row.own else ""
    return Segment(code) if code in {segment.value for segment in PLAYBOOKS} else None


@dataclass(frozen=True)
class PlayStep:
    stage: int
    step: int
    text: str
    done: Done | None


@dataclass(frozen=True)
class PlayStage:
    title: str
    steps: list[PlayStep]

    @property
    def done(self) -> int:
        return sum(1 for step in self.steps if step.done)


@dataclass(frozen=True)
class Play:
    segment: Segment
    aim: str
    stages: list[PlayStage]
    diagnosis: DilemmaDiagnosis | None

    @property
    def total(self) -> int:
        return sum(len(stage.steps) for stage in self.stages)

    @property
    def done(self) -> int:
        return sum(stage.done for stage in self.stages)


def play_of(client: Client) -> Play | None:
    segment = played_by(segment_of(client))
    if segment is None:
        return None
    rows = PlayedStep.objects.filter(client=client, segment=segment.value).select_related("by")
    done = {(row.stage, row.step): Done(row.done_on, str(row.by or "")) for row in rows}
    diagnosis = None
    if segment is Segment.DILEMMA:
        diagnosis = DilemmaDiagnosis.objects.filter(client=client).select_related("by").first()
    return told(segment, playbook_of(segment, reading_language()), done, diagnosis)


def told(
    segment: Segment, book: Playbook, done: Mapping[tuple[int, int], Done], diagnosis: DilemmaDiagnosis | None
) -> Play:
    """A playbook with what is done of it; ``done`` by stage and step."""
    stages = [
        PlayStage(stage.title, [PlayStep(i, j, text, done.get((i, j))) for j, text in enumerate(stage.steps)])
        for i, stage in enumerate(book.stages)
    ]
    return Play(segment, book.aim, stages, diagnosis)


@dataclass(frozen=True)
class BookRow:
    """``started``: clients of the segment with a step done, ``clients``: all of them, as far as the reader sees."""

    segment: Segment
    book: Playbook
    clients: int
    started: int
    diagnosed: int


def book_rows(user: Any) -> list[BookRow]:
    begun = PlayedStep.objects.visible_to(user).values("segment").annotate(n=Count("client", distinct=True))
    started = dict(begun.values_list("segment", "n"))
    diagnosed = DilemmaDiagnosis.objects.visible_to(user).count()
    clients = _clients_by_playbook(user)
    return [
        BookRow(
            segment, playbook_of(segment, reading_language()), clients.get(segment.value, 0),
            started.get(segment.value, 0), diagnosed if segment is Segment.DILEMMA else 0,
        )
        for segment in PLAYBOOKS
    ]  # fmt: skip


def _clients_by_playbook(user: Any) -> dict[str, int]:
    """The night's own counts for who sees every client: no second pass over all rows."""
    run = published_run()
    if run is None:
        return {}
    if run.own_id is None and sees_all(user):
        gone = ClientSegment.objects.filter(run=run).withheld_from(user).values_list("segment")
        less = dict(gone.annotate(n=Count("pk")))
        return {name: count - less.get(name, 0) for name, count in run.counts["segments"].items()}
    placed = ClientSegment.objects.filter(run=run).visible_to(user)
    field = "segment" if run.own_id is None else "own__playbook"
    return dict(placed.values_list(field).annotate(n=Count("pk")))
