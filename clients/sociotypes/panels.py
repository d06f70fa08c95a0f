"""Parts of the client's page: the type its people give it, and theirs."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.registry import Dossier, Panel
from clients.sociotypes.selectors.people import client_panel


def _people(dossier: Dossier) -> Mapping[str, Any] | None:
    found = client_panel(dossier)
    return {"sociotypes": found} if found else None


types_panel = Panel(
    "sociotypes",
    "sociotypes/panel.html",
    _people,
    zone="side",
    position=40,
    title=_("Readiness for online"),
    later=True,
)
