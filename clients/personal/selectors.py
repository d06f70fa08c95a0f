"""What falls due, as its page shows it, and the part of a client's page that leads to the rights."""

from typing import Any

from clients.dossier import Dossier, people
from clients.models import RetentionNotice
from clients.rules import ClientKind
from common.paging import Page

PAGE_SIZE = 50
PEOPLE_SHOWN = 8


def retention_page(user: Any, *, number: int) -> Page[RetentionNotice]:
    start = (number - 1) * PAGE_SIZE
    rows = RetentionNotice.objects.visible_to(user).select_related("client__owner", "person", "postponed_by")
    found = list(rows.order_by("due_on", "pk")[start : start + PAGE_SIZE + 1])
    return Page(rows=found[:PAGE_SIZE], number=number, size=PAGE_SIZE, has_next=len(found) > PAGE_SIZE)


def panel(dossier: Dossier) -> dict[str, Any] | None:
    if dossier.client.kind == ClientKind.PERSON:
        return {"is_private": True}
    found = sorted(dossier.of(people), key=lambda person: (person.last_name, person.pk))[:PEOPLE_SHOWN]
    return {"people": found} if found else None
