from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from clients.listing import filter_context, views_for
from clients.lists.clients import CLIENTS
from clients.models import Client
from common.exports import csv_response
from common.htmx import page
from common.lists.state import ListState
from sales.rules import MIN_COST_COVERAGE
from segmentation.forms.grid import GridFilterForm
from segmentation.labels import SEGMENTS
from segmentation.models import SegmentationRun
from segmentation.rules.grid import MIN_TENURE_DAYS, Segment
from segmentation.selectors.explained import history_of, reasons_of
from segmentation.selectors.grid import GridFilter, bubbles, grid_page, ordered_rows, placed_rows, tiles
from segmentation.selectors.runs import published_run, segment_of


@require_safe
def grid(request: HttpRequest) -> HttpResponse:
    run = published_run()
    context = _grid_context(request, run) if run else {"run": None}
    return page(request, "segmentation/grid.html", context, partial="table")


def _asked(request: HttpRequest) -> tuple[GridFilter, ListState]:
    """The grid is another picture of the list of clients: the same address asks the same of both."""
    chosen = GridFilterForm(request.GET).chosen()
    state = ListState.read(CLIENTS, request.GET, request.user)
    # Tiles stand for the segments, so they are counted under all other questions.
    others = tuple(pair for pair in state.values if not chosen.segment or pair[0] != "segment")
    asked = replace(state, values=others)
    if asked.is_narrowed:
        chosen = replace(chosen, clients=asked.asked_rows().order_by().values("pk"))
    return chosen, state


@dataclass(frozen=True)
class Header:
    """A column's heading; following it sorts by ``next_sort``."""

    label: str | Promise
    numeric: bool
    direction: str
    next_sort: str


# Key, label, and whether it is a figure: figures start with the largest.
_COLUMNS = [
    ("name", gettext_lazy("Client"), False),
    ("segment", gettext_lazy("Segment"), False),
    ("revenue", gettext_lazy("Revenue"), True),
    ("margin", gettext_lazy("Margin"), True),
]


def _header(sort: str, key: str, label: Promise, numeric: bool) -> Header:
    direction = {key: "ascending", f"-{key}": "descending"}.get(sort, "")
    starts = f"-{key}" if numeric else key
    turned = {key: f"-{key}", f"-{key}": key}.get(sort, starts)
    return Header(label, numeric, direction, turned)


def _kept(request: HttpRequest, chosen: GridFilter, state: ListState) -> list[tuple[str, str]]:
    """What the form of the filters sends on besides its own fields."""
    pairs = [("scope", state.scope), ("view", state.view), *(("col", key) for key in state.chosen)]
    if chosen.segment and "segment" not in dict(state.values):  # a company's own segments have that filter
        pairs.append(("segment", chosen.segment.value))
    if "sort" in request.GET:
        pairs.append(("sort", chosen.sort))
    return [pair for pair in [*pairs, ("scale", "" if chosen.log_scale else "linear")] if pair[1]]


def _grid_context(request: HttpRequest, run: SegmentationRun) -> dict[str, Any]:
    chosen, state = _asked(request)
    placed = placed_rows(run, request.user, chosen)
    counted = tiles(run, request.user, placed)
    table = grid_page(run, request.user, chosen, counted, placed)
    drawn = bubbles(run, request.user, chosen, table.total, placed)
    drawn.data["client_url"] = reverse("clients:detail", args=[0])
    by_segment = {tile.segment.value: tile for tile in counted}
    return filter_context(state, views_for(request, CLIENTS.key)) | {
        "here_url": request.path, "hidden": _kept(request, chosen, state), "is_narrowed": chosen.clients is not None,
        "run": run, "thresholds": run.thresholds, "chosen": chosen, "tiles": counted, "table": table,
        "bubbles": drawn, "athletes": by_segment[Segment.ATHLETE], "unknown": by_segment[Segment.TO_QUALIFY],
        "all_clients": sum(tile.clients for tile in counted),
        "headers": [_header(chosen.sort, *column) for column in _COLUMNS],
    }  # fmt: skip


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The table of the grid page as a file, under the same filter."""
    run = published_run()
    if run is None:
        raise Http404
    header = [
        _("Reference"), _("Client"), _("Segment"), _("Revenue, last 52 weeks"), _("Margin rate"),
        _("Share of sales with a cost"), _("Share of it assumed"), _("Revenue line"), _("Margin line"),
        _("Not placed because"), _("As of"), _("Rule version"),
    ]  # fmt: skip
    rows = _export_rows(request, run, _asked(request)[0])
    return csv_response(f"grid-{run.as_of.isoformat()}.csv", header, rows)


def _export_rows(request: HttpRequest, run: SegmentationRun, chosen: GridFilter) -> Iterator[list[Any]]:
    """Values and lines tell why a client is placed where it is; who is not placed gets the sentence."""
    labels = {segment.value: str(label) for segment, label in SEGMENTS.items()}
    lines = run.thresholds.lines
    line_amount = None if lines.revenue_cents is None else lines.revenue_cents / 100
    for row in ordered_rows(run, request.user, chosen).iterator(chunk_size=2000):
        row.run = run
        doubts = " ".join(reasons_of(row)) if row.segment == Segment.TO_QUALIFY else ""
        yield [
            row.client.ref, row.client.name, labels[row.segment], row.revenue_cents / 100, row.margin_rate,
            row.cost_coverage, row.assumed_share, line_amount, lines.margin_rate, doubts,
            run.as_of.isoformat(), run.rule_version,
        ]  # fmt: skip


@require_safe
def why(request: HttpRequest, client_pk: int) -> HttpResponse:
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=client_pk)
    row = segment_of(client)
    context = {
        "client": client, "row": row, "reasons": reasons_of(row) if row else [],
        "changes": history_of(client),
        "needed_coverage": MIN_COST_COVERAGE, "needed_days": MIN_TENURE_DAYS,
    }  # fmt: skip
    return page(request, "segmentation/why.html", context, partial="why")
