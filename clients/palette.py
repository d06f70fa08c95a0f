"""Search and commands of the frame (Ctrl/Cmd K): clients, people, units, orders; and what one may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients import registry
from clients.models import BuyingUnit, Client, Person
from clients.registry import Hit
from common.navigation import entries_for
from common.text import searchable

IN_PALETTE = 5
ON_PAGE = 20
COMMANDS_BESIDE_HITS = 4
MAX_TEXT = 100


@dataclass(frozen=True)
class Group:
    key: str
    label: str | Promise
    hits: Sequence[Hit]


def client_hits(user: Any, text: str, limit: int) -> list[Hit]:
    found = Client.objects.visible_to(user).matching(text).order_by("name", "pk").select_related("owner")
    return [
        Hit(
            client.name, client.get_absolute_url(), ref=client.ref, icon="people",
            note=" · ".join(part for part in (client.city, client.owner.name if client.owner else "") if part),
        )
        for client in found.only("name", "ref", "city", "owner__name")[:limit]
    ]  # fmt: skip


def person_hits(user: Any, text: str, limit: int) -> list[Hit]:
    """Private clients are found as clients already."""
    found = Person.objects.visible_to(user).matching(text).filter(is_client=False)
    found = found.order_by("last_name", "pk").select_related("client")
    return [
        Hit(
            person.name,
            person.get_absolute_url(),
            note=person.client.name,
            ref=person.job_title,
            icon="person",
        )
        for person in found.only("first_name", "last_name", "job_title", "client__name")[:limit]
    ]


def unit_hits(user: Any, text: str, limit: int) -> list[Hit]:
    found = BuyingUnit.objects.visible_to(user).matching(text).order_by("name", "pk")[:limit]
    return [
        Hit(
            unit.name,
            unit.get_absolute_url(),
            note=str(unit.get_kind_display()),
            ref=unit.ref,
            icon="diagram-3",
        )
        for unit in found
    ]


clients = registry.SearchSource("clients", _("Clients"), client_hits, 10)
people = registry.SearchSource("people", _("People"), person_hits, 20)
units = registry.SearchSource("units", _("Buying units"), unit_hits, 30)


def found(user: Any, text: str, limit: int) -> list[Group]:
    """The groups that found something, one or two queries each; nothing for an empty text."""
    if not searchable(text):
        return []
    groups = [
        Group(source.key, source.label, source.hits(user, text, limit))
        for source in registry.search_sources()
    ]
    return [group for group in groups if group.hits]


def commands(user: Any, text: str, limit: int | None = None) -> list[Hit]:
    """Pages to go to and acts to begin, whose words hold every word of ``text``; all for an empty text."""
    offered = [
        (
            f"{command.label} {command.words}",
            Hit(str(command.label), reverse(command.url_name), icon=command.icon),
        )
        for command in registry.commands_for(user)
    ]
    offered += [
        (str(entry.label), Hit(str(_("Go to: %(page)s") % {"page": entry.label}), entry.url, icon=entry.icon))
        for entry in entries_for(user)
    ]
    words = searchable(text).split()
    hits = [
        hit for label, hit in offered if all(word in searchable(f"{label} {hit.title}") for word in words)
    ]
    return hits[:limit]
