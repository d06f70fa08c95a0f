"""The migration matrix, its flows and its reference days."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rights import may
from accounts.rules import Act
from common.htmx import page
from segmentation.forms.migration import ReferenceForm
from segmentation.labels import CELLS, MATRIX_WHYS, SEGMENTS
from segmentation.rules.grid import Segment
from segmentation.rules.matrix import Bucket, Cell, Why
from segmentation.selectors.matrix import MatrixPage, matrix_page, matrix_run, reference_days
from segmentation.services.matrix import set_reference
from segmentation.views import user_of
from segmentation.views.migration import names_of_types

_ROWS = (
    (Bucket.NEW_ONLINE, (Cell.MUTATION, Cell.DIVERSIFICATION)),
    (Bucket.CLASSIC_ONLINE, (Cell.MIGRATION, Cell.CONQUEST)),
    (Bucket.OFFLINE, (Cell.CURRENT, Cell.OFFLINE_NEW)),
)
_ONLINE = (Cell.MUTATION, Cell.DIVERSIFICATION, Cell.MIGRATION, Cell.CONQUEST)
_REST = (Cell.UNKNOWN, Cell.ABSENT)


def _row_label(bucket: Bucket) -> str:
    return {
        Bucket.NEW_ONLINE: _("New services online"),
        Bucket.CLASSIC_ONLINE: _("Classic services online"),
        Bucket.OFFLINE: _("Classic services off the internet"),
    }[bucket]


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    run = matrix_run()
    if run is None:
        return page(request, "segmentation/matrix.html", {"run": None})
    found = matrix_page(run, request.user)
    split = "type" if request.GET.get("split") == "type" else "segment"
    online = [found.cells[cell] for cell in _ONLINE]
    revenue = found.revenue_cents
    context = {
        "run": run, "page": found, "split": split,
        "rows": [
            {"label": _row_label(bucket), "cells": [_cell(found, cell) for cell in cells]}
            for bucket, cells in _ROWS
        ],
        "rest": [_cell(found, cell) for cell in _REST],
        "whys": [(MATRIX_WHYS[Why(why)], clients, cents) for why, clients, cents in found.whys],
        "online_clients": sum(each.clients for each in online),
        "online_share": sum(each.revenue_cents for each in online) / revenue if revenue > 0 else None,
        "cell_labels": [CELLS[cell] for cell in Cell],
        "splits": _splits(found, split),
        "flows": [
            {
                "before": CELLS[flow.before], "after": CELLS[flow.after], "clients": flow.clients,
                "revenue_cents": flow.revenue_cents,
            }
            for flow in found.flows
        ],
        "chart": _chart(found), "may_set": may(request.user, Act.CONFIGURE),
    }  # fmt: skip
    return page(request, "segmentation/matrix.html", context)


def _cell(found: MatrixPage, cell: Cell) -> dict[str, Any]:
    return {"cell": cell.value, "label": CELLS[cell], "sum": found.cells[cell]}


def _splits(found: MatrixPage, split: str) -> list[dict[str, Any]]:
    if split == "type":
        names = names_of_types()
        rows: list[tuple[Any, Any]] = [
            (names[kind], found.by_type[kind]) for kind in (0, 1, 2, 3, -1) if kind in found.by_type
        ]
    else:
        labels = {segment.value: SEGMENTS[segment] for segment in Segment} | {"": _("In none")}
        rows = [(label, found.by_segment[key]) for key, label in labels.items() if key in found.by_segment]
    return [{"label": label, "sums": [sums[cell] for cell in Cell]} for label, sums in rows]


def _chart(found: MatrixPage) -> dict[str, Any]:
    """Those who stayed would fill the picture: the chart shows who moved, the table everybody."""
    moved = [flow for flow in found.flows if flow.before != flow.after]
    return {
        "order": [*(cell.value for _row, cells in _ROWS for cell in cells), *(cell.value for cell in _REST)],
        "links": [[flow.before.value, flow.after.value, flow.clients, flow.revenue_cents] for flow in moved],
        "labels": {
            "cells": {cell.value: str(label) for cell, label in CELLS.items()},
            "clients": _("Clients"),
            "revenue": _("Revenue"),
        },
    }


@require_http_methods(["GET", "HEAD", "POST"])
def reference(request: HttpRequest) -> HttpResponse:
    if not may(request.user, Act.CONFIGURE):
        raise PermissionDenied
    days = reference_days()
    form = ReferenceForm(
        request.POST or None, initial={"online_began_on": days.online_began_on, "new_since": days.new_since}
    )
    if request.method == "POST" and form.is_valid():
        set_reference(
            online_began_on=form.cleaned_data["online_began_on"], new_since=form.cleaned_data["new_since"],
            by=user_of(request), now=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("The reference days count now."))
        return redirect("segmentation:matrix")
    context = {
        "form": form, "headline": _("Reference days of the matrix"),
        "lead": _("They part existing from new clients, and classic from new services."),
    }  # fmt: skip
    return page(request, "generic/form.html", context)
