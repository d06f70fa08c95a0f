"""Likely duplicates, two clients side by side, what a merge did and its undo."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.rights import may
from accounts.rules import Act
from clients.duplicates.finding import AnyPair, dismiss, take_back
from clients.duplicates.selectors import PairPage, pair_page, person_page
from clients.merging.fields import Record
from clients.merging.joining import MergeRefused
from clients.merging.labels import MERGE_REFUSALS, UNDO_REFUSALS
from clients.merging.people import merge_people, undo_people_merge
from clients.merging.selectors import merge_page, mergeable, review
from clients.merging.services import merge_clients
from clients.merging.undo import UndoRefused, undo_merge
from clients.models import Batch, Client, DuplicatePair, Person, PersonPair
from common.htmx import page


@dataclass(frozen=True)
class Kind:
    """What is merged: clients, or people. ``urls``: names of the list of pairs, of "not a duplicate", of a merge."""

    model: type[Record]
    merge: Callable[..., Batch]
    review: str
    urls: dict[str, str]
    said: Promise


CLIENTS = Kind(
    Client, merge_clients, "clients/merge.html",
    {"here": "clients:duplicates", "different": "clients:different", "merge": "clients:merge"},
    gettext_lazy("%(loser)s was merged into %(survivor)s."),
)  # fmt: skip
PEOPLE = Kind(
    Person, merge_people, "clients/merge_people.html",
    {"here": "clients:duplicate_people", "different": "clients:different_people", "merge": "clients:merge_people"},
    gettext_lazy("The two records of %(survivor)s are one now."),
)  # fmt: skip


def _may_merge(request: HttpRequest) -> None:
    if not may(request.user, Act.MERGE):
        raise PermissionDenied


@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    return _pairs(request, CLIENTS, pair_page, "clients/duplicates.html")


def _pairs(request: HttpRequest, kind: Kind, page_of: Callable[..., PairPage], template: str) -> HttpResponse:
    _may_merge(request)
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 7 else 1
    dismissed = request.GET.get("show") == "different"
    found = page_of(request.user, number=max(1, number), dismissed=dismissed)
    return page(request, template, kind.urls | {"found": found})


@require_POST
def different(request: HttpRequest, pk: int) -> HttpResponse:
    _call_different(request, DuplicatePair, pk, _("Noted: these are two different clients."))
    return redirect("clients:duplicates")


def _call_different(request: HttpRequest, pairs: type[AnyPair], pk: int, said: str) -> None:
    """Remember that a pair is no duplicate, or take that back (``again``)."""
    pair = get_object_or_404(pairs.objects.visible_to(request.user), pk=pk)
    if request.POST.get("again"):
        take_back(pair=pair)
    else:
        dismiss(pair=pair, by=request.user, now=timezone.now())
        messages.success(request, said)


def merge(request: HttpRequest, survivor: int, loser: int) -> HttpResponse:
    """Side by side: who survives, and which value of each field that differs."""
    return _compared(request, CLIENTS, survivor, loser)


def _compared(request: HttpRequest, kind: Kind, survivor: int, loser: int) -> HttpResponse:
    both = mergeable(request.user, kind.model, survivor, loser)
    if both is None or survivor == loser:
        raise Http404
    shown = review(*both)
    if request.method != "POST":
        return page(request, kind.review, kind.urls | {"review": shown})
    take = [choice.name for choice in shown.choices if request.POST.get(f"take-{choice.name}") == "loser"]
    try:
        batch = kind.merge(
            survivor_id=survivor, loser_id=loser, take=take, by=request.user, now=timezone.now()
        )
    except MergeRefused as refusal:
        messages.error(request, str(MERGE_REFUSALS[refusal.code]))
        return redirect(kind.urls["here"])
    told = {"loser": shown.loser.name, "survivor": shown.survivor.name}
    messages.success(request, str(kind.said) % told)
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
    take_back_merge = undo_people_merge if shown.person else undo_merge
    try:
        take_back_merge(batch_id=pk, by=request.user, now=timezone.now())
    except UndoRefused as refusal:
        model = str(capfirst(str(refusal.model._meta.verbose_name_plural))) if refusal.model else ""
        messages.error(request, str(UNDO_REFUSALS[refusal.code]) % {"model": model})
    else:
        done = (
            _("The merge was undone; both people are as they were.") if shown.person
            else _("The merge was undone; both clients are as they were.")
        )  # fmt: skip
        messages.success(request, done)
    return redirect("clients:merged", pk=pk)


# --- people -------------------------------------------------------------------------------------
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """People who likely stand here twice, at one client or at two."""
    return _pairs(request, PEOPLE, person_page, "clients/duplicate_people.html")


@require_POST
def different_people(request: HttpRequest, pk: int) -> HttpResponse:
    _call_different(request, PersonPair, pk, _("Noted: these are two different people."))
    return redirect("clients:duplicate_people")


def merge_person(request: HttpRequest, survivor: int, loser: int) -> HttpResponse:
    return _compared(request, PEOPLE, survivor, loser)


urlpatterns = [
    path("duplicates/people/", people, name="duplicate_people"),
    path("duplicates/people/<int:pk>/different/", different_people, name="different_people"),
    path("people/<int:survivor>/merge/<int:loser>/", merge_person, name="merge_people"),
    path("duplicates/", duplicates, name="duplicates"),
    path("duplicates/<int:pk>/different/", different, name="different"),
    path("<int:survivor>/merge/<int:loser>/", merge, name="merge"),
    path("<int:pk>/merge/", merge_with, name="merge_with"),
    path("merges/<int:pk>/", merged, name="merged"),
    path("merges/<int:pk>/undo/", undo, name="merge_undo"),
]
