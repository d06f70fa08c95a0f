from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.reader import Reader, reader
from accounts.rights import may, may_with
from accounts.rules import Act
from clients import registry
from clients.dossier import Dossier
from clients.editing import saved, visible_client
from clients.forms import ClientForm
from clients.listing import show
from clients.lists.clients import CLIENTS
from clients.merging.selectors import living
from clients.models import Client, Tag
from clients.selectors import shown_panels
from clients.services import save_client, self_person
from common.aggregates import Joined, parted
from common.htmx import asks_for_part, page
from common.once import once
from common.prepared import prepared


@require_safe
def client_list(request: HttpRequest) -> HttpResponse:
    return show(request, CLIENTS)


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is read first; the timeline and the panels of ``more`` come right after it."""
    dossier = _dossier(request, pk, {False})
    if dossier is None:
        return redirect(visible_client(request, living(pk)))
    return page(request, "clients/detail.html", _first(dossier) | {"more": None})


def more(request: HttpRequest, pk: int) -> HttpResponse:
    """The panels that come later; without scripts the whole page at once."""
    part = asks_for_part(request)
    dossier = _dossier(request, pk, {True} if part else {False, True})
    if dossier is None:
        return redirect("clients:more", visible_client(request, living(pk)).pk)
    later = {zone: shown_panels(dossier, zone, later=True) for zone in ("main", "side")}
    context = {"client": dossier.client} if part else _first(dossier)
    return page(request, "clients/detail.html", context | {"more": later, "part": part}, partial="later")


def _dossier(request: HttpRequest, pk: int, whens: Collection[bool]) -> Dossier | None:
    """None when there is no such client: a merged one is found where it lives on, by whoever may see that."""
    found = _client(pk, reader(request.user), frozenset(whens), get_language())
    if not found:
        return None
    first, whole = True not in whens, len(whens) == 2
    return Dossier(found[0], request.user, timezone.now(), once(request), first, whole)


@prepared
def _client(pk: int, who: Reader, whens: Collection[bool], language: str | None) -> QuerySet[Client]:
    """``language``: of the words that the apps above join."""
    clients: QuerySet[Client] = Client.objects.visible_to(who)
    if False in whens:
        clients = _with_tags(clients.select_related("owner", "team"))
    return registry.joined(clients, whens).filter(pk=pk)


def _first(dossier: Dossier) -> dict[str, Any]:
    client: Any = dossier.client
    zones = {zone: shown_panels(dossier, zone) for zone in ("head", "strip", "main", "side")}
    panels = [*(item.panel for shown in zones.values() for item in shown), *registry.later_panels()]
    return {
        "client": client, "zones": zones,
        "panel_scripts": list(dict.fromkeys(script for panel in panels for script in panel.scripts)),
        "panel_styles": list(dict.fromkeys(sheet for panel in panels for sheet in panel.styles)),
        "may_edit": may_with(dossier.user, Act.EDIT, client),
        "tags": sorted(parted(client.tag_names)),
    }  # fmt: skip


def _with_tags(clients: QuerySet[Client]) -> QuerySet[Client]:
    own = Tag.objects.filter(clients=OuterRef("pk")).order_by().values("clients")
    return clients.annotate(tag_names=Subquery(own.annotate(names=Joined("name")).values("names")))


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    client = visible_client(request, pk, Act.EDIT)
    name = client.name  # the form writes into the instance even when it is refused
    form = ClientForm(request.POST or None, instance=client, user=request.user)
    if request.method == "POST" and form.is_valid():
        return _saved(request, form)
    context = {
        "form": form,
        "headline": name,
        "lead": _("The facts of this client; orders and figures come from the imports."),
        "cancel_url": client.get_absolute_url(),
    }
    return page(request, "generic/form.html", context)


def create(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if not may(user, Act.ASSIGN):
        raise PermissionDenied
    form = ClientForm(request.POST or None, instance=Client(owner=user, team=user.team), user=user)
    if request.method == "POST" and form.is_valid():
        return _saved(request, form)
    context = {
        "form": form,
        "headline": _("New client"),
        "lead": _("The reference is the number other systems know this client by; imports find it there."),
        "submit": _("Create the client"),
        "cancel_url": reverse("clients:list"),
    }
    return page(request, "generic/form.html", context)


def _saved(request: HttpRequest, form: ClientForm) -> HttpResponse:
    client, now = form.instance, timezone.now()
    tags = form.tag_list if "tag_names" in form.data else None
    conflict = saved(
        request,
        form,
        lambda: save_client(client, tags=tags, by=request.user, at=now, seen=form.seen_version),
        lambda stored: ClientForm(instance=stored, user=request.user),
        client.get_absolute_url() if client.pk else "",
    )
    if conflict:
        return conflict
    self_person(client=client, by=request.user, at=now)
    messages.success(request, _("%(client)s saved.") % {"client": client.name})
    if Client.objects.visible_to(request.user).filter(pk=client.pk).exists():
        return redirect(client)
    return redirect("clients:list")
