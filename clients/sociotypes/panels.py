"""Parts of the client's page: the type its people give it, and theirs."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.registry import Panel
from clients.sociotypes.selectors.people import client_panel


def _people(client: Client, user: Any) -> Mapping[str, Any] | None:
    found = client_panel(client, timezone.localdate())
    return {"sociotypes": found} if found else None


types_panel = Panel(
    "sociotypes", "sociotypes/panel.html", _people, zone="side", position=40, title=_("Readiness for online")
)
