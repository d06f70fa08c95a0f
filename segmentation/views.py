from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from clients.models import Client
from common.exports import csv_response
from common.htmx import page
from sales.rules import MIN_COST_COVERAGE
from segmentation.forms import ActivationForm, GridFilterForm, LinesForm
from segmentation.labels import PRESET_NOTES, PRESETS, SEGMENTS
from segmentation.models import SegmentationRun
from segmentation.rules.grid import MIN_TENURE_DAYS, Preset, Segment
from segmentation.selectors.explained import history_of, reasons_of
from segmentation.selectors.grid import GridFilter, bubbles, grid_page, ordered_rows, tiles
from segmentation.selectors.proposals import Proposal, propose_thresholds
from segmentation.selectors.runs import active_thresholds, published_run, segment_of
from segmentation.services import activate_thresholds


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)  # the middleware lets nobody else in


@require_safe
def grid(request: HttpRequest) -> HttpResponse:
    run = published_run()
    chosen = GridFilterForm(request.GET).chosen()
    context = _grid_context(request, run, chosen) if run else {"run": None}
    return page(request, "segmentation/grid.html", context, partial="table")


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


def _grid_context(request: HttpRequest, run: SegmentationRun, chosen: GridFilter) -> dict[str, Any]:
    counted = tiles(run, request.user)
    table = grid_page(run, request.user, chosen, counted)
    drawn = bubbles(run, request.user, chosen, table.total)
    drawn.data["client_url"] = reverse("clients:detail", args=[0])
    by_segment = {tile.segment.value: tile for tile in counted}
    return {
        "run": run, "thresholds": run.thresholds, "chosen": chosen, "tiles": counted, "table": table,
        "bubbles": drawn, "athletes": by_segment[Segment.ATHLETE], "unknown": by_segment[Segment.TO_QUALIFY],
        "all_clients": sum(tile.clients for tile in counted),
        "headers": [_header(chosen.sort, *column) for column in _COLUMNS],
        "segment_choices": [(segment.value, label) for segment, label in SEGMENTS.items()],
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
    rows = _export_rows(request, run, GridFilterForm(request.GET).chosen())
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


@require_safe
def thresholds(request: HttpRequest) -> HttpResponse:
    """Everybody reads the lines in force; who may configure also sees what others would change."""
    run = published_run()
    context: dict[str, Any] = {"run": run, "current": active_thresholds()}
    if run and _user(request).may_configure:
        context |= _proposals_context(request, run)
    return page(request, "segmentation/thresholds.html", context)


def _proposals_context(request: HttpRequest, run: SegmentationRun) -> dict[str, Any]:
    asked = "revenue" in request.GET
    form = LinesForm(request.GET if asked else None, initial=LinesForm.typed(run.thresholds.lines))
    typed = form.lines() if asked and form.is_valid() else None
    found = propose_thresholds(run, request.user, [Preset.ABC, Preset.MEDIANS], typed)
    abc, medians, *rest = [_described(proposal, run) for proposal in found]
    return {"form": form, "proposals": [abc, medians], "typed": rest[0] if rest else None}


def _described(proposal: Proposal, run: SegmentationRun) -> dict[str, Any]:
    lines = proposal.thresholds
    in_force = lines == run.thresholds.lines
    return {
        "proposal": proposal,
        "label": PRESETS[proposal.preset],
        "note": PRESET_NOTES[proposal.preset],
        "form": ActivationForm(
            initial=LinesForm.typed(lines) | {"preset": proposal.preset.value, "as_of": run.as_of.isoformat()}
        ),
        "in_force": in_force,
        "confirmed": in_force and not run.thresholds.automatic,
    }


@require_POST
def activate(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    if not user.may_configure:
        raise PermissionDenied
    form = ActivationForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The lines were not moved: an amount and a percentage are needed."))
        return redirect("segmentation:thresholds")
    try:
        done = activate_thresholds(
            preset=form.chosen_preset, as_of=form.cleaned_data["as_of"], by=user, now=timezone.now(),
            typed=form.lines() if form.chosen_preset is Preset.TYPED else None,
        )  # fmt: skip
    except ValueError:
        messages.error(request, _("The lines were not moved: there is nothing to draw them from."))
    else:
        messages.success(
            request,
            _("Version %(version)s is in force; all clients were placed again.") % {"version": done.pk},
        )
    return redirect("segmentation:thresholds")
