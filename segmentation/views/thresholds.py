"""The two lines: in force, proposed, put in force."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.htmx import page
from segmentation.forms.grid import ActivationForm, LinesForm
from segmentation.labels import PRESET_NOTES, PRESETS
from segmentation.models import SegmentationRun
from segmentation.rules.grid import Preset
from segmentation.selectors.proposals import Proposal, propose_thresholds
from segmentation.selectors.runs import active_thresholds, published_run, waiting_proposal
from segmentation.services import activate_thresholds
from segmentation.views import user_of


@require_safe
def thresholds(request: HttpRequest) -> HttpResponse:
    """Everybody reads the lines in force; who may configure also sees what others would change."""
    run = published_run()
    context: dict[str, Any] = {"run": run, "current": active_thresholds(), "waiting": waiting_proposal()}
    if run and user_of(request).may_configure:
        context |= _proposals_context(request, run)
    return page(request, "segmentation/thresholds.html", context)


def _proposals_context(request: HttpRequest, run: SegmentationRun) -> dict[str, Any]:
    asked = "revenue" in request.GET
    form = LinesForm(request.GET if asked else None, initial=LinesForm.typed(run.thresholds.lines))
    typed = form.lines() if asked and form.is_valid() else None
    found = propose_thresholds(run, request.user, typed)
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
    user = user_of(request)
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
