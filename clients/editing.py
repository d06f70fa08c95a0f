"""What the pages that change a record share: finding it, and meeting somebody else's change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.rules import Act
from clients.models import Client
from clients.past import last_change
from clients.services.records import Stale
from common.htmx import page

UNKNOWN = "–"


def visible_client(request: HttpRequest, pk: int, act: Act = Act.SEE) -> Client:
    """A foreign client is not found, exactly like an absent one."""
    return get_object_or_404(visible_clients(request, act), pk=pk)


def visible_clients(request: HttpRequest, act: Act = Act.SEE) -> QuerySet[Client]:
    return Client.objects.visible_to(request.user, act=act).select_related("owner", "team", "parent")


def visible(request: HttpRequest, model: Any, pk: int, act: Act = Act.SEE, *joined: str) -> Any:
    """A record that hangs on a client the reader may see, or do ``act`` with."""
    return get_object_or_404(model.objects.visible_to(request.user, act=act).select_related(*joined), pk=pk)


def back(request: HttpRequest, otherwise: str) -> str:
    """The page a form was sent from, when it names one of ours."""
    asked = str(request.POST.get("next", ""))
    # A path of ours begins with a slash; anything else would be taken for the name of a view.
    ours = asked.startswith("/") and url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}
    )
    return asked if asked and ours else otherwise


@dataclass(frozen=True)
class Difference:
    label: str
    stands: str
    written: str


def saved(
    request: HttpRequest, form: Any, save: Callable[[], Any], fresh: Callable[[Any], Any], keep_url: str
) -> HttpResponse | None:
    """Save what the form holds; ``None`` when it is done, else the 409 page that shows both versions.

    ``fresh(stored)`` makes the same form for the record as it stands now.
    """
    try:
        save()
    except Stale as stale:
        return _conflict(request, form, stale, fresh(stale.stored), keep_url)
    except ObjectDoesNotExist as gone:
        raise Http404("deleted meanwhile") from gone
    return None


def _conflict(request: HttpRequest, form: Any, stale: Stale, now: Any, keep_url: str) -> HttpResponse:
    names = [name for name in form.fields if name in now.fields and name != "version"]
    pairs = [(form[name], now[name]) for name in names]
    rows = [Difference(str(mine.label), _shown(theirs), _shown(mine)) for mine, theirs in pairs]
    context = {
        "rows": [row for row in rows if row.stands != row.written],
        "hidden": [mine for mine, _theirs in pairs],
        "version": stale.stored.updated_at.isoformat(),  # type: ignore[attr-defined]
        "change": last_change(stale.stored),
        "keep_url": keep_url,
    }
    return page(request, "clients/conflict.html", context, status=409)


def _shown(bound: Any) -> str:
    """A field's value in words, whether it comes from a record or was typed."""
    value = bound.field.prepare_value(bound.value())
    if isinstance(value, bool) or value in ("on", "True", "False"):
        return _("yes") if value in (True, "on", "True") else _("no")
    if value in (None, ""):
        return UNKNOWN
    choices = {str(key): str(label) for key, label in getattr(bound.field, "choices", ())}
    return choices.get(str(value), str(bound.field.widget.format_value(value) or UNKNOWN))
