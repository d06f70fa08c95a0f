"""What the grid adds to the client's page and to the client list."""

from collections.abc import Mapping
from typing import Any

from django.db.models import CharField, F, FilteredRelation, Q, QuerySet, Value
from django.utils.functional import Promise

from clients.models import Client
from segmentation.labels import SEGMENTS
from segmentation.selectors.explained import history_of, position_of, reasons_of
from segmentation.selectors.runs import published_run, segment_of

STEPS_SHOWN = 5


def chip(client: Client, user: Any) -> Mapping[str, Any] | None:
    row = segment_of(client)
    return {"grid_row": row} if row else None


def position(client: Client, user: Any) -> Mapping[str, Any] | None:
    row = segment_of(client)
    if row is None:
        return None
    return {
        "grid_row": row,
        "grid_position": position_of(row),
        "grid_reasons": reasons_of(row),
        "changes": history_of(client)[:STEPS_SHOWN],
    }


def with_segment(clients: QuerySet[Any]) -> QuerySet[Any]:
    """Adds ``segment`` of the published run; a client it does not know keeps a null."""
    run = published_run()
    if run is None:
        return clients.annotate(segment=Value(None, output_field=CharField()))
    row = FilteredRelation("segments", condition=Q(segments__run=run.pk))
    return clients.annotate(grid_row=row).annotate(segment=F("grid_row__segment"))


def segment_choices() -> list[tuple[str, str | Promise]]:
    return [(segment.value, label) for segment, label in SEGMENTS.items()]
