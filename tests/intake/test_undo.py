"""An import undone: the database row for row as before, or a list of what stands in the way."""

from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

import pytest

from clients.models import Batch, Change, Client, Interaction, Person, Tag
from common.reading.shapes import Mapping
from intake.importing import Request
from intake.models import KeptRow
from intake.orders import import_orders
from intake.rules import Kind, State
from intake.undoing import CannotUndo, purge_kept, undo_import
from sales.models import Category, OnlineDay, Order, OrderLine, Product
from sales.rollup import rebuild_dirty
from sales.services import mark_all_dirty, set_unit_cost
from tests.conftest import Cast
from tests.factories.records import make_client, make_order
from tests.intake.helpers import NOW, TODAY, import_text, make_import, stored

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)


@pytest.fixture
def company(cast: Cast) -> Client:
    """A client with a person, a tag, a product, orders and a rollup."""
    client = make_client(ref="C1", name="Old", owner=cast.alice, kind="person", city="Lens")
    make_client(ref="C2", name="Other", owner=cast.bob, parent=client)
    Person.objects.create(client=client, last_name="Old", is_client=True, email="old@mail.example")
    client.tags.add(Tag.objects.create(name="old"))
    lamp = Product.objects.create(ref="P1", name="Lamp", category=Category.objects.create(name="Light"))
    make_order(client, date(2024, 3, 1), 1000, 250, product=lamp, quantity="2.500")
    Order.objects.update(ref="O1")
    mark_all_dirty()
    rebuild_dirty()
    return client


def import_lines(folder: Path, body: str, **more: Any) -> Any:
    path = folder / "orders.csv"
    path.write_text(body)
    record = make_import(Kind.ORDERS)
    columns = {name: name for name in body.split("\n")[0].split(",")}
    result = import_orders(Request(record, path, path.name, Mapping(columns), TODAY, NOW, UTC, **more))
    record.state, record.batch_id, record.finished_at = "done", result["batch"], NOW
    record.save()
    return record


FILES = {
    Kind.CLIENTS: "ref,name,kind,city,tags,parent,email\nC1,New,person,Arras,\"old, fresh\",C9,n@mail.example\n"
    "C9,Above,company,,fresh,,\nC8,Nora D,person,,,,d@mail.example\nC2,Other,,,,C8,\n",
    Kind.PEOPLE: "client,last_name,email,job_title\nC1,Old,old@mail.example,Chef\nC2,Lund,l@mail.example,\n",
    Kind.UNITS: "ref,name,client,joined_on,head\nU1,Family,C1,2024-01-01,old@mail.example\nU1,,C2,2024-02-01,\n",
    Kind.PRODUCTS: "ref,name,category,unit_cost,near_universe\nP1,Lamp 2,All > Light,0.3333,yes\nP2,Bulb,All,1,\n",
    Kind.COSTS: "product,unit_cost,order,position,line_cost\nP1,2.5,,,\n,,O1,2,0.99\n",
    Kind.INTERACTIONS: "client,kind,happened_at,summary\nC1,call,2026-11-03,Talked\nC2,note,2026-11-04,Noted\n",
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_undoing_brings_every_row_back(cast: Cast, company: Client, tmp_path: Path, kind: Kind) -> None:
    before = stored()
    result = import_text(tmp_path, kind, FILES[kind], user=cast.diane, owner=cast.diane)
    assert (result["rejected"], stored() == before) == ({}, False)

    undo_import(record_import=result["import"], user=cast.diane, now=LATER)

    assert stored() == before
    batch = Batch.objects.get()
    assert (batch.undone_at, batch.undone_by, result["import"].state) == (LATER, cast.diane, State.UNDONE)
    assert not KeptRow.objects.exists()
    with pytest.raises(CannotUndo) as refused:
        undo_import(record_import=result["import"], user=cast.diane, now=LATER)
    assert refused.value.code == "undone"
    again = import_text(tmp_path, kind, FILES[kind], user=cast.diane, owner=cast.diane)
    assert again["created"] == result["created"]


ORDERS = (
    "client,order,day,product,category,quantity,unit_price,channel\n"
    "C1,O1,2024-03-01,P1,Light,1,99.95,online\n"
    "C1,O1,2024-03-09,P1,Light,-1,5.00,\n"
    "C7,O2,2024-04-01,P7,New,3,1.10,shop\n"
    "C2,O3,2024-04-01,,,1,7,\n"
)


def test_undoing_orders_brings_replaced_lines_back(cast: Cast, company: Client, tmp_path: Path) -> None:
    before = stored()
    record = import_lines(tmp_path, ORDERS, owner=cast.diane)
    assert (Order.objects.count(), OrderLine.objects.count(), Client.objects.count()) == (3, 4, 3)
    assert Order.objects.get(ref="O1").channel == "online"

    counts = undo_import(record_import=record, user=cast.diane, now=LATER)

    assert stored() == before
    assert (counts["order_lines"], counts["restored"], counts["deleted"]) == (4, 1, 5)
    assert import_lines(tmp_path, ORDERS).state == "done"


def test_undoing_a_channel_brings_the_rollup_back(cast: Cast, company: Client, tmp_path: Path) -> None:
    """Of orders whose lines were alike, so that nothing but the channel was kept."""
    import_lines(tmp_path, ORDERS, owner=cast.diane)
    before = stored()
    record = import_lines(tmp_path, ORDERS.replace(",online", ",shop"), owner=cast.diane)
    assert OnlineDay.objects.count() == 0

    counts = undo_import(record_import=record, user=cast.diane, now=LATER)

    assert (counts["order_lines"], counts["restored"]) == (0, 1)
    assert (stored() == before, OnlineDay.objects.count()) == (True, 2)


def test_the_history_tells_both_ways(cast: Cast, company: Client, tmp_path: Path) -> None:
    result = import_text(tmp_path, Kind.CLIENTS, "ref,name\nC1,New\nC5,Fresh\n", user=cast.diane)
    undo_import(record_import=result["import"], user=cast.oscar, now=LATER)
    told = (
        Change.objects.filter(model="clients.client")
        .order_by("pk")
        .values_list("act", "before", "after", "by__name", "at")
    )
    assert list(told) == [
        ("updated", {"name": "Old"}, {"name": "New"}, "Diane", NOW),
        ("updated", {"name": "New"}, {"name": "Old"}, "Oscar", LATER),
        ("deleted", None, None, "Oscar", LATER),
    ]


def obstacles(record: Any, user: Any) -> set[tuple[str, str, str, int]]:
    before = stored(without=frozenset())
    with pytest.raises(CannotUndo) as refused:
        undo_import(record_import=record, user=user, now=LATER)
    assert (refused.value.code, stored() == before) == ("obstacles", True)
    return {(one.kind, one.model, one.by, one.count) for one in refused.value.obstacles}


def test_what_came_since_stands_in_the_way(cast: Cast, company: Client, tmp_path: Path) -> None:
    record = import_text(tmp_path, Kind.CLIENTS, FILES[Kind.CLIENTS], user=cast.diane)["import"]
    Client.objects.filter(ref="C1").update(city="Douai")
    fresh = Client.objects.get(ref="C9")
    make_order(fresh, date(2026, 11, 21), 100)
    Interaction.objects.create(client=fresh, kind="call", happened_at=NOW, summary="Hello")
    company.tags.remove(Tag.objects.get(name="fresh"))
    make_client(ref="X").tags.add(Tag.objects.get(name="fresh"))
    assert obstacles(record, cast.diane) == {
        ("changed", "clients.client", "", 1),
        ("changed", "clients.client_tags", "", 1),
        ("used", "clients.client", "sales.order", 1),
        ("used", "clients.client", "clients.interaction", 1),
        ("used", "clients.tag", "clients.client_tags", 1),
    }


def test_orders_that_changed_since_stand_in_the_way(cast: Cast, company: Client, tmp_path: Path) -> None:
    record = import_lines(tmp_path, ORDERS)
    set_unit_cost(product=Product.objects.get(ref="P7"), cost=1)
    import_lines(tmp_path, "client,order,day,amount\nC1,O1,2024-03-01,1\nC7,O9,2026-11-19,5\n")
    assert obstacles(record, cast.diane) == {
        ("changed", "sales.product", "", 1),
        ("changed", "sales.order", "", 1),
        ("used", "clients.client", "sales.order", 1),
    }


def test_the_last_import_is_undone_before_the_one_below(cast: Cast, company: Client, tmp_path: Path) -> None:
    before = stored()
    first = import_text(tmp_path, Kind.CLIENTS, "ref,name\nC2,First\n")["import"]
    second = import_text(tmp_path, Kind.CLIENTS, "ref,name\nC2,Second\n")["import"]
    assert obstacles(first, None) == {("changed", "clients.client", "", 1)}
    undo_import(record_import=second, user=None, now=LATER)
    undo_import(record_import=first, user=None, now=LATER)
    assert stored() == before


def test_after_thirty_days_nothing_is_kept_to_undo(cast: Cast, company: Client, tmp_path: Path) -> None:
    record = import_text(tmp_path, Kind.CLIENTS, "ref,name\nC1,New\n")["import"]
    assert (purge_kept(NOW + timedelta(days=30)), purge_kept(NOW + timedelta(days=31))) == (0, 2)
    with pytest.raises(CannotUndo) as refused:
        undo_import(record_import=record, user=None, now=NOW + timedelta(days=31))
    assert refused.value.code == "too_late"


def test_a_tried_import_is_nothing_to_undo(db: None, tmp_path: Path) -> None:
    record = import_text(tmp_path, Kind.CLIENTS, "ref,name\nC1,New\n", dry_run=True)["import"]
    with pytest.raises(CannotUndo) as refused:
        undo_import(record_import=record, user=None, now=LATER)
    assert refused.value.code == "not_done"
