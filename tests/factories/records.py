"""Small builders of records; everything not said is plain."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from accounts.models import User
from clients.models import BuyingUnit, Client, Interaction, Person, Task, UnitMembership
from sales.models import Order, OrderLine

_numbers = count(1)


def make_client(*, owner: User | None = None, **fields: Any) -> Client:
    number = next(_numbers)
    defaults = {
        "ref": f"C{number:05d}", "name": f"Client {number}", "owner": owner,
        "team": owner.team if owner else None,
    }  # fmt: skip
    return Client.objects.create(**(defaults | fields))


def make_order(
    client: Client, day: date, *amounts_cents: int, cost_cents: int | None = None, **line: Any
) -> Order:
    """An order with one line per amount. Writes no dirty day: call sales.services.mark_all_dirty."""
    totals = {"first_day": day, "last_day": day, "net_cents": sum(amounts_cents)} if amounts_cents else {}
    order = Order.objects.create(client=client, ref=f"O{next(_numbers):06d}", **totals)
    for position, amount in enumerate(amounts_cents, start=1):
        OrderLine.objects.create(
            order=order, day=day, position=position, amount_cents=amount, net_cents=amount,
            currency="EUR", cost_cents=cost_cents, **line,
        )  # fmt: skip
    return order


def make_person(client: Client, **fields: Any) -> Person:
    """Somebody of a client; ``is_client=True`` is the private client as a person."""
    number = next(_numbers)
    return Person.objects.create(**({"client": client, "last_name": f"Person {number}"} | fields))


def make_unit(*members: Client, joined_on: date = date(2020, 1, 1), **fields: Any) -> BuyingUnit:
    """A household, or a group with ``kind="group"``, whose members all joined the same day."""
    number = next(_numbers)
    unit = BuyingUnit.objects.create(**({"ref": f"U{number:05d}", "name": f"Unit {number}"} | fields))
    UnitMembership.objects.bulk_create(
        UnitMembership(unit=unit, client=client, joined_on=joined_on) for client in members
    )
    return unit


def make_interaction(client: Client, **fields: Any) -> Interaction:
    defaults = {
        "client": client, "by": client.owner, "kind": "call", "summary": f"Talk {next(_numbers)}",
        "happened_at": datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
    }  # fmt: skip
    return Interaction.objects.create(**(defaults | fields))


def make_task(client: Client, **fields: Any) -> Task:
    """Something the client's owner has to do; a client without an owner needs ``owner``."""
    defaults = {
        "client": client, "owner": client.owner, "title": f"Task {next(_numbers)}",
        "due_on": date(2026, 11, 30),
    }  # fmt: skip
    return Task.objects.create(**(defaults | fields))
