from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from clients import registry
from clients.dossier import Dossier
from clients.lists.clients import CLIENTS
from clients.models import SavedView
from clients.querysets import ClientQuerySet
from common.lists.state import ListState


@dataclass(frozen=True)
class ShownPanel:
    panel: registry.Panel
    context: Mapping[str, Any]


def shown_panels(dossier: Dossier, zone: str, *, later: bool = False) -> list[ShownPanel]:
    return [
        ShownPanel(panel, context)
        for panel in registry.panels(zone)
        if panel.later == later
        if (context := panel.context(dossier)) is not None
    ]


def audience(view: int | str, user: Any) -> ClientQuerySet:
    """The clients of a saved view that ``user`` may see, in no order: whom an act, an export or a round of
    questionnaires is for.

    ``view`` is the id or the name of a view of the client list; of two with the same name the own one
    counts. Raises ``SavedView.DoesNotExist`` when this person sees no such view.
    """
    views = SavedView.objects.visible_to(user).filter(list_key="clients")
    named = views.filter(pk=view) if isinstance(view, int) else views.filter(name=view)
    found = sorted(named, key=lambda one: (one.owner_id != user.pk, one.pk))
    if not found:
        raise SavedView.DoesNotExist(f"no view {view!r} of the client list")
    return ListState.read(CLIENTS, QueryDict(found[0].query), user).asked_rows()  # type: ignore[return-value]
