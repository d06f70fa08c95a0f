from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.text import capfirst

from clients import registry
from clients.filters import ListState, asked_clients, in_order
from clients.labels import KINDS
from clients.models import Client, SavedView
from clients.querysets import ClientQuerySet
from clients.rules import ClientKind
from common.paging import Page

PAGE_SIZE = 50
COUNT_CAP = 1000
HITS = 8


@dataclass(frozen=True)
class Cell:
    column: registry.Column
    value: Any


@dataclass(frozen=True)
class Row:
    client: Client
    cells: list[Cell]


@dataclass(frozen=True, kw_only=True)
class ClientPage(Page[Row]):
    """One page of the list. ``count`` stops at ``COUNT_CAP``; ``capped`` says that there are more."""

    columns: list[registry.Column]
    count: int
    capped: bool


def client_page(user: Any, state: ListState) -> ClientPage:
    """Three queries however many columns there are: ids of the page, count, its rows.

    The ids are found with the one column that sorts, so that the others are computed for fifty
    clients and not for all.
    """
    asked = asked_clients(user, state)
    found = _page_ids(asked, state)
    # A search that fits on one page has counted its clients already.
    whole = state.page == 1 and len(found) <= PAGE_SIZE
    counted = len(found) if whole else asked.order_by()[: COUNT_CAP + 1].count()
    columns = state.columns()
    return ClientPage(
        rows=_rows(found[:PAGE_SIZE], columns),
        columns=columns,
        count=min(counted, COUNT_CAP),
        capped=counted > COUNT_CAP,
        number=state.page,
        size=PAGE_SIZE,
        has_next=len(found) > PAGE_SIZE,
    )


def _page_ids(asked: QuerySet[Client], state: ListState) -> list[int]:
    """Ids of the page and of one client more, which tells whether there is a next page."""
    start = (state.page - 1) * PAGE_SIZE
    return list(in_order(asked, state).values_list("pk", flat=True)[start : start + PAGE_SIZE + 1])


def _with_columns(clients: QuerySet[Client], columns: Sequence[registry.Column]) -> QuerySet[Client]:
    for column in columns:
        if column.key not in clients.query.annotations:
            clients = column.annotate(clients)
    return clients.select_related("owner", "team").defer("search_text")


def _rows(ids: Sequence[int], columns: Sequence[registry.Column]) -> list[Row]:
    clients = {client.pk: client for client in _with_columns(Client.objects.filter(pk__in=ids), columns)}
    return [
        Row(client, [Cell(column, getattr(client, column.key)) for column in columns])
        for pk in ids
        if (client := clients.get(pk))
    ]  # fmt: skip


def exported_header(columns: Sequence[registry.Column]) -> list[str]:
    own = [capfirst(str(Client._meta.get_field(name).verbose_name)) for name in _OWN_FIELDS]  # type: ignore[union-attr]
    return [*own, *(str(column.label) for column in columns)]


_OWN_FIELDS = ("ref", "name", "kind", "owner", "team", "postcode", "city", "country", "email", "phone")


def exported_rows(user: Any, state: ListState) -> Iterator[list[Any]]:
    """Every client of the list as it is filtered and sorted, one by one, with its columns.

    Labels are put into words now: the rows are read when the request's language is left.
    """
    columns = state.columns()
    clients = _with_columns(in_order(asked_clients(user, state), state), columns)
    kinds = {kind.value: str(KINDS[kind]) for kind in ClientKind}
    printers = [column.exporter() for column in columns]
    return _export(clients, columns, printers, kinds)


def _export(
    clients: QuerySet[Client], columns: Sequence[registry.Column], printers: Sequence[Any], kinds: Mapping[str, str]
) -> Iterator[list[Any]]:  # fmt: skip
    for client in clients.iterator(chunk_size=2000):
        yield [
            client.ref, client.name, kinds[client.kind], client.owner, client.team, client.postcode,
            client.city, client.country, client.email, client.phone,
            *(
                printed(getattr(client, column.key))
                for column, printed in zip(columns, printers, strict=True)
            ),
        ]  # fmt: skip


def search_hits(user: Any, text: str, limit: int = HITS) -> list[Client]:
    if not text.strip():
        return []
    found = Client.objects.visible_to(user).matching(text).order_by("name", "pk")
    return list(found.select_related("owner").defer("search_text")[:limit])


@dataclass(frozen=True)
class ShownPanel:
    panel: registry.Panel
    context: Mapping[str, Any]


def shown_panels(client: Client, user: Any, zone: str) -> list[ShownPanel]:
    return [
        ShownPanel(panel, context)
        for panel in registry.panels(zone)
        if (context := panel.context(client, user)) is not None
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
    return asked_clients(user, ListState.read(QueryDict(found[0].query)))
