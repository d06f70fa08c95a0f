"""Households and groups of companies that buy as one."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rights import may
from accounts.rules import Act
from clients.editing import saved, visible
from clients.households import past_members, unit_circle
from clients.models import BuyingUnit, Client, Person, UnitMembership
from clients.record_forms import JoinForm, UnitForm
from clients.services import Overlap, join_unit, leave_unit, save_unit
from common.htmx import page


def _unit(request: HttpRequest, pk: int, act: Act = Act.SEE) -> BuyingUnit:
    units = BuyingUnit.objects.visible_to(request.user, act=act).select_related("head__client")
    return get_object_or_404(units, pk=pk)


@require_safe
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _unit(request, pk), _join_form(request))


def _join_form(request: HttpRequest) -> JoinForm:
    return JoinForm(request.POST or None, user=request.user, today=timezone.localdate())


def _page(request: HttpRequest, found: BuyingUnit, form: JoinForm) -> HttpResponse:
    head = found.head
    sees_head = head and Person.objects.visible_to(request.user).filter(pk=head.pk).exists()
    context = {
        "unit": found,
        "head": head if sees_head else None,
        "head_hidden": bool(head) and not sees_head,
        "circle": unit_circle(found, request.user, timezone.localdate() - timedelta(days=1)),
        "past": past_members(found, request.user),
        "form": form,
        "today": timezone.localdate(),
        "may_edit": may(request.user, Act.EDIT),
    }
    return page(request, "clients/unit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def unit_create(request: HttpRequest) -> HttpResponse:
    """With ``?client=`` of somebody one sees, that client is its first member."""
    first = _first_member(request)
    form = UnitForm(request.POST or None, user=request.user, instance=BuyingUnit())
    member = JoinForm(
        request.POST or None, user=request.user, today=timezone.localdate(),
        initial={"client": first} if first else {},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid() and member.is_valid():
        with transaction.atomic():
            save_unit(form.instance, by=request.user, at=timezone.now())
            if _joined(request, form.instance, member):
                return redirect(form.instance)
            transaction.set_rollback(True)
    context = {"form": form, "member": member, "cancel_url": reverse("clients:unit_list")}
    refused = form.errors or member.errors
    return page(request, "clients/unit_new.html", context, status=422 if refused else 200)


def _first_member(request: HttpRequest) -> Client | None:
    asked = request.GET.get("client", "")
    if not asked.isascii() or not asked.isdigit() or len(asked) > 18:
        return None
    return Client.objects.visible_to(request.user, act=Act.EDIT).filter(pk=int(asked)).first()


@require_http_methods(["GET", "HEAD", "POST"])
def unit_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = _unit(request, pk, Act.EDIT)
    name = found.name

    def form_for(instance: Any, data: Any = None) -> UnitForm:
        return UnitForm(data, instance=instance, user=request.user)

    form = form_for(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        conflict = saved(
            request, form, lambda: save_unit(found, by=request.user, at=timezone.now(), seen=form.seen_version),
            form_for, found.get_absolute_url(),
        )  # fmt: skip
        if conflict:
            return conflict
        return redirect(found)
    context = {
        "form": form,
        "headline": name,
        "lead": _("The head is one of the people of its members, and decides for all of them."),
        "cancel_url": found.get_absolute_url(),
    }
    return page(request, "generic/form.html", context)


@require_POST
def unit_join(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _unit(request, pk, Act.EDIT), _join_form(request)
    if form.is_valid() and _joined(request, found, form):
        return redirect(found)
    return _page(request, found, form)


def _joined(request: HttpRequest, found: BuyingUnit, form: JoinForm) -> bool:
    client, joined_on = form.cleaned_data["client"], form.cleaned_data["joined_on"]
    try:
        join_unit(unit=found, client=client, joined_on=joined_on, by=request.user, at=timezone.now())
    except Overlap as overlap:
        form.add_error("client", _overlap_text(overlap.membership))
        return False
    messages.success(request, _("%(client)s belongs to %(unit)s.") % {"client": client, "unit": found})
    return True


def _overlap_text(membership: UnitMembership) -> str:
    day = membership.left_on
    values = {"unit": membership.unit, "day": date_format(day, "SHORT_DATE_FORMAT") if day else ""}
    if day:
        return _("This client belonged to %(unit)s until %(day)s; choose a later day.") % values
    return _("This client belongs to %(unit)s; it has to leave that one first.") % values


@require_POST
def membership_leave(request: HttpRequest, pk: int) -> HttpResponse:
    membership: UnitMembership = visible(request, UnitMembership, pk, Act.EDIT, "client", "unit")
    today = timezone.localdate()
    leave_unit(membership=membership, left_on=today, by=request.user, at=timezone.now())
    messages.success(
        request,
        _("%(client)s left %(unit)s.") % {"client": membership.client, "unit": membership.unit},
    )
    if BuyingUnit.objects.visible_to(request.user).filter(pk=membership.unit_id).exists():
        return redirect(membership.unit)
    return redirect(membership.client)
