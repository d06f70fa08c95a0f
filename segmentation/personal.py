"""What care holds of a private client: its places in grid, readiness and matrix, and what people noted of its way."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clients.personal.sources import Section, Source, Subject, table
from segmentation.models import (
    AccompanimentStep,
    ClientCell,
    ClientReadiness,
    ClientSegment,
    DilemmaDiagnosis,
    MigrationFacts,
    OwnMember,
    PlayedStep,
    SegmentEvent,
)
from segmentation.selectors.explained import reasons_of

# Derived from the person's answers, or said of the person; a night's sums are stored with the run and stay.
_FORGOTTEN: tuple[Any, ...] = (
    ClientReadiness, ClientCell, AccompanimentStep, MigrationFacts, PlayedStep, DilemmaDiagnosis, OwnMember,
)  # fmt: skip


def collect(subject: Subject) -> Iterator[Section]:
    if not subject.is_whole:
        return
    rows = ClientSegment.objects.filter(client__in=subject.client_ids, run__published=True)
    yield Section(
        "segments",
        _("Segments"),
        ["as_of", "rule_version", "segment", "revenue_cents", "margin_rate", "why"],
        [
            [
                row.run.as_of, row.run.rule_version, str(row.own) if row.own_id else row.get_segment_display(), row.revenue_cents, row.margin_rate,
                " ".join(reasons_of(row)),
            ]
            for row in rows.select_related("run__thresholds", "own").order_by("run__as_of")
        ],
    )  # fmt: skip
    yield table(
        "segment_events",
        _of(SegmentEvent, subject).order_by("as_of"),
        ["as_of", "before", "after", "cause", "rule_version"],
    )
    yield table(
        "readiness", _of(ClientReadiness, subject).filter(run__published=True).order_by("run__as_of"),
        ["run__as_of", "run__rule_version", "revenue_cents", "type", "status", "ready", "online_share", "wave", "hold"],
    )  # fmt: skip
    yield table(
        "matrix_cells", _of(ClientCell, subject).filter(run__published=True).order_by("run__as_of"),
        ["run__as_of", "run__rule_version", "cell", "why", "revenue_cents"],
    )  # fmt: skip
    yield table(
        "accompaniment", _of(AccompanimentStep, subject).order_by("done_on"), ["step", "done_on", "by__name"]
    )
    yield table(
        "migration_facts",
        _of(MigrationFacts, subject),
        ["is_volunteer", "is_ambassador", "hours", "changed_at"],
    )
    yield table(
        "played_steps", _of(PlayedStep, subject).order_by("done_on"),
        ["segment", "stage", "step", "done_on", "by__name"],
    )  # fmt: skip
    yield table("diagnosis", _of(DilemmaDiagnosis, subject), ["diagnosis", "target", "made_on", "by__name"])


def _of(model: Any, subject: Subject) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(client__in=subject.client_ids)
    return rows


def erase(subject: Subject, now: datetime) -> dict[str, int]:
    if not subject.is_whole:
        return {}
    rows = {model._meta.model_name: _of(model, subject) for model in _FORGOTTEN}
    return {name: found.delete()[0] for name, found in rows.items()}


source = Source("segmentation", collect, erase, position=50)
