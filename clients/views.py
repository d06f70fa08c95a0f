from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.rights import may, may_with
from accounts.rules import Act
from clients import registry
from clients.dossier import Dossier
from clients.editing import saved, visible_client, visible_clients
from clients.forms import ClientForm
from clients.listing import show
from clients.lists.clients import CLIENTS
from clients.merging.selectors import living
from clients.models import Client, Tag
from clients.selectors import shown_panels
from clients.services import save_client, self_person
from common.aggregates import Joined, parted
from common.htmx import page
from common.once import once


@require_safe
def client_list(request: HttpRequest) -> HttpResponse:
    return show(request, CLIENTS)


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    client = registry.joined(_with_tags(visible_clients(request))).filter(pk=pk).first()
    if client is None:  # a merged client is found where it lives on, by whoever may see that
        return redirect(visible_client(request, living(pk)))
    dossier = Dossier(client, request.user, timezone.now(), once(request))
    zones = {zone: shown_panels(dossier, zone) for zone in ("head", "strip", "main", "side")}
    scripts = dict.fromkeys(
        script for shown in zones.values() for item in shown for script in item.panel.scripts
    )
    context = {
        "client": client, "zones": zones, "panel_scripts": list(scripts),
        "may_edit": may_with(request.user, Act.EDIT, client),
        "tags": sorted(parted(client.tag_names)),  # type: ignore[attr-defined]
    }  # fmt: skip
    return page(request, "clients/detail.html", context)


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
