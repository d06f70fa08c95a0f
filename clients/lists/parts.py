"""What the lists of several kinds of records share."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.querysets import visible_q
from accounts.rights import reach, sees_all, sees_others
from accounts.rules import Act, Reach
from clients.filters import MAX_OFFERED, owners_for
from clients.models import Client, Tag
from common.lists.spec import Column, Filter, Options, Rows, Scope, Text, id_filter


def scopes(path: str = "") -> Callable[[Any], list[Scope]]:
    """Quick filters that make a difference for this person; ``path`` leads to the client."""

    def of(user: Any) -> list[Scope]:
        mine = Scope("mine", _("Mine"), lambda rows, who: rows.filter(**{f"{path}owner_id": who.pk}))
        nobody = Scope("nobody", _("No owner"), lambda rows, who: rows.filter(**{f"{path}owner": None}))
        team = Scope("team", _("My team"), lambda rows, who: rows.filter(**{f"{path}team_id": who.team_id}))
        scope = reach(user, Act.SEE)
        if scope == Reach.TEAM:
            return [Scope("", _("Team")), mine, nobody]
        if scope == Reach.ALL:
            return [Scope("", _("All")), *([team] if user.team_id else []), mine, nobody]
        return []

    return of


def owners(user: Any) -> Options:
    return [(str(pk), name) for pk, name in owners_for(user)]


def _offered(rows: Rows) -> Options:
    found = [(str(pk), name) for pk, name in rows[: MAX_OFFERED + 1]]
    return found if len(found) <= MAX_OFFERED else []


def _teams(user: Any) -> Options:
    return _offered(Team.objects.order_by("name").values_list("pk", "name")) if sees_all(user) else []


def _tags(user: Any) -> Options:
    """Those on clients one may see: a tag can say more than a colleague should read."""
    # Asked of each tag until one client is found: there are few tags, and many clients under each.
    tagged = Client.tags.through.objects.filter(tag=OuterRef("pk"))
    tags = Tag.objects.filter(Exists(tagged.filter(visible_q(user, client="client__"))))
    return _offered(tags.order_by("name").values_list("pk", "name"))


def named(model: Any) -> Callable[[str, Any], Text]:
    def worded(value: str, user: Any) -> Text:
        found = model.objects.visible_to(user).filter(pk=int(value)).first()
        return str(found) if found else "–"

    return worded


def owner_filter(path: str = "", label: Text = "") -> Filter:
    return id_filter("owner", label or _("Owner"), f"{path}owner_id", owners, named(User))


def team_filter(path: str = "") -> Filter:
    return id_filter("team", _("Team"), f"{path}team_id", _teams, named(Team))


def tag_filter() -> Filter:
    def apply(rows: Rows, value: str, user: Any) -> Rows:
        return rows.filter(pk__in=Client.tags.through.objects.filter(tag_id=int(value)).values("client_id"))

    base = id_filter("tag", _("Tag"), "tags", _tags, lambda value, user: dict(_tags(user)).get(value, "–"))
    return replace(base, apply=apply)


def client_column(**changes: Any) -> Column:
    """Whose row it is, as a link to the client's page."""
    defaults: dict[str, Any] = {
        "key": "client", "label": _("Client"), "template": "clients/cells/client.html",
        "value": lambda row: (row.client_id, row.client.name), "sort": "client__name",
        "export": lambda value: value[1], "position": 20,
    }  # fmt: skip
    return Column(**(defaults | changes))


def owner_column(path: str = "", **changes: Any) -> Column:
    """Who looks after it; following the name narrows the list to it. For those who see others alone."""
    steps = [step for step in path.split("__") if step]

    def value(row: Any) -> tuple[int, str] | None:
        for step in steps:
            row = getattr(row, step)
        return (row.owner_id, row.owner.name) if row.owner_id else None

    defaults: dict[str, Any] = {
        "key": "owner", "label": _("Owner"), "template": "clients/cells/owner.html", "value": value,
        "sort": f"{path}owner__name", "export": lambda value: value[1] if value else None, "position": 90,
        "side": True,
    }  # fmt: skip
    return Column(**(defaults | changes))


def owner_groups(path: str) -> Callable[[Rows, bool], Iterator[Rows]]:
    """Rows by the name of the owner of their client, unknown last; owners of one name together."""

    def groups(rows: Rows, falling: bool) -> Iterator[Rows]:
        owning = User.objects.filter(Exists(Client.objects.filter(owner=OuterRef("pk"))))
        named = owning.order_by("-name" if falling else "name").values_list("name", "pk")
        for _name, found in groupby(named, key=itemgetter(0)):
            yield rows.filter(**{f"{path}owner__in": [pk for _same, pk in found]})
        yield rows.filter(**{f"{path}owner": None})

    return groups


def columns_for(user: Any, columns: list[Column], owner: Column) -> list[Column]:
    return [*columns, owner] if sees_others(user) else columns
