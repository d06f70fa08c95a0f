"""What orders keep of their lines equals their lines, whoever wrote them; and lists sort by it."""

from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Max, Min, Sum
from django.urls import reverse

from common.reading.shapes import Mapping
from intake.importing import Request
from intake.orders import import_orders
from intake.rules import Kind
from intake.undoing import undo_import
from sales.models import Order
from sales.totals import sum_orders
from tests.conftest import Cast
from tests.factories.records import make_client, make_order
from tests.intake.helpers import make_import
from tests.sales.helpers import NOW, TODAY

pytestmark = pytest.mark.django_db
FIRST = "client,order,day,amount,currency\nC1,O1,2024-03-01,10,EUR\nC1,O1,2024-03-09,-2.5,EUR\nC1,O2,2024-04-01,7,XXX\n"
LATER = "client,order,day,amount,currency\nC1,O1,2024-02-01,1,EUR\nC1,O1,2024-03-09,-4,EUR\nC1,O2,2024-04-02,5,EUR\nC1,O3,2024-05-01,9,EUR\n"


def kept() -> dict[str, tuple[Any, ...]]:
    """By reference, what the orders keep; asserts that it is what their lines say."""
    computed = Order.objects.annotate(
        first=Min("lines__day"), last=Max("lines__day"), net=Sum("lines__net_cents")
    )
    rows = computed.values_list("ref", "first_day", "last_day", "net_cents", "first", "last", "net")
    found = {row[0]: (row[1:4], row[4:]) for row in rows}
    assert [ref for ref, (said, true) in found.items() if said != true] == []
    return {ref: (str(said[0]), str(said[1]), said[2]) for ref, (said, _true) in found.items()}


def write(folder: Path, body: str) -> Any:
    path = folder / "orders.csv"
    path.write_text(body)
    record = make_import(Kind.ORDERS)
    columns = {name: name for name in body.split("\n")[0].split(",")}
    result = import_orders(Request(record, path, path.name, Mapping(columns), TODAY, NOW, UTC))
    record.state, record.batch_id, record.finished_at = "done", result["batch"], NOW
    record.save()
    return record


def test_imports_and_their_undoing_keep_it_right(db: None, tmp_path: Path) -> None:
    first = write(tmp_path, FIRST)
    before = {"O1": ("2024-03-01", "2024-03-09", 750), "O2": ("2024-04-01", "2024-04-01", None)}
    assert kept() == before
    second = write(tmp_path, LATER)
    assert kept() == {
        "O1": ("2024-02-01", "2024-03-09", 700), "O2": ("2024-04-01", "2024-04-02", 500),
        "O3": ("2024-05-01", "2024-05-01", 900),
    }  # fmt: skip
    undo_import(record_import=second, user=None, now=NOW + timedelta(days=1))
    assert kept() == before
    undo_import(record_import=first, user=None, now=NOW + timedelta(days=1))
    assert kept() == {}


def test_an_order_without_lines_keeps_nothing(cast: Cast) -> None:
    order = make_order(make_client(owner=cast.alice), TODAY, 100)
    order.lines.all().delete()
    assert sum_orders("SELECT id FROM sales_order") == 1
    assert kept() == {order.ref: ("None", "None", None)}


def test_the_demo_keeps_it_too(db: None) -> None:
    call_command("demo", "--clients", "30", verbosity=0)
    assert len(kept()) == Order.objects.exclude(first_day=None).count() > 30


@pytest.mark.parametrize(
    ("sort", "refs"),
    [("net", "BAC"), ("-net", "CAB"), ("first_day", "ACB"), ("-first_day", "BCA"), ("-last_day", "BCA")],
)
def test_orders_sort_by_what_they_keep(cast: Cast, browser_of: Any, sort: str, refs: str) -> None:
    client = make_client(owner=cast.alice)
    for ref, days, cents in (("A", 30, 200), ("B", 1, 100), ("C", 2, 300)):
        order = make_order(client, TODAY - timedelta(days=days), cents)
        Order.objects.filter(pk=order.pk).update(ref=ref)
    Order.objects.create(client=client, ref="Z")  # of which nothing is known comes last, either way
    page = browser_of(cast.alice).get(reverse("sales:order_list"), {"sort": sort}).context["found"]
    assert "".join(row.record.ref for row in page.rows) == refs + "Z"
