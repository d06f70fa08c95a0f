from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.rights import may
from accounts.rules import Act
from clients.forms import ClientForm
from clients.listing import show
from clients.lists.clients import CLIENTS
from clients.merging.selectors import living
from clients.models import Client
from clients.selectors import search_hits, shown_panels
from common.htmx import page


@require_safe
def client_list(request: HttpRequest) -> HttpResponse:
    return show(request, CLIENTS)


def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "")[:100].strip()
    limit = 8 if getattr(request, "htmx", None) else 50
    context = {"q": text, "hits": search_hits(request.user, text, limit)}
    return page(request, "clients/search.html", context, partial="hits")


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    client = _seen(request).filter(pk=pk).first()
    if client is None:  # a merged client is found where it lives on, by whoever may see that
        return redirect(_visible_client(request, living(pk)))
    zones = {zone: shown_panels(client, request.user, zone) for zone in ("head", "strip", "main", "side")}
    scripts = dict.fromkeys(
        script for shown in zones.values() for item in shown for script in item.panel.scripts
    )
    return page(
        request, "clients/detail.html", {"client": client, "zones": zones, "panel_scripts": list(scripts)}
    )


def _visible_client(request: HttpRequest, pk: int, act: Act = Act.SEE) -> Client:
    """A foreign client is not found, exactly like an absent one."""
    return get_object_or_404(_seen(request, act), pk=pk)


def _seen(request: HttpRequest, act: Act = Act.SEE) -> QuerySet[Client]:
    return Client.objects.visible_to(request.user, act=act).select_related("owner", "team")


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    client = _visible_client(request, pk, Act.EDIT)
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
    client = form.save()
    messages.success(request, _("%(client)s saved.") % {"client": client.name})
    if Client.objects.visible_to(request.user).filter(pk=client.pk).exists():
        return redirect(client)
    return redirect("clients:list")
