"""What the grid adds to the client's page and to the client list."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.functional import Promise

from accounts.rights import may
from accounts.rules import Act
from clients.personal.profiling import profiled_one_by_one, profiled_q
from clients.registry import Dossier
from segmentation import dossier as parts
from segmentation.labels import CELLS, DIAGNOSES, OFFERS, SEGMENTS, STEPS
from segmentation.models import MatrixRun, PlayedStep, SegmentationRun
from segmentation.rules.grid import Segment
from segmentation.rules.playbooks import TARGETS
from segmentation.rules.waves import Step
from segmentation.selectors.explained import position_of, reasons_of
from segmentation.selectors.matrix import matrix_run
from segmentation.selectors.own import own_choices
from segmentation.selectors.runs import published_run

STEPS_SHOWN = 5
Who = Callable[[], Q]
"""Clients who may be profiled: asked of each, or (``of_all``) of all at once, to sort by what is shown of them."""


def of_all() -> Q:
    return profiled_q("pk")


def chip(dossier: Dossier) -> Mapping[str, Any] | None:
    row = dossier.of(parts.grid_row)
    return {"grid_row": row} if row else None


def position(dossier: Dossier) -> Mapping[str, Any] | None:
    row = dossier.of(parts.grid_row)
    if row is None:
        return None
    return {
        "grid_row": row,
        "grid_position": position_of(row),
        "grid_reasons": reasons_of(row),
        "changes": parts.newest_first(dossier.of(parts.moves))[:STEPS_SHOWN],
    }


def way(dossier: Dossier) -> Mapping[str, Any] | None:
    """The client on its way online: wave, steps, path through the matrix."""
    found, path = parts.way(dossier), parts.path(dossier)
    if found is None or (found.row is None and not path):
        return None
    may_edit = may(dossier.user, Act.EDIT)
    return {
        "way": found, "path": path, "offer": OFFERS.get(found.offer, ""),
        "steps": [(step, STEPS[Step(step)], done) for step, done in found.steps],
        "facts": getattr(dossier.client, "migration_facts", None) if may_edit else None,
        "may_edit": may_edit,
    }  # fmt: skip


def play(dossier: Dossier) -> Mapping[str, Any] | None:
    found = parts.play(dossier)
    if found is None:
        return None
    context: dict[str, Any] = {"play": found, "may_edit": may(dossier.user, Act.EDIT)}
    if found.segment is Segment.DILEMMA:
        context["diagnoses"] = [(each.value, label) for each, label in DIAGNOSES.items()]
        context["targets"] = [(each.value, SEGMENTS[each]) for each in TARGETS]
    return context


def with_cell(clients: QuerySet[Any], who: Who = profiled_one_by_one) -> QuerySet[Any]:
    """Adds ``matrix_cell`` of the published matrix; null for a client it does not know or may not profile."""
    run = matrix_run()
    if run is None:
        return clients.annotate(matrix_cell=Value(None, output_field=CharField()))
    shown = When(who(), then=F("matrix_row__cell"))
    cell = Case(shown, default=None, output_field=CharField())
    return _celled_by(run, clients).annotate(matrix_cell=cell)


def _celled_by(run: MatrixRun, clients: QuerySet[Any]) -> QuerySet[Any]:
    if "matrix_row" in clients.query._filtered_relations:  # type: ignore[attr-defined]
        return clients
    return clients.annotate(
        matrix_row=FilteredRelation("matrix_cells", condition=Q(matrix_cells__run=run.pk))
    )


def only_cell(clients: QuerySet[Any], cell: str) -> QuerySet[Any]:
    run = matrix_run()
    if run is None:
        return clients.none()
    return _celled_by(run, clients).filter(profiled_q("pk"), matrix_row__cell=cell)


def cell_choices() -> list[tuple[str, str | Promise]]:
    return [(cell.value, label) for cell, label in CELLS.items()]


def with_steps(clients: QuerySet[Any], who: Who = profiled_one_by_one) -> QuerySet[Any]:
    """Adds ``played``: how many steps of playbooks are done with the client; null for none, and for a private
    client who objects to profiling."""
    steps = PlayedStep.objects.filter(client=OuterRef("pk")).order_by().values("client")
    count = Subquery(steps.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    played = Case(When(who(), then=count), default=None, output_field=IntegerField())
    return clients.annotate(played=played)


def with_diagnosis(clients: QuerySet[Any], who: Who = profiled_one_by_one) -> QuerySet[Any]:
    """Adds ``diagnosis`` of a dilemma; null for none, and for a private client who objects to profiling."""
    shown = When(who(), then=F("dilemma_diagnosis__diagnosis"))
    return clients.annotate(diagnosis=Case(shown, default=None, output_field=CharField()))


def only_diagnosis(clients: QuerySet[Any], diagnosis: str) -> QuerySet[Any]:
    return clients.filter(profiled_q("pk"), dilemma_diagnosis__diagnosis=diagnosis)


def diagnosis_choices() -> list[tuple[str, str | Promise]]:
    return [(each.value, label) for each, label in DIAGNOSES.items()]


def with_dilemma_steps(clients: QuerySet[Any], who: Who = profiled_one_by_one) -> QuerySet[Any]:
    """Adds ``dilemma_steps``: how many steps of the dilemmas' playbook are done; null without a diagnosis, 0 when none
    is done yet."""
    steps = (
        PlayedStep.objects.filter(client=OuterRef("pk"), segment=Segment.DILEMMA.value)
        .order_by()
        .values("client")
    )
    count = Coalesce(Subquery(steps.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)
    known = When(who(), dilemma_diagnosis__isnull=False, then=count)
    return clients.annotate(dilemma_steps=Case(known, default=None, output_field=IntegerField()))


def with_segment(clients: QuerySet[Any], who: Who = profiled_one_by_one) -> QuerySet[Any]:
    """Adds ``segment``, the code of the one that counts in the published run; null for a client it does not
    know, or that stands in no segment of the company's own."""
    run = published_run()
    if run is None:
        return clients.annotate(segment=Value(None, output_field=CharField()))
    clients = _placed_by(run, clients)
    if run.own_id is None:
        shown = When(who(), then=F("grid_row__segment"))
        return clients.annotate(segment=Case(shown, default=None, output_field=CharField()))
    own = Concat(Value("own:"), Cast("grid_row__own_id", CharField()))
    known = When(who(), grid_row__own_id__isnull=False, then=own)
    return clients.annotate(segment=Case(known, default=None, output_field=CharField()))


def _placed_by(run: SegmentationRun, clients: QuerySet[Any]) -> QuerySet[Any]:
    """Joined once, whoever asks for it."""
    if "grid_row" in clients.query._filtered_relations:  # type: ignore[attr-defined]
        return clients
    return clients.annotate(grid_row=FilteredRelation("segments", condition=Q(segments__run=run.pk)))


def only_segment(clients: QuerySet[Any], code: str) -> QuerySet[Any]:
    run = published_run()
    if run is None:
        return clients.none()
    placed = _placed_by(run, clients).filter(profiled_q("pk"))
    if run.own_id is None:
        return placed.filter(grid_row__segment=code)
    own = code.removeprefix("own:")
    return placed.filter(grid_row__own_id=int(own)) if own.isdecimal() else placed.none()


def segment_choices() -> list[tuple[str, str | Promise]]:
    own = own_choices()
    if own is not None:
        return own
    return [(segment.value, label) for segment, label in SEGMENTS.items()]
