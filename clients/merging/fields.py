"""The fields of a client a person chooses between, and what a merge proposes. Reads nothing."""

from typing import Any

from clients.models import Client

CHOSEN = (
    "name", "kind", "owner", "team", "email", "phone", "street", "postcode", "city", "country", "language",
    "registration_number", "website", "parent", "observed_from",
)  # fmt: skip


def attname(name: str) -> str:
    return str(Client._meta.get_field(name).attname)  # type: ignore[union-attr]


def differing(survivor: Client, loser: Client) -> list[str]:
    return [name for name in CHOSEN if _value(survivor, name) != _value(loser, name)]


def proposed(survivor: Client, loser: Client) -> set[str]:
    """Names of the fields to take from the loser unless a person says otherwise: what the survivor lacks."""
    return {name for name in differing(survivor, loser) if _value(survivor, name) in (None, "")}


def _value(client: Client, name: str) -> Any:
    return getattr(client, attname(name))
