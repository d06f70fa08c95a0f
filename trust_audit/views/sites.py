"""The portfolio of sites, a site, and the start of an audit."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.rights import may
from accounts.rules import Act
from common.htmx import page
from trust_audit.forms import SealForm, SiteForm, StartForm
from trust_audit.labels import FAMILIES, SITE_KINDS
from trust_audit.models import Action, Seal, Site
from trust_audit.selectors.portfolio import dues_of, portfolio
from trust_audit.selectors.site import site_page
from trust_audit.services.audits import reaudit, start_audit
from trust_audit.services.probing import allow
from trust_audit.states import SiteKind
from trust_audit.views.access import audit_for, back_when_refused, site_for
from trust_audit.wording import language


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    rows = portfolio(request.user, timezone.localdate(), kind)
    audited = [row for row in rows if row.overall is not None]
    context = {
        "rows": rows,
        "kind": kind,
        "kinds": [(one.value, label) for one, label in SITE_KINDS.items()],
        "families": list(FAMILIES.values()),
        "audited": len(audited),
        "weak": min(audited, key=lambda row: row.overall or 0.0) if audited else None,
        "may_edit": may(request.user, Act.EDIT),
    }
    return page(request, "trust_audit/portfolio.html", context)


@require_safe
def site(request: HttpRequest, pk: int) -> HttpResponse:
    one = site_for(request, pk)
    today = timezone.localdate()
    found = site_page(one, request.user)
    signed = [row.audit for row in found.history if row.audit.is_signed]
    context = {
        "site": one,
        "found": found,
        "dues": dues_of(one, signed[0] if signed else None, found.seals, today),
        "editable": Site.objects.visible_to(request.user, Act.EDIT).filter(pk=pk).exists(),
    }
    return page(request, "trust_audit/site.html", context)


def create(request: HttpRequest) -> HttpResponse:
    if not may(request.user, Act.EDIT):
        raise PermissionDenied
    start = Site(created_by=request.user, kind=SiteKind.OWN.value)  # type: ignore[misc]
    form = SiteForm(request.POST or None, instance=start, user=request.user)
    if request.method == "POST" and form.is_valid():
        one = _known(request, form) or _save(request, form)
        messages.success(request, _("%(site)s saved.") % {"site": one.name})
        return redirect("trust:start", one.pk)
    context = {
        "form": form,
        "headline": _("Which site do you audit?"),
        "lead": _("Your own, a client's or a competitor's; who sees a client sees its sites."),
        "submit": _("Save and choose the audit"),
        "cancel_url": reverse("trust:portfolio"),
    }
    return page(request, "generic/form.html", context)


def _known(request: HttpRequest, form: SiteForm) -> Site | None:
    """The same site sent twice is one."""
    data = form.cleaned_data
    known: Site | None = (
        Site.objects.visible_to(request.user)
        .filter(url=data["url"], kind=data["kind"], client=data.get("client"), name=data["name"])
        .first()
    )
    return known


def _save(request: HttpRequest, form: SiteForm) -> Site:
    one: Site = form.save()
    if form.cleaned_data.get("allowed"):
        allow(site=one, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    return one


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    one = site_for(request, pk, Act.EDIT)
    name = one.name
    form = SiteForm(request.POST or None, instance=one, user=request.user)
    if request.method == "POST" and form.is_valid():
        saved = _save(request, form)
        messages.success(request, _("%(site)s saved.") % {"site": saved.name})
        return redirect("trust:site", pk)
    context = {"form": form, "headline": name, "cancel_url": reverse("trust:site", args=[pk])}
    return page(request, "generic/form.html", context)


def start(request: HttpRequest, pk: int) -> HttpResponse:
    one = site_for(request, pk, Act.EDIT)
    form = StartForm(request.POST or None, site=one)
    user: Any = request.user
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data.get("allowed"):
            allow(site=one, by=user, now=timezone.now())
        profile, mode = form.choice
        audit = start_audit(
            site=one, profile=profile, mode=mode, lead=user, now=timezone.now(), language=language()
        )
        return redirect("trust:audit", audit.pk)
    context = {
        "form": form,
        "headline": _("How deep do you look at %(site)s?") % {"site": one.name},
        "lead": _("Express asks the eleven criteria that weigh most; full asks all forty-seven."),
        "submit": _("Begin the audit"),
        "cancel_url": reverse("trust:site", args=[pk]),
    }
    return page(request, "generic/form.html", context)


@require_POST
@back_when_refused("trust:audit")
def again(request: HttpRequest, pk: int) -> HttpResponse:
    audit = audit_for(request, pk, Act.EDIT)
    user: Any = request.user
    fresh = reaudit(audit=audit, lead=user, now=timezone.now(), language=language())
    return redirect("trust:audit", fresh.pk)


def seal(request: HttpRequest, pk: int, seal_pk: int = 0) -> HttpResponse:
    one = site_for(request, pk, Act.EDIT)
    known = get_object_or_404(Seal, pk=seal_pk, site=one) if seal_pk else Seal(site=one)
    form = SealForm(
        request.POST or None, instance=known, user=request.user,
        initial={"cost": known.cost_cents / 100 if known.cost_cents is not None else None},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("trust:site", pk)
    context = {
        "form": form,
        "headline": known.issuer if seal_pk else _("New seal"),
        "lead": _("Its cost, its end and what it brings; thirty days before the end you are reminded."),
        "cancel_url": reverse("trust:site", args=[pk]),
    }
    return page(request, "generic/form.html", context)


@require_POST
def remove_seal(request: HttpRequest, pk: int, seal_pk: int) -> HttpResponse:
    one = site_for(request, pk, Act.EDIT)
    Seal.objects.filter(pk=seal_pk, site=one).delete()
    return redirect("trust:site", pk)


@require_safe
def actions(request: HttpRequest) -> HttpResponse:
    mine = request.GET.get("whose") != "all"
    rows = Action.objects.visible_to(request.user).select_related("site", "owner").open()
    if mine:
        rows = rows.filter(owner=request.user)
    shown = list(rows.order_by("due_on", "-gain", "pk")[:200])
    today = timezone.localdate()
    context = {
        "actions": shown,
        "mine": mine,
        "today": today,
        "late": sum(bool(one.due_on and one.due_on < today) for one in shown),
    }
    return page(request, "trust_audit/actions.html", context)
