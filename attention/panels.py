"""What the weekly lists add to the client's page."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from attention.labels import ACTS
from attention.selectors.week import lines_of
from clients.models import Client
from clients.registry import Panel


def _context(client: Client, user: Any) -> Mapping[str, Any] | None:
    lines = lines_of(client, user)
    if not lines:
        return None
    return {"lines": [{"line": line, "act": ACTS[line.act]} for line in lines]}


client_panel = Panel(
    key="attention",
    template="attention/panel.html",
    context=_context,
    zone="side",
    position=20,
    title=_("On the weekly list"),
)
