"""Likely duplicates, two clients side by side, what a merge did and its undo."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.rights import may
from accounts.rules import Act
from clients.duplicates.finding import dismiss, take_back
from clients.duplicates.selectors import pair_page
from clients.merging.labels import MERGE_REFUSALS, UNDO_REFUSALS
from clients.merging.selectors import Review, merge_page, mergeable, review
from clients.merging.services import MergeRefused, merge_clients
from clients.merging.undo import UndoRefused, undo_merge
from clients.models import Client, DuplicatePair
from common.htmx import page


def _may_merge(request: HttpRequest) -> None:
    if not may(request.user, Act.MERGE):
        raise PermissionDenied


@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    _may_merge(request)
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 7 else 1
    dismissed = request.GET.get("show") == "different"
    found = pair_page(request.user, number=max(1, number), dismissed=dismissed)
    return page(request, "clients/duplicates.html", {"found": found})


@require_POST
def different(request: HttpRequest, pk: int) -> HttpResponse:
    """Remember that a pair is no duplicate, or take that back (``again``)."""
    pair = get_object_or_404(DuplicatePair.objects.visible_to(request.user), pk=pk)
    if request.POST.get("again"):
        take_back(pair=pair)
    else:
        dismiss(pair=pair, by=request.user, now=timezone.now())
        messages.success(request, _("Noted: these are two different clients."))
    return redirect("clients:duplicates")


def merge(request: HttpRequest, survivor: int, loser: int) -> HttpResponse:
    """Side by side: who survives, and which value of each field that differs."""
    both = mergeable(request.user, survivor, loser)
    if both is None or survivor == loser:
        raise Http404
    shown = review(*both)
    if request.method == "POST":
        return _merged(request, shown)
    return page(request, "clients/merge.html", {"review": shown})


def _merged(request: HttpRequest, shown: Review) -> HttpResponse:
    take = [choice.name for choice in shown.choices if request.POST.get(f"take-{choice.name}") == "loser"]
    try:
        batch = merge_clients(
            survivor_id=shown.survivor.pk, loser_id=shown.loser.pk, take=take, by=request.user,
            now=timezone.now(),
        )  # fmt: skip
    except MergeRefused as refusal:
        messages.error(request, str(MERGE_REFUSALS[refusal.code]))
        return redirect("clients:duplicates")
    told = {"loser": shown.loser.name, "survivor": shown.survivor.name}
    messages.success(request, _("%(loser)s was merged into %(survivor)s.") % told)
    return redirect("clients:merged", pk=batch.pk)


@require_safe
def merge_with(request: HttpRequest, pk: int) -> HttpResponse:
    """Find by its reference the client that this one is to be merged with."""
    client = get_object_or_404(Client.objects.visible_to(request.user, act=Act.MERGE), pk=pk)
    ref = request.GET.get("ref", "").replace("\x00", "").strip()[:64]
    context: dict[str, Any] = {"client": client, "ref": ref}
    if ref:
        others = Client.objects.visible_to(request.user, act=Act.MERGE).exclude(pk=client.pk)
        if other := others.filter(ref__iexact=ref).first():
            return redirect("clients:merge", survivor=client.pk, loser=other.pk)
    return page(request, "clients/merge_with.html", context)


@require_safe
def merged(request: HttpRequest, pk: int) -> HttpResponse:
    shown = merge_page(request.user, pk)
    if shown is None:
        raise Http404
    return page(request, "clients/merged.html", {"merge": shown, "now": timezone.now()})


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    shown = merge_page(request.user, pk)
    if shown is None:
        raise Http404
    try:
        undo_merge(batch_id=pk, by=request.user, now=timezone.now())
    except UndoRefused as refusal:
        model = str(capfirst(str(refusal.model._meta.verbose_name_plural))) if refusal.model else ""
        messages.error(request, str(UNDO_REFUSALS[refusal.code]) % {"model": model})
    else:
        messages.success(request, _("The merge was undone; both clients are as they were."))
    return redirect("clients:merged", pk=pk)


urlpatterns = [
    path("duplicates/", duplicates, name="duplicates"),
    path("duplicates/<int:pk>/different/", different, name="different"),
    path("<int:survivor>/merge/<int:loser>/", merge, name="merge"),
    path("<int:pk>/merge/", merge_with, name="merge_with"),
    path("merges/<int:pk>/", merged, name="merged"),
    path("merges/<int:pk>/undo/", undo, name="merge_undo"),
]
