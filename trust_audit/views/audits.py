"""An audit: its state, one criterion at a time, its probes, its signature."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.rules import Act
from common.htmx import page
from trust_audit.forms import LevelForm, PageForm, RangedLevelForm, colleagues
from trust_audit.labels import EFFORTS, IMPACTS, PAGE_KINDS
from trust_audit.models import Audit, SamplePage
from trust_audit.rules.gains import Effort
from trust_audit.selectors import workspace
from trust_audit.selectors.scores import scored
from trust_audit.services import audits as services
from trust_audit.services import probing
from trust_audit.services.evidence import add_page, remove_page
from trust_audit.services.refusals import Refused
from trust_audit.states import PageKind
from trust_audit.views.access import audit_for, back_when_refused, leads, only_the_lead


def _frame(request: HttpRequest, audit: Audit) -> dict[str, Any]:
    found = scored(audit, timezone.localdate())
    proposals = workspace.proposals_of(audit)
    editable = (
        not audit.is_signed and Audit.objects.visible_to(request.user, Act.EDIT).filter(pk=audit.pk).exists()
    )
    return {
        "audit": audit,
        "site": audit.site,
        "found": found,
        "score": found.score,
        "rail": workspace.rail(found, proposals),
        "proposals": proposals,
        "editable": editable,
        "leads": editable and leads(request.user, audit),
    }


@require_safe
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    audit = audit_for(request, pk)
    frame = _frame(request, audit)
    found = frame["found"]
    proposed = [one for one in frame["proposals"] if one.level is not None and one.decision == "open"]
    context = frame | {
        "reasons": workspace.reasons(found.score),
        "radar": workspace.radar_of(found),
        "priorities": workspace.priorities(found),
        "proposed": proposed,
        "run": audit.probe_runs.select_related("job", "requested_by").order_by("-number").first(),
        "pages": list(audit.pages.order_by("pk")),
        "page_kinds": [(kind.value, label) for kind, label in PAGE_KINDS.items()],
        "resume": audit.last_code or found.results[0].code,
        "disputed": [one.code for one in found.results if one.disputed],
        "people": colleagues(request.user) if frame["leads"] else [],
        "links": list(audit.links.order_by("-pk")) if audit.is_signed else [],
        "actions": {one.code: one for one in audit.actions.all()},
        "now": timezone.now(),
    }
    if context["run"] and context["run"].note:
        context["run_note"] = workspace.probe_sentence(context["run"].note)
    return page(request, "trust_audit/audit.html", context)


@require_safe
def criterion(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    audit = audit_for(request, pk)
    return page(request, "trust_audit/criterion.html", _criterion_context(request, audit, code))


def _criterion_context(request: HttpRequest, audit: Audit, code: str) -> dict[str, Any]:
    frame = _frame(request, audit)
    try:
        card = workspace.card(audit, frame["found"], code, frame["proposals"])
    except KeyError as error:
        raise Http404 from error
    return frame | {
        "card": card,
        "result": card.result,
        "suggested": workspace.sentence(card.suggestion.because) if card.suggestion else "",
        "pages": list(audit.pages.order_by("pk")),
        "impacts": [(impact.value, label) for impact, label in IMPACTS.items()],
        "efforts": [(effort.value, label) for effort, label in EFFORTS.items()],
        "action": audit.actions.filter(code=code).first(),
        "today": timezone.localdate(),
        "now": timezone.localtime(),
    }


@require_POST
@back_when_refused("trust:criterion")
def mark(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One thing said of a criterion: a level, a note, not applicable, the effort, or the second level."""
    audit = audit_for(request, pk, Act.EDIT)
    get_object_or_404(audit.results, code=code)
    _said(request, audit, code)
    if getattr(request, "htmx", None):
        return TemplateResponse(
            request, "trust_audit/parts/saved.html", _criterion_context(request, audit, code)
        )
    return redirect("trust:criterion", pk, code)


def _said(request: HttpRequest, audit: Audit, code: str) -> None:
    data, now = request.POST, timezone.now()
    user: Any = request.user
    if "second" in data:
        _second(audit, code, data, user)
        return
    only_the_lead(user, audit)
    if "na_reason" in data:
        services.set_not_applicable(audit=audit, code=code, reason=data["na_reason"], by=user, now=now)
    elif "note" in data:
        services.set_note(audit=audit, code=code, note=data["note"], now=now)
    elif data.get("effort") in list(Effort):
        services.set_effort(audit=audit, code=code, effort=Effort(data["effort"]), now=now)
    else:
        form = LevelForm(data)
        if not form.is_valid() or (form.cleaned_data["level"] is None and not form.cleaned_data["clear"]):
            raise Refused("no_level")
        services.set_level(audit=audit, code=code, level=form.cleaned_data["level"], by=user, now=now)


def _second(audit: Audit, code: str, data: Any, user: User) -> None:
    form = RangedLevelForm({"level": data["second"]})
    if not form.is_valid():
        raise Refused("no_level")
    services.set_second(
        audit=audit, code=code, level=form.cleaned_data["level"], note=data.get("second_note"), by=user,
        now=timezone.now(),
    )  # fmt: skip


@require_POST
@back_when_refused("trust:audit")
def probe(request: HttpRequest, pk: int) -> HttpResponse:
    audit = audit_for(request, pk, Act.EDIT)
    user: Any = request.user
    if request.POST.get("allowed"):
        probing.allow(site=audit.site, by=user, now=timezone.now())
    probing.request_probes(audit=audit, by=user, now=timezone.now())
    return redirect("trust:audit", pk)


@require_POST
@back_when_refused("trust:audit")
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the ticked proposals."""
    audit = audit_for(request, pk, Act.EDIT)
    user: Any = request.user
    only_the_lead(user, audit)
    codes = request.POST.getlist("code")
    taken = probing.accept(audit=audit, codes=codes, by=user, now=timezone.now())
    messages.success(request, _("%(count)s proposals accepted.") % {"count": taken})
    return redirect("trust:audit", pk)


@require_POST
@back_when_refused("trust:criterion")
def decide(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Accept the probe's level of one criterion, or set another and say why."""
    audit = audit_for(request, pk, Act.EDIT)
    get_object_or_404(audit.results, code=code)
    user: Any = request.user
    only_the_lead(user, audit)
    if "accept" in request.POST:
        probing.accept(audit=audit, codes=[code], by=user, now=timezone.now())
        return redirect("trust:criterion", pk, code)
    form = RangedLevelForm(request.POST)
    if not form.is_valid():
        raise Refused("no_level")
    probing.override(
        audit=audit, code=code, level=form.cleaned_data["level"], reason=form.cleaned_data["reason"],
        by=user, now=timezone.now(),
    )  # fmt: skip
    return redirect("trust:criterion", pk, code)


@require_POST
@back_when_refused("trust:audit")
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    audit = audit_for(request, pk, Act.EDIT)
    user: Any = request.user
    only_the_lead(user, audit)
    services.sign(audit=audit, by=user, now=timezone.now())
    messages.success(request, _("Signed. From now on nothing of this audit changes."))
    return redirect("trust:audit", pk)


@require_POST
@back_when_refused("trust:audit")
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    audit = audit_for(request, pk, Act.EDIT)
    only_the_lead(request.user, audit)
    if not (number := _number(request.POST.get("to"))):
        raise Refused("form_incomplete")
    to = get_object_or_404(colleagues(request.user), pk=number)
    if not Audit.objects.visible_to(to, Act.EDIT).filter(pk=pk).exists():
        raise Refused("cannot_take_over", name=str(to))
    services.hand_over(audit=audit, to=to)
    return redirect("trust:audit", pk)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else 0


@require_POST
@back_when_refused("trust:audit")
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a page to the sample, or take one out."""
    audit = audit_for(request, pk, Act.EDIT)
    if remove := _number(request.POST.get("remove")):
        remove_page(page=get_object_or_404(SamplePage, audit=audit, pk=remove))
        return redirect("trust:audit", pk)
    form = PageForm(request.POST)
    if not form.is_valid():
        raise Refused("no_address")
    add_page(audit=audit, kind=PageKind(form.cleaned_data["kind"]), url=form.cleaned_data["url"])
    return redirect("trust:audit", pk)
