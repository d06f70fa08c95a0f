"""The state of the client list, whole in the address: who sees it, what is asked, how it is sorted."""

from dataclasses import dataclass
from typing import Any, Self

from django.db.models import F, QuerySet, Value
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import reach, sees_others
from accounts.rules import Act, Reach
from clients import registry
from clients.models import Client
from clients.querysets import ClientQuerySet
from clients.rules import ClientKind

MAX_PAGE = 10_000
MAX_OWNERS = 200
DEFAULT_SORT = "name"
OWN_SORTS = {"name": "name", "city": "city", "owner": "owner__name"}


def scopes_of(user: Any) -> list[tuple[str, str | Promise]]:
    """Quick filters that make a difference for this person; the first is "everything visible"."""
    scope = reach(user, Act.SEE)
    if scope == Reach.TEAM:
        return [("", _("Team")), ("mine", _("Mine"))]
    if scope == Reach.ALL:
        team = [("team", _("My team"))] if user.team_id else []
        return [("", _("All")), *team, ("mine", _("Mine"))]
    return []


def owners_for(user: Any) -> list[tuple[int, str]]:
    """Whose clients a manager may pick; empty beyond ``MAX_OWNERS`` (an owner's name in the list filters too)."""
    if not sees_others(user):
        return []
    people = User.objects.visible_to(user).filter(is_active=True).order_by("name", "pk")
    found = list(people.values_list("pk", "name")[: MAX_OWNERS + 1])
    return found if len(found) <= MAX_OWNERS else []


@dataclass(frozen=True)
class ListState:
    """What the address asks, cleaned: unknown values fall back to the plain list, never to an error."""

    q: str = ""
    scope: str = ""
    kind: str = ""
    owner: int | None = None
    choices: tuple[tuple[str, str], ...] = ()
    sort: str = DEFAULT_SORT
    hidden: frozenset[str] = frozenset()
    page: int = 1

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        kind, owner = query.get("kind", ""), query.get("owner", "")
        return cls(
            q=query.get("q", "").replace("\x00", "")[:100].strip(),
            scope=query.get("scope", ""),
            kind=kind if kind in set(ClientKind) else "",
            owner=int(owner) if owner.isascii() and owner.isdigit() and len(owner) < 19 else None,
            choices=_asked_choices(query),
            sort=_known_sort(query.get("sort", "")),
            hidden=frozenset(query.getlist("hide")),
            page=_page_number(query.get("page", "")),
        )

    @property
    def sort_key(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.scope or self.kind or self.owner or self.choices)

    def columns(self) -> list[registry.Column]:
        return [column for column in registry.columns() if column.key not in self.hidden]


def _asked_choices(query: QueryDict) -> tuple[tuple[str, str], ...]:
    return tuple(
        (column.key, value)
        for column in registry.columns()
        if column.choices and (value := query.get(column.key, "")) in {code for code, _label in column.choices()}
    )  # fmt: skip


def _known_sort(sort: str) -> str:
    sortable = {column.key for column in registry.columns() if column.sortable}
    return sort if sort.removeprefix("-") in OWN_SORTS.keys() | sortable else DEFAULT_SORT


def _page_number(text: str) -> int:
    return min(max(int(text), 1), MAX_PAGE) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def asked_clients(user: Any, state: ListState) -> ClientQuerySet:
    """The visible clients the state asks for, in no order, with no more columns than filters need."""
    clients: Any = Client.objects.visible_to(user).matching(state.q)
    if state.scope == "mine":
        clients = clients.filter(owner_id=user.pk)
    elif state.scope == "team" and user.team_id:
        clients = clients.filter(team_id=user.team_id)
    if state.kind:
        clients = clients.filter(kind=state.kind)
    if state.owner is not None:
        clients = clients.filter(owner_id=state.owner)
    for column in registry.columns():
        if value := dict(state.choices).get(column.key):
            clients = column.annotate(clients).filter(**{column.key: value})
    return clients


def in_order(clients: QuerySet[Client], state: ListState) -> QuerySet[Client]:
    """Sorted as asked, ties by id, so that pages neither repeat nor skip a client."""
    key, tie = state.sort_key, "-pk" if state.descending else "pk"
    if key in OWN_SORTS:
        field = F(OWN_SORTS[key])
        # A name is never null: the plain form lets the index give the order.
        if key == "name":
            return clients.order_by("-name" if state.descending else "name", tie)
        order = field.desc(nulls_last=True) if state.descending else field.asc(nulls_last=True)
        return clients.order_by(order, tie)
    column = next(column for column in registry.columns() if column.key == key)
    if key not in clients.query.annotations:
        clients = column.annotate(clients)
    if isinstance(clients.query.annotations[key], Value):
        # Nothing is known yet, the same for all; PostgreSQL refuses to sort by a constant.
        return clients.order_by(tie)
    return clients.order_by(column.order_by(state.descending), tie)
