"""Readiness, the plan in waves, and the steps of one client."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rights import may
from accounts.rules import Act
from clients.models import Client
from clients.sociotypes.labels import CLIENT_STATUSES, type_names
from clients.sociotypes.rules.derived import ClientStatus
from common.htmx import page
from segmentation.forms.migration import AssumptionsForm, FactsForm, PlanFilterForm, ScenarioForm, StepForm
from segmentation.labels import COMPETITOR_FACTS, HOLDS, STEPS
from segmentation.models import MigrationFacts
from segmentation.rules.readiness import LAGGARDS_WARN, Assumptions
from segmentation.rules.waves import STEPS as ALL_STEPS
from segmentation.rules.waves import Hold, Step, Wave
from segmentation.selectors.plan import plan_page, waves_seen
from segmentation.selectors.readiness import current_assumptions, in_force, readiness_page, readiness_run
from segmentation.services.migration import GateClosed, log_step, open_wave, set_facts, undo_step
from segmentation.services.readiness import set_assumptions
from segmentation.views import user_of


def names_of_types() -> list[Any]:
    """The four, then the unknown."""
    return [*type_names().values(), _("Unknown")]


@require_safe
def readiness(request: HttpRequest) -> HttpResponse:
    run = readiness_run()
    if run is None:
        return page(request, "segmentation/readiness.html", {"run": None})
    lead, market = ScenarioForm(request.GET).rates()
    found = readiness_page(run, request.user, lead, market)
    names, base = names_of_types(), in_force(run)
    context = {
        "run": run, "page": found, "found": found.found, "assumptions": found.assumptions, "base": base,
        "lead": round(found.assumptions.lead * 100), "market": round(found.assumptions.market * 100),
        "is_scenario": (found.assumptions.lead, found.assumptions.market) != (base.lead, base.market),
        "is_told": run.assumptions is not None or (found.assumptions.lead, found.assumptions.market) != (0, 0),
        "types": [(names[row.type], row) for row in found.types],
        "table": _assumption_rows(run.results, names), "warn_from": LAGGARDS_WARN,
        "facts": [
            (label, fact in (run.assumptions.competitor_facts if run.assumptions else []))
            for fact, label in COMPETITOR_FACTS.items()
        ],
        "may_set": may(request.user, Act.CONFIGURE),
    }  # fmt: skip
    return page(request, "segmentation/readiness.html", context)


def _assumption_rows(results: dict[str, Any], names: list[Any]) -> list[dict[str, Any]]:
    """By type: what counts, whether it is measured, and on how many."""
    assumed, counts, measured = results["assumed"], results["in_force"], results["measures"]
    return [
        {
            "name": names[n], "rho": counts["rho"][n], "h1": counts["h1"][n], "h2": counts["h2"][n],
            "invited": measured["invited"][n], "migrated": measured["migrated"][n],
            "departed": measured["departed"][n], "at_risk": measured["at_risk"][n],
            "h_measured": (counts["h1"][n], counts["h2"][n]) != (assumed["h1"][n], assumed["h2"][n]),
        }
        for n in range(4)
    ]  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def assumptions(request: HttpRequest) -> HttpResponse:
    if not may(request.user, Act.CONFIGURE):
        raise PermissionDenied
    current = current_assumptions()
    values = current.assumptions if current else Assumptions()
    initial = {
        "competitor_facts": current.competitor_facts if current else [],
        "market_on": current.market_on if current else None,
    }
    form = AssumptionsForm(
        request.POST or None, assumptions=values, type_names=list(type_names().values()), initial=initial
    )
    if request.method == "POST" and form.is_valid():
        version = set_assumptions(
            values=form.values(), facts=form.cleaned_data["competitor_facts"],
            market_on=form.cleaned_data["market_on"], by=user_of(request), now=timezone.now(),
        )  # fmt: skip
        messages.success(
            request, _("Version %(version)s of the assumptions counts now.") % {"version": version.pk}
        )
        return redirect("segmentation:readiness")
    context = {"form": form, "current": current, "type_names": list(type_names().values())}
    return page(request, "segmentation/assumptions.html", context)


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    run = readiness_run()
    if run is None:
        return page(request, "segmentation/plan.html", {"run": None})
    chosen = PlanFilterForm(request.GET).chosen()
    seen, names = waves_seen(run, request.user), names_of_types()
    rows = seen.rows
    if chosen["wave"] is None:
        chosen["wave"] = next((int(row.wave) for row in rows if row.clients), int(Wave.ASK))
    current = next(row for row in rows if row.wave == chosen["wave"])
    counted = current.clients if chosen["hold"] is None else None
    table = plan_page(run, request.user, chosen["wave"], chosen["hold"], chosen["page"], counted)
    context = {
        "run": run, "waves": rows, "chosen": chosen, "table": table,
        "current": current, "withheld": seen.withheld,
        "lines": [
            {
                "row": row, "type": names[row.type], "hold": HOLDS[Hold(row.hold)],
                "status": CLIENT_STATUSES[ClientStatus(row.status)],
                "steps": sum(row.steps >> bit & 1 for bit in range(len(ALL_STEPS))),
            }
            for row in table.rows
        ],
        "holds": [(int(hold), label) for hold, label in HOLDS.items()], "ask": int(Wave.ASK),
        "may_set": may(request.user, Act.CONFIGURE),
    }  # fmt: skip
    return page(request, "segmentation/plan.html", context)


@require_POST
def wave_open(request: HttpRequest, wave: int) -> HttpResponse:
    if not may(request.user, Act.CONFIGURE):
        raise PermissionDenied
    if wave not in [int(each) for each in Wave]:
        raise Http404
    try:
        open_wave(
            wave=Wave(wave), today=timezone.localdate(), by=user_of(request), now=timezone.now(),
            forced=request.POST.get("forced") == "yes",
        )  # fmt: skip
    except GateClosed:
        messages.error(request, _("The wave before has not passed its gate; nothing was opened."))
    else:
        messages.success(request, _("The wave is open."))
    return redirect("segmentation:plan")


def _client(request: HttpRequest, client_pk: int) -> Client:
    return get_object_or_404(Client.objects.visible_to(request.user, act=Act.EDIT), pk=client_pk)


@require_POST
def step(request: HttpRequest, client_pk: int) -> HttpResponse:
    client = _client(request, client_pk)
    form = StepForm(request.POST, today=timezone.localdate())
    if not form.is_valid():
        messages.error(request, _("Nothing was kept: choose a step and a day that is not ahead."))
    elif request.POST.get("undo"):
        undo_step(
            client=client, step=Step(form.cleaned_data["step"]), by=user_of(request), now=timezone.now()
        )
    else:
        chosen = Step(form.cleaned_data["step"])
        log_step(
            client=client,
            step=chosen,
            done_on=form.cleaned_data["done_on"],
            by=user_of(request),
            now=timezone.now(),
        )
        messages.success(
            request, _("%(step)s is kept; readiness counts it from tonight.") % {"step": STEPS[chosen]}
        )
    return redirect(client)


@require_POST
def facts(request: HttpRequest, client_pk: int) -> HttpResponse:
    client = _client(request, client_pk)
    form = FactsForm(request.POST, instance=MigrationFacts.objects.filter(client=client).first())
    if form.is_valid():
        said = form.cleaned_data
        set_facts(
            client=client, is_volunteer=said["is_volunteer"], is_ambassador=said["is_ambassador"],
            hours=said["hours"], by=user_of(request), now=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("Kept; the plan counts it from tonight."))
    else:
        messages.error(request, _("Nothing was kept: hours are a number."))
    return redirect(client)
