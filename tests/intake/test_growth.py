"""The work of an import grows with its rows and not with their square.

Counted in steps of SQLite's virtual machine, which a busy machine does not change.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest
from django.db import connection

from clients.models import Client, Person
from common.reading.shapes import Mapping
from intake.importing import Request
from intake.models import RecordImport
from intake.orders import import_orders
from intake.rules import Kind
from intake.undoing import undo_import
from sales.models import Order, OrderLine, Product
from tests.conftest import Cast
from tests.intake.helpers import NOW, TODAY, import_text, make_import

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FEW, MANY = 100, 400
EVERY = 50  # steps between two counts

Rows = Callable[[int, int], str]
"""(number, version) → a line of the file; another version changes the record."""

FILES: dict[Kind, tuple[str, Rows]] = {
    Kind.CLIENTS: (
        "ref,name,kind,first_name,last_name,email,parent,tags",
        lambda n, v: f"N{n},,person,Ann,Berg {n} {v},a{n}@mail.example,{f'N{n - 1}' if n % 2 else f'C{n}'},t{n % 7}",
    ),
    Kind.PEOPLE: (
        "client,ref,first_name,last_name,email,job_title",
        lambda n, v: f"C{n},{f'R{n}' if n % 3 == 0 else ''},Ida,Lund {n},{f'i{n}@mail.example' if n % 3 == 1 else ''},{v}",
    ),
    Kind.UNITS: ("ref,name,head,client,joined_on", lambda n, v: f"U{n // 2},Unit {n // 2} {v},p{n}@mail.example,C{n},2024-01-0{1}"),
    Kind.PRODUCTS: ("ref,name,category,unit_cost", lambda n, v: f"Q{n},Product {n} {v},Food > C{n % 20},{n}"),
    Kind.COSTS: (
        "product,unit_cost,order,line_cost",
        lambda n, v: f",,O{n},{n + v}" if n % 2 else f"P{n},{n + v},,",
    ),
    Kind.INTERACTIONS: (
        "client,kind,happened_at,summary,person,minutes",
        lambda n, v: f"C{n % 20},call,2026-10-0{1 + n % 9},Talk {n},{f'p{n % 20}@mail.example' if n % 2 else ''},{v}",
    ),
}  # fmt: skip


def fill(count: int) -> None:
    """As many clients with a person, products and orders as the file will name."""
    clients = Client.objects.bulk_create(Client(ref=f"C{n}", name=f"Client {n}") for n in range(count))
    Person.objects.bulk_create(
        Person(client=client, last_name="P", email=f"p{n}@mail.example") for n, client in enumerate(clients)
    )
    products = Product.objects.bulk_create(Product(ref=f"P{n}", name=f"P {n}") for n in range(count))
    orders = Order.objects.bulk_create(Order(ref=f"O{n}", client=client) for n, client in enumerate(clients))
    OrderLine.objects.bulk_create(
        OrderLine(order=order, day=date(2024, 3, 1), position=1, amount_cents=100, net_cents=100, currency="EUR",
                  product=product)
        for order, product in zip(orders, products, strict=True)
    )  # fmt: skip


@contextmanager
def counted(steps: dict[str, int], name: str) -> Iterator[None]:
    seen = 0

    def count() -> int:
        nonlocal seen
        seen += 1
        return 0

    connection.connection.set_progress_handler(count, EVERY)
    try:
        yield
    finally:
        connection.connection.set_progress_handler(None, EVERY)
        steps[name] = seen


def steps_of(folder: Path, kind: Kind, count: int, cast: Cast) -> dict[str, int]:
    """First import, the same again, a changed file, undoing both; written by who sees all, and by who does not."""
    header, row = FILES[kind]

    def body(version: int) -> str:
        return "\n".join([header, *(row(n, version) for n in range(count))]) + "\n"

    steps: dict[str, int] = {}
    imports: list[RecordImport] = []
    for name, version, user in (("first", 1, None), ("again", 1, cast.diane), ("changed", 2, cast.diane)):
        with counted(steps, name):
            result = import_text(folder, kind, body(version), user=user)
        assert result["rejected"] == {}
        imports.append(result["import"])
    for name, record in (("undo changes", imports[2]), ("undo all", imports[0])):
        with counted(steps, name):
            undo_import(record_import=record, user=None, now=NOW + timedelta(days=1))
    return steps


@pytest.mark.parametrize("kind", FILES)
def test_four_times_the_rows_take_four_times_the_steps(cast: Cast, tmp_path: Path, kind: Kind) -> None:
    taken = {}
    for count in (FEW, MANY):
        fill(count)
        taken[count] = steps_of(tmp_path, kind, count, cast)
        for model in (OrderLine, Order, Person, Client, Product):
            model.objects.all().delete()
    growth = {name: round(taken[MANY][name] / taken[FEW][name], 1) for name in taken[FEW]}
    assert {name: times for name, times in growth.items() if times > 6} == {}


def test_orders_grow_alike(cast: Cast, tmp_path: Path) -> None:
    def run(count: int, name: str) -> None:
        rows = [f"C{n % 50},O{n},2024-03-0{1 + n % 9},P{n % 30},2,5.00" for n in range(count)]
        path = tmp_path / "orders.csv"
        path.write_text("\n".join(["client,order,day,product,quantity,unit_price", *rows]))
        record = make_import(Kind.ORDERS)
        columns = {name: name for name in ("client", "order", "day", "product", "quantity", "unit_price")}
        with counted(steps, name):
            result = import_orders(Request(record, path, path.name, Mapping(columns), TODAY, NOW, UTC))
        record.state, record.batch_id, record.finished_at = "done", result["batch"], NOW
        record.save()
        with counted(steps, f"{name} undone"):
            undo_import(record_import=record, user=None, now=NOW)

    steps: dict[str, int] = {}
    run(FEW, "few")
    run(MANY, "many")
    assert steps["many"] / steps["few"] < 6
    assert steps["many undone"] / steps["few undone"] < 6
