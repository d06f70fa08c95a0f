"""What follows an audit: actions, what fixes would win, the comparison of two audits."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.rules import Act
from common.htmx import page
from trust_audit.forms import ActionForm, ClosingForm, NewActionForm, colleagues
from trust_audit.labels import CHANGES, EFFORTS
from trust_audit.models import Action, Audit
from trust_audit.rules.gains import Effort, if_fixed
from trust_audit.selectors import workspace
from trust_audit.selectors.checklists import checklist
from trust_audit.selectors.comparison import comparison_page
from trust_audit.selectors.scores import scored, scored_many
from trust_audit.services import followup
from trust_audit.services.refusals import Refused
from trust_audit.states import ActionState
from trust_audit.views.access import audit_for, back_when_refused
from trust_audit.wording import in_words

SUGGESTED = 5


@require_safe
def priorities(request: HttpRequest, pk: int) -> HttpResponse:
    """What to fix first, and what the ticked fixes together would make of the score."""
    audit = audit_for(request, pk)
    found = scored(audit, timezone.localdate())
    rows = workspace.priorities(found)
    known = {row.gain.code for row in rows}
    asked = [code for code in request.GET.getlist("fix") if code in known]
    ticked = (
        asked if "fix" in request.GET or "tried" in request.GET else [r.gain.code for r in rows[:SUGGESTED]]
    )
    after = if_fixed(found.items, found.marks, ticked)
    context = {
        "audit": audit,
        "site": audit.site,
        "found": found,
        "score": found.score,
        "rows": rows,
        "ticked": set(ticked),
        "after": after,
        "after_reasons": workspace.reasons(after),
        "actions": {one.code: one for one in audit.actions.select_related("owner")},
        "people": colleagues(request.user),
        "efforts": [(effort.value, label) for effort, label in EFFORTS.items()],
        "editable": Audit.objects.visible_to(request.user, Act.EDIT).filter(pk=pk).exists(),
    }
    return page(request, "trust_audit/priorities.html", context)


@require_POST
@back_when_refused("trust:priorities")
def add_action(request: HttpRequest, pk: int) -> HttpResponse:
    """One action for each ticked criterion that has none yet."""
    audit = audit_for(request, pk, Act.EDIT)
    user: Any = request.user
    found = scored(audit, timezone.localdate())
    rows = {row.gain.code: row for row in workspace.priorities(found)}
    form = NewActionForm(request.POST)
    owner, due = _owner_and_due(form, user)
    codes = [code for code in request.POST.getlist("code") if code in rows]
    for code in codes:
        followup.add_action(
            audit=audit, code=code, title=_title(audit, code), owner=owner, due_on=due,
            effort=rows[code].gain.effort, gain=round(float(rows[code].gain.points), 4), by=user,
            now=timezone.now(),
        )  # fmt: skip
    if codes:
        messages.success(request, _("%(count)s actions kept.") % {"count": len(codes)})
    return redirect("trust:priorities", pk)


def _owner_and_due(form: NewActionForm, user: Any) -> tuple[Any, Any]:
    if not form.is_valid():
        raise Refused("form_incomplete")
    owner = form.cleaned_data["owner"]
    return (get_object_or_404(colleagues(user), pk=owner) if owner else None), form.cleaned_data["due_on"]


def _title(audit: Audit, code: str) -> str:
    return in_words(checklist(audit.checklist).by_code()[code].question)[:200]


def _action_for(request: HttpRequest, pk: int, act: Act = Act.SEE) -> Action:
    rows = Action.objects.visible_to(request.user, act).select_related("site", "audit", "owner", "proof")
    return get_object_or_404(rows, pk=pk)


@back_when_refused("trust:action")
def action(request: HttpRequest, pk: int) -> HttpResponse:
    writing = request.method == "POST"
    one = _action_for(request, pk, Act.EDIT if writing else Act.SEE)
    form = ActionForm(
        request.POST or None, instance=one, user=request.user,
        initial={"doing": one.state == ActionState.DOING},
    )  # fmt: skip
    if writing and form.is_valid():
        data = form.cleaned_data
        followup.change_action(
            action=one, title=data["title"], owner=data["owner"], due_on=data["due_on"],
            effort=Effort(data["effort"]), doing=data["doing"],
        )  # fmt: skip
        return redirect("trust:action", pk)
    question = in_words(checklist(one.audit.checklist).by_code()[one.code].question)
    context = {"action": one, "form": form, "closing": ClosingForm(), "question": question}
    context["editable"] = Action.objects.visible_to(request.user, Act.EDIT).filter(pk=pk).exists()
    return page(request, "trust_audit/action.html", context)


@require_POST
@back_when_refused("trust:action")
def change_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Done with its evidence, verified by somebody else, or open again."""
    one = _action_for(request, pk, Act.EDIT)
    user: Any = request.user
    wanted = request.POST.get("state")
    if wanted == ActionState.DONE:
        form = ClosingForm(request.POST, request.FILES)
        if not form.is_valid():
            raise Refused("form_incomplete")
        data = form.cleaned_data
        followup.close_action(
            action=one, file=data["file"], url=data["url"], caption=data["caption"], by=user,
            now=timezone.now(), day=timezone.localdate(),
        )  # fmt: skip
    elif wanted == ActionState.VERIFIED:
        followup.verify_action(action=one, by=user)
    elif wanted == ActionState.DOING:
        followup.reopen_action(action=one)
    return redirect("trust:action", pk)


@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """An audit beside an earlier one of its site, or one of another site."""
    audit = audit_for(request, pk)
    with_pk = request.GET.get("with", "")
    rows = Audit.objects.visible_to(request.user).select_related("site", "signed_by").exclude(pk=pk)
    if with_pk.isascii() and with_pk.isdigit() and len(with_pk) < 12:
        other: Audit | None = get_object_or_404(rows, pk=int(with_pk))
    else:
        other = _before(audit, rows)
    choices = rows.filter(site=audit.site) | rows.signed().exclude(site=audit.site)
    context: dict[str, Any] = {
        "audit": audit, "other": other, "site": audit.site,
        "choices": list(choices.order_by("site__name", "-started_at")[:60]),
    }  # fmt: skip
    if other is not None:
        both = scored_many([other, audit], timezone.localdate())
        context |= comparison_page(both[other.pk], both[audit.pk], CHANGES)
    return page(request, "trust_audit/compare.html", context)


def _before(audit: Audit, rows: Any) -> Audit | None:
    earlier: Audit | None = (
        rows.filter(site=audit.site, started_at__lt=audit.started_at).order_by("-started_at").first()
    )
    return audit.previous or earlier
