from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.listing import show
from clients.models import Client
from common.htmx import page
from common.wording import explain
from kinetics.explanations import gate_reasons, why
from kinetics.labels import INDICATORS, PHASES, REASONS
from kinetics.lists import MOVED
from kinetics.models import KineticsRun
from kinetics.selectors import Overview, indicator_of, overview, published_run


@require_safe
def kinetics_overview(request: HttpRequest) -> HttpResponse:
    run = published_run()
    if run is None:
        return page(request, "kinetics/overview.html", {"overview": None})
    portfolio = overview(request.user, run)
    return show(
        request,
        MOVED,
        template="kinetics/overview.html",
        reload=True,
        overview=portfolio,
        **_about(run, portfolio),
    )


def _about(run: KineticsRun, found: Overview) -> dict[str, Any]:
    seconds = run.counts.get("phases", {})
    return {
        "gate": [explain(reason, REASONS) for reason in gate_reasons(run)],
        "states_data": [{"label": str(state.label), "clients": state.clients} for state in found.states],
        "phases": [
            {"label": label, "seconds": seconds[name]} for name, label in PHASES.items() if name in seconds
        ],
    }


@require_safe
def explain_indicator(request: HttpRequest, client_pk: int, indicator: str) -> HttpResponse:
    if indicator not in INDICATORS:
        raise Http404
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=client_pk)
    row = indicator_of(client)
    context = {
        "client": client,
        "row": row,
        "why": why(row, indicator) if row else None,
        "title": _("%(indicator)s of %(client)s") % {"indicator": INDICATORS[indicator], "client": client},
    }
    return page(request, "kinetics/why.html", context, partial="why")
