"""Who changed its segment, when and why."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.rights import may
from accounts.rules import Act
from clients.filters import owners_for
from common.exports import csv_response
from common.htmx import page
from segmentation.forms.moved import MovedFilterForm
from segmentation.labels import CAUSES, SEGMENTS
from segmentation.selectors.moved import PERIODS, MovedFilter, moved_events, moved_page, paths
from segmentation.selectors.own import own_names
from segmentation.selectors.runs import published_run
from segmentation.views import user_of


@require_safe
def moved(request: HttpRequest) -> HttpResponse:
    run = published_run()
    if run is None:
        return page(request, "segmentation/moved.html", {"run": None})
    chosen = MovedFilterForm(request.GET).chosen()
    context = {
        "run": run, "chosen": chosen, "table": moved_page(request.user, chosen, run.as_of),
        "paths": paths(request.user, chosen, run.as_of), "periods": PERIODS,
        "owners": owners_for(request.user),
        "segment_choices": _choices(),
        "causes": [(cause.value, label) for cause, label in CAUSES.items()],
    }  # fmt: skip
    return page(request, "segmentation/moved.html", context)


def _choices() -> list[tuple[str, Any]]:
    grid = [(segment.value, label) for segment, label in SEGMENTS.items()]
    return [*grid, *((code, name) for code, (name, _playbook) in own_names().items())]


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    if not may(request.user, Act.EXPORT):
        raise PermissionDenied
    run = published_run()
    if run is None:
        raise Http404
    header = [
        _("Reference"), _("Client"), _("As of"), _("From"), _("To"), _("Cause"), _("Revenue, last 52 weeks"),
        _("Margin rate"), _("Lines version"), _("Rule version"),
    ]  # fmt: skip
    chosen = MovedFilterForm(request.GET).chosen()
    return csv_response(
        f"moved-{run.as_of.isoformat()}.csv", header, _rows(user_of(request), chosen, run.as_of)
    )


def _rows(user: Any, chosen: MovedFilter, as_of: date) -> Iterator[list[Any]]:
    labels = {code: str(label) for code, label in _choices()}
    causes = {cause.value: str(label) for cause, label in CAUSES.items()}
    for event in moved_events(user, chosen, as_of).select_related("client").iterator(chunk_size=2000):
        yield [
            event.client.ref, event.client.name, event.as_of.isoformat(),
            labels.get(event.before, event.before), labels.get(event.after, event.after), causes[event.cause],
            event.revenue_cents / 100, event.margin_rate, event.thresholds_id, event.rule_version,
        ]  # fmt: skip
