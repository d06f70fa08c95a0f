"""What the palette and the fields that choose a client ask for while one types."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from clients.fields import written
from clients.models import Client
from clients.palette import COMMANDS_BESIDE_HITS, IN_PALETTE, MAX_TEXT, ON_PAGE, commands, found
from common.htmx import page

SUGGESTED = 8


def _text(request: HttpRequest, name: str = "q") -> str:
    return request.GET.get(name, "").replace("\x00", "")[:MAX_TEXT].strip()


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The page shows more of each kind than the palette under the field."""
    text = _text(request)
    in_palette = bool(getattr(request, "htmx", None))
    context = {
        "q": text,
        "groups": found(request.user, text, IN_PALETTE if in_palette else ON_PAGE),
        "commands": commands(request.user, text, COMMANDS_BESIDE_HITS if text else None),
    }
    return page(request, "clients/search.html", context, partial="hits")


@require_safe
def pick(request: HttpRequest) -> HttpResponse:
    """Options of a field that chooses a client; the text comes under the field's own name."""
    name = next((name for name in request.GET if name != "q"), "q")
    text = _text(request, name)
    clients = Client.objects.visible_to(request.user).matching(text).order_by("name", "pk")
    options = [(written(client), client.city) for client in clients[:SUGGESTED]] if text else []
    return page(request, "clients/pick.html", {"options": options})
