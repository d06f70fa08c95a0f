"""What falls due, as its page shows it, and the part of a client's page that leads to the rights."""

from typing import Any

from clients.models import Client, Person, RetentionNotice
from clients.rules import ClientKind
from common.paging import Page

PAGE_SIZE = 50
PEOPLE_SHOWN = 8


def retention_page(user: Any, *, number: int) -> Page[RetentionNotice]:
    start = (number - 1) * PAGE_SIZE
    rows = RetentionNotice.objects.visible_to(user).select_related("client__owner", "person", "postponed_by")
    found = list(rows.order_by("due_on", "pk")[start : start + PAGE_SIZE + 1])
    return Page(rows=found[:PAGE_SIZE], number=number, size=PAGE_SIZE, has_next=len(found) > PAGE_SIZE)


def panel(client: Client, user: Any) -> dict[str, Any] | None:
    if client.kind == ClientKind.PERSON:
        return {"is_private": True}
    people = Person.objects.filter(client=client).only("pk", "first_name", "last_name")
    found = list(people.order_by("last_name", "pk")[:PEOPLE_SHOWN])
    return {"people": found} if found else None
