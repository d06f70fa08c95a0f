"""What orders keep of their lines equals their lines, whoever wrote them; and lists sort by it."""

from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db.models import Max, Min, Sum
from django.urls import reverse
from django.utils import timezone

from clients.merging.services import merge_clients
from clients.merging.undo import undo_merge
from clients.models import Client
from clients.personal.erasing import erase_subject
from clients.personal.sources import subject_of
from common.reading.shapes import Mapping
from intake.importing import Request
from intake.orders import import_orders
from intake.rules import Kind
from intake.undoing import undo_import
from sales.models import Category, Order, OrderLine, Product
from sales.totals import sum_orders
from tests.conftest import Cast
from tests.factories.records import make_client, make_order
from tests.hygiene.world import NOW as TWINS_AT
from tests.hygiene.world import make_twins
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


def test_merging_clients_and_taking_it_back_keeps_it(cast: Cast) -> None:
    survivor, loser = make_twins(cast)
    before = kept()
    batch = merge_clients(survivor_id=survivor.pk, loser_id=loser.pk, by=cast.alice, now=TWINS_AT)
    assert (kept(), survivor.orders.count()) == (before, 4)
    undo_merge(batch_id=batch.pk, by=cast.alice, now=TWINS_AT)
    assert (kept(), survivor.orders.count(), len(before)) == (before, 2, 4)


def test_an_import_over_orders_of_a_merged_client_keeps_it(cast: Cast, tmp_path: Path) -> None:
    """The orders of the merged one stand with the survivor; the file still names both, and is taken back."""
    survivor, loser = make_twins(cast)
    ref = loser.orders.latest("pk").ref
    batch = merge_clients(survivor_id=survivor.pk, loser_id=loser.pk, by=cast.alice, now=TWINS_AT)
    before = kept()
    record = write(tmp_path, f"client,order,day,amount,currency\nL1,{ref},2026-03-10,5,EUR\n")
    assert kept()[ref] == ("2026-03-09", "2026-03-10", 7500)
    undo_import(record_import=record, user=None, now=NOW + timedelta(days=1))
    assert kept() == before
    undo_merge(batch_id=batch.pk, by=cast.alice, now=TWINS_AT)
    assert kept() == before


@pytest.mark.parametrize("merged", [False, True])
def test_an_erasure_keeps_it(merged: bool, cast: Cast) -> None:
    survivor, loser = make_twins(cast)
    if merged:
        merge_clients(survivor_id=survivor.pk, loser_id=loser.pk, by=cast.alice, now=TWINS_AT)
    before = kept()
    subject = subject_of(Client.objects.get(pk=survivor.pk))
    erase_subject(subject=subject, by=cast.diane, now=TWINS_AT)
    after = kept()
    assert sorted(after.values()) == sorted(before.values())
    assert sum(ref.startswith("erased-") for ref in after) == (4 if merged else 2)


def test_the_administration_writes_no_line_behind_its_order(cast: Cast, browser_of: Any) -> None:
    """Orders are only looked at there, lines not at all; a cost or a category changes no net amount."""
    fresh = Category.objects.create(name="Fresh")
    product = Product.objects.create(ref="P1", name="Lamp", category=Category.objects.create(name="Light"))
    order = make_order(make_client(owner=cast.alice), TODAY, 1000, -250, product=product)
    before, browser = kept(), browser_of(cast.oscar)
    address = reverse("admin:sales_order_change", args=[order.pk])
    forged = {"ref": "X", "client": order.client_id, "first_day": "2020-01-01", "net_cents": 1}
    assert (browser.get(address).status_code, browser.post(address, forged).status_code) == (200, 403)
    for name in ("add", "delete"):
        arguments = [order.pk] if name == "delete" else []
        assert browser.get(reverse(f"admin:sales_order_{name}", args=arguments)).status_code == 403
    assert OrderLine not in admin.site._registry
    edited = browser.post(
        reverse("admin:sales_product_change", args=[product.pk]),
        {"ref": "P1", "name": "Lamp", "category": fresh.pk, "unit_cost": "2.5", "near_universe": "unknown"},
    )
    product.refresh_from_db()
    assert (edited.status_code, product.category, kept()) == (302, fresh, before)
    gone = browser.post(reverse("admin:sales_product_delete", args=[product.pk]), {"post": "yes"})
    assert (gone.status_code, kept()) == (
        (Product.objects.filter(pk=product.pk).exists() and 200) or 302,
        before,
    )


def test_taking_the_demo_away_keeps_it(cast: Cast) -> None:
    """Also of one's own client that a client of the demo was merged into: those orders are one's own by then."""
    own = make_client(owner=cast.alice, name="Own", kind="company")
    make_order(own, TODAY, 1000, -250)
    call_command("demo", "--clients", "30", "--force", verbosity=0)
    theirs = Client.objects.exclude(pk=own.pk).filter(kind="company", orders__isnull=False).order_by("pk")[0]
    orders = theirs.orders.count()
    merge_clients(survivor_id=own.pk, loser_id=theirs.pk, by=cast.diane, now=timezone.now())
    call_command("demo", "--remove", verbosity=0)
    assert (len(kept()), own.orders.count()) == (orders + 1, orders + 1)
    assert None not in {net for _first, _last, net in kept().values()}
