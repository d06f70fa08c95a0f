"""Small builders of records; everything not said is plain."""

from datetime import date
from itertools import count
from typing import Any

from accounts.models import User
from clients.models import Client
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
    order = Order.objects.create(client=client, ref=f"O{next(_numbers):06d}")
    for position, amount in enumerate(amounts_cents, start=1):
        OrderLine.objects.create(
            order=order, day=day, position=position, amount_cents=amount, net_cents=amount,
            currency="EUR", cost_cents=cost_cents, **line,
        )  # fmt: skip
    return order
