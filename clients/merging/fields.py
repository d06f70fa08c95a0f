"""The fields a person chooses between when two records become one, and what a merge proposes. Reads nothing."""

from typing import Any

from clients.models import Client, Person

Record = Client | Person
CHOSEN: dict[type[Record], tuple[str, ...]] = {
    Client: (
        "name", "kind", "owner", "team", "email", "phone", "street", "postcode", "city", "country", "language",
        "registration_number", "website", "parent", "observed_from",
    ),
    Person: (
        "client", "first_name", "last_name", "job_title", "role", "is_decision_maker", "email", "phone", "language",
        "legal_basis", "source", "left_on",
    ),
}  # fmt: skip


def attname(model: type[Record], name: str) -> str:
    return str(model._meta.get_field(name).attname)  # type: ignore[union-attr]


def taken_values(loser: Record, taken: set[str]) -> dict[str, Any]:
    """By column what the survivor takes over; fields that nobody may choose are left out."""
    names = [attname(type(loser), name) for name in CHOSEN[type(loser)] if name in taken]
    return {name: getattr(loser, name) for name in names}


def differing(survivor: Record, loser: Record) -> list[str]:
    return [name for name in CHOSEN[type(survivor)] if _value(survivor, name) != _value(loser, name)]


def proposed(survivor: Record, loser: Record) -> set[str]:
    """Names of the fields to take from the loser unless somebody says otherwise: what the survivor lacks.

    A decision-maker stays one, and nobody leaves because another record of theirs was closed.
    """
    names = {name for name in differing(survivor, loser) if _value(survivor, name) in (None, "")}
    if isinstance(loser, Person) and loser.is_decision_maker:
        names |= {"is_decision_maker"} & set(differing(survivor, loser))
    return names - {"left_on"}


def _value(record: Record, name: str) -> Any:
    return getattr(record, attname(type(record), name))
