"""Two duplicates with everything that can hang on a client, and fingerprints of tables."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from django.apps import apps
from django.db import connection

from clients.models import (
    BuyingUnit,
    Client,
    Consent,
    Interaction,
    Person,
    Tag,
    Task,
    UnitMembership,
)
from clients.rules import ClientKind, ConsentPurpose, InteractionKind, UnitKind
from sales.rollup import rebuild_dirty
from sales.services import mark_all_dirty
from tests.conftest import Cast
from tests.factories.records import make_client, make_order

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
# The journal and the work it starts grow by design.
GROWING = {"clients.batch", "clients.change", "jobs.job"}


def fingerprint() -> dict[str, str]:
    """Every table's rows, whole, by model; without the journal."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            label = model._meta.label_lower
            if label not in GROWING:
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
                rows = sorted(map(repr, cursor.fetchall()))
                found[label] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    return sorted(label for label in one if one[label] != other[label])


def make_twins(cast: Cast, kind: ClientKind = ClientKind.PERSON) -> tuple[Client, Client]:
    """Survivor and loser of Alice's, each with orders on one common day and on one of its own."""
    survivor = make_client(
        owner=cast.alice, ref="S1", name="Zoé Ardent", kind=kind.value, city="Lens", postcode="62300"
    )
    loser = make_client(
        owner=cast.alice, ref="L1", name="ARDENT Zoe", kind=kind.value, city="Lens", postcode="62300",
        email="zoe@mail.example", phone="03 21 00 00 01",
    )  # fmt: skip
    for client, own in ((survivor, date(2026, 1, 5)), (loser, date(2026, 3, 9))):
        make_order(client, date(2026, 2, 2), 10_000, -1_000, cost_cents=4_000)
        make_order(client, own, 7_000, cost_cents=3_000)
        _hang_on(client, cast)
    mark_all_dirty()
    rebuild_dirty()
    return survivor, loser


def _hang_on(client: Client, cast: Cast) -> None:
    me = Person.objects.create(
        client=client, first_name="Zoé", last_name="Ardent", ref=f"P-{client.ref}",
        is_client=client.kind == ClientKind.PERSON, email=client.email,
    )  # fmt: skip
    Person.objects.create(client=client, first_name="Max", last_name=f"Of {client.ref}")
    Consent.objects.create(person=me, purpose=ConsentPurpose.EMAIL.value, given_at=NOW)
    Interaction.objects.create(
        client=client, person=me, by=cast.alice, kind=InteractionKind.CALL.value, happened_at=NOW, minutes=12,
        summary="Zoé Ardent asked for a lamp",
    )  # fmt: skip
    Task.objects.create(client=client, title="Call Zoé Ardent", due_on=NOW.date(), owner=cast.alice)
    both, own = Tag.objects.get_or_create(name="both")[0], Tag.objects.create(name=f"only {client.ref}")
    client.tags.set([both, own])
    unit = BuyingUnit.objects.create(
        ref=f"U-{client.ref}", name=f"Household {client.ref}", kind=UnitKind.HOUSEHOLD.value, head=me
    )
    UnitMembership.objects.create(unit=unit, client=client, joined_on=date(2025, 1, 1))


def rollup(client: Client) -> list[tuple[Any, ...]]:
    return list(client.days.order_by("day").values_list("day", "orders", "rev", "cost"))
