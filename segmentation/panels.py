"""What the grid adds to the client's page and to the client list."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, CharField, F, FilteredRelation, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat
from django.utils.functional import Promise

from clients.models import Client
from clients.personal.profiling import profiled_q
from segmentation.labels import SEGMENTS
from segmentation.selectors.explained import history_of, position_of, reasons_of
from segmentation.selectors.own import own_in_force, segments_in_order
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
    """Adds ``segment``, the code of the one that counts in the published run; null for a client it does not
    know, or that stands in no segment of the company's own."""
    run = published_run()
    if run is None:
        return clients.annotate(segment=Value(None, output_field=CharField()))
    row = FilteredRelation("segments", condition=Q(segments__run=run.pk))
    clients = clients.annotate(grid_row=row)
    if run.own_id is None:
        shown = When(profiled_q("pk"), then=F("grid_row__segment"))
        return clients.annotate(segment=Case(shown, default=None, output_field=CharField()))
    own = Concat(Value("own:"), Cast("grid_row__own_id", CharField()))
    known = When(profiled_q("pk"), grid_row__own_id__isnull=False, then=own)
    return clients.annotate(segment=Case(known, default=None, output_field=CharField()))


def segment_choices() -> list[tuple[str, str | Promise]]:
    own = own_in_force()
    if own is not None:
        return [(segment.event_code, segment.name) for segment in segments_in_order(own)]
    return [(segment.value, label) for segment, label in SEGMENTS.items()]
