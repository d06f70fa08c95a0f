"""The checklist in force, and the firm's own copy of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.rights import may
from accounts.rules import Act
from common.htmx import page
from trust_audit.forms import CriterionForm
from trust_audit.labels import AUTOMATION, FAMILIES, SCALES
from trust_audit.rules.checklist import Checklist
from trust_audit.selectors.checklists import checklist, current_key, draft
from trust_audit.services import checklists as services
from trust_audit.services.refusals import Refused
from trust_audit.views.access import back_when_refused, said
from trust_audit.wording import in_words, language


def _configure(request: HttpRequest) -> None:
    if not may(request.user, Act.CONFIGURE):
        raise PermissionDenied


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    own = draft()
    content = checklist(own.key if own else current_key())
    context = {
        "families": _shown(content),
        "draft": own,
        "key": current_key(),
        "criteria": len(content.criteria),
        "weight": sum(one.weight for one in content.criteria),
        "may_configure": may(request.user, Act.CONFIGURE),
    }
    return page(request, "trust_audit/checklist.html", context)


def _shown(content: Checklist) -> list[dict[str, object]]:
    return [
        {
            "label": FAMILIES[family],
            "criteria": [
                {
                    "code": one.code, "question": in_words(one.question), "weight": one.weight, "cap": one.cap,
                    "automation": AUTOMATION[one.automation], "letter": one.automation.value,
                    "scale": SCALES[one.scale], "law": one.law, "why": in_words(one.why),
                    "how": in_words(one.how), "anchors": one.anchors_in(language()),
                }
                for one in content.criteria
                if one.family == family
            ],
        }
        for family in content.families
    ]  # fmt: skip


@require_POST
@back_when_refused("trust:checklist")
def change(request: HttpRequest) -> HttpResponse:
    """Begin, put in force or drop the draft."""
    _configure(request)
    act = request.POST.get("act")
    if act == "begin":
        services.begin_draft(by=request.user, now=timezone.now())  # type: ignore[arg-type]
    elif act == "activate":
        row = services.put_in_force(now=timezone.now(), name=request.POST.get("name", ""))
        messages.success(request, _("Version %(key)s is in force for audits to come.") % {"key": row.key})
    elif act == "drop":
        services.drop_draft()
    return redirect("trust:checklist")


def criterion(request: HttpRequest, code: str) -> HttpResponse:
    _configure(request)
    own = draft()
    one = checklist(own.key).by_code().get(code) if own else None
    if one is None:
        raise Http404
    form = CriterionForm(request.POST or None, criterion=one)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_criterion(code=code, changes=form.cleaned_data)
            return redirect("trust:checklist")
        except Refused as refusal:
            form.add_error(None, said(refusal))
    context = {
        "form": form,
        "headline": code,
        "lead": in_words(one.question),
        "cancel_url": reverse("trust:checklist"),
    }
    return page(request, "generic/form.html", context)
