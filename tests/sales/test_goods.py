"""Products and categories: the tree, the list and its filters, the forms, what becomes of the rollup and the history."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from clients.models import Change
from common.lists.pages import exported
from common.lists.state import ListState
from common.templatetags.cmix import unit_price
from sales.goods import PRODUCTS
from sales.models import Category, DirtyDay, Product
from sales.rules import makes_circle, tree_order, with_parts
from sales.services import Circle, save_category
from tests.conftest import Cast
from tests.factories.records import make_client, make_order

LIST, TREE = reverse("sales:product_list"), reverse("sales:categories")


@pytest.fixture
def diane(cast: Cast, browser_of: Any) -> Any:
    return browser_of(cast.diane)


def make_product(number: int, **fields: Any) -> Product:
    return Product.objects.create(ref=f"P{number}", name=f"Product {number}", **fields)


def test_the_tree_puts_parts_below_their_whole() -> None:
    parents = {3: 1, 1: None, 4: 3, 2: None, 5: 1}
    assert tree_order(parents) == [(1, 0), (3, 1), (4, 2), (5, 1), (2, 0)]
    assert with_parts(parents, 1) == {1, 3, 4, 5}
    assert makes_circle(parents, 1, 4)
    assert makes_circle(parents, 1, 1)
    assert not makes_circle(parents, 4, 5)
    assert not makes_circle(parents, 4, None)


@given(st.dictionaries(st.integers(0, 8), st.none() | st.integers(0, 8), max_size=9))
def test_any_tree_even_a_broken_one_is_shown_whole(parents: dict[int, int | None]) -> None:
    assert sorted(one for one, _depth in tree_order(parents)) == sorted(parents)
    for one in parents:
        assert one in with_parts(parents, one)
        assert makes_circle(parents, one, one)


@pytest.mark.parametrize("url", [LIST, TREE, reverse("sales:category_create")])
def test_only_who_configures_comes_in(cast: Cast, browser_of: Any, url: str) -> None:
    assert [browser_of(user).get(url).status_code for user in (cast.alice, cast.anne, cast.diane)] == [
        403,
        403,
        200,
    ]
    export = reverse("clients:export", args=["products"])
    assert browser_of(cast.anne).post(export, {"list": "", "as": "csv"}).status_code == 404


@pytest.mark.parametrize("url", [LIST, TREE])
def test_three_rows_need_no_more_queries_than_one(diane: Any, url: str) -> None:
    def queries(number: int) -> int:
        category = Category.objects.create(name=f"Category {number}", parent=Category.objects.first())
        make_product(number, category=category, unit_cost=Decimal(number))
        with CaptureQueriesContext(connection) as captured:
            page = diane.get(url)
        assert page.status_code == 200
        assert f"Category {number}" in page.content.decode()
        return len(captured)

    one = queries(1)
    queries(2)
    assert queries(3) == one
    assert one <= 20


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["P1", "P2", "P3", "P4"]),
        ("online=yes", ["P1"]),
        ("online=no", ["P2"]),
        ("online=unknown", ["P3", "P4"]),
        ("online=maybe", ["P1", "P2", "P3", "P4"]),
        ("lacks=introduced_on", ["P2", "P3", "P4"]),
        ("lacks=unit_cost", ["P1", "P2", "P4"]),
        ("category=none", ["P3", "P4"]),
        ("category=99999", ["P1", "P2", "P3", "P4"]),
        ("q=product+2", ["P2"]),
        ("q=p3", ["P3"]),
        ("sort=-unit_cost", ["P3", "P4", "P2", "P1"]),
    ],
)  # fmt: skip
def test_what_the_list_asks(diane: Any, query: str, found: list[str]) -> None:
    food = Category.objects.create(name="Food")
    cheese = Category.objects.create(name="Cheese", parent=food)
    make_product(1, category=food, sold_online=True, introduced_on=date(2020, 1, 1))
    make_product(2, category=cheese, sold_online=False)
    make_product(3, unit_cost=Decimal("2.5"))
    make_product(4)
    for asked, refs in (
        (query, found),
        (f"category={food.pk}", ["P1", "P2"]),
        (f"category={cheese.pk}", ["P2"]),
    ):
        page = diane.get(f"{LIST}?{asked}")
        assert [row.record.ref for row in page.context["found"].rows] == refs


def test_a_complete_export_is_what_an_import_reads(cast: Cast) -> None:
    food = Category.objects.create(name="Food")
    make_product(
        1, category=food, sold_online=False, introduced_on=date(2020, 1, 1), unit_cost=Decimal("2.5")
    )
    make_product(2)
    header, rows = exported(ListState.read(PRODUCTS, QueryDict(), cast.diane), whole=True)
    assert header == ["ref", "name", "category", "sold_online", "introduced_on", "unit_cost"]
    assert list(rows) == [
        ["P1", "Product 1", "Food", "no", date(2020, 1, 1), Decimal("2.5")],
        ["P2", "Product 2", None, None, None, None],
    ]


def test_a_product_is_saved_with_its_days_and_its_history(cast: Cast, diane: Any) -> None:
    food = Category.objects.create(name="Food", assumed_margin_rate=Decimal("0.3"))
    product = make_product(1)
    make_order(make_client(owner=cast.alice), date(2024, 3, 1), 100, product=product)
    DirtyDay.objects.all().delete()
    url = reverse("sales:product", args=[product.pk])
    sent = {
        "name": "Cheese",
        "category": "",
        "sold_online": "true",
        "introduced_on": "2021-05-06",
        "unit_cost": "",
    }

    diane.post(url, sent)
    product.refresh_from_db()
    assert (product.name, product.sold_online, product.introduced_on) == ("Cheese", True, date(2021, 5, 6))
    assert DirtyDay.objects.count() == 1  # an order of no known channel: whether it may have come online
    DirtyDay.objects.all().delete()
    change = Change.objects.get(model="sales.product", record_id=product.pk)
    assert (change.client, change.by, change.before) == (
        None, cast.diane, {"name": "Product 1", "sold_online": None, "introduced_on": None},
    )  # fmt: skip
    assert change.after == {"name": "Cheese", "sold_online": True, "introduced_on": "2021-05-06"}

    page = diane.post(url, sent | {"category": food.pk}, follow=True)
    assert DirtyDay.objects.count() == 1
    assert "computed again tonight" in page.content.decode()
    diane.post(url, sent | {"category": food.pk})
    assert Change.objects.filter(model="sales.product").count() == 2
    assert "Last changed by Diane" in diane.get(url).content.decode()

    for wrong in ({"unit_cost": "-1"}, {"unit_cost": "NaN"}, {"introduced_on": "0001-01-01"}, {"name": " "}):
        assert diane.post(url, sent | wrong).status_code == 422
    product.refresh_from_db()
    assert (product.unit_cost, product.name) == (None, "Cheese")


def test_a_cost_makes_the_days_dirty(cast: Cast, diane: Any) -> None:
    product = make_product(1)
    order = make_order(make_client(owner=cast.alice), date(2024, 3, 1), 100, product=product)
    order.lines.update(quantity=1)
    DirtyDay.objects.all().delete()
    sent = {
        "name": product.name,
        "category": "",
        "sold_online": "unknown",
        "introduced_on": "",
        "unit_cost": "2.50",
    }
    diane.post(reverse("sales:product", args=[product.pk]), sent)
    product.refresh_from_db()
    assert (product.unit_cost, product.sold_online) == (Decimal("2.5"), None)
    assert list(DirtyDay.objects.values_list("day", flat=True)) == [date(2024, 3, 1)]


def test_a_category_is_made_moved_and_never_part_of_itself(cast: Cast, diane: Any) -> None:
    sent = {"name": " Food ", "parent": "", "is_near_universe": "on", "percent": "35"}
    assert diane.post(reverse("sales:category_create"), sent).status_code == 302
    food = Category.objects.get()
    assert (food.name, food.is_near_universe, food.assumed_margin_rate) == ("Food", True, Decimal("0.35"))
    cheese = Category.objects.create(name="Cheese", parent=food)
    url = reverse("sales:category", args=[food.pk])

    for parent in (cheese.pk, food.pk):
        assert diane.post(url, {"name": "Food", "parent": parent, "percent": "35"}).status_code == 422
    for name in ("", "Cheese", "A > B", "A|B"):
        assert diane.post(url, {"name": name, "parent": "", "percent": ""}).status_code == 422
    food.parent = cheese
    with pytest.raises(Circle):
        save_category(food, rate=None, by=cast.diane, at=timezone.now())
    food.refresh_from_db()
    assert (food.parent, food.assumed_margin_rate) == (None, Decimal("0.35"))

    diane.post(url, {"name": "Food", "parent": "", "percent": "35.00"})
    changes = Change.objects.filter(model="sales.category").order_by("pk")
    assert [(change.act, change.before) for change in changes] == [
        ("created", None), ("updated", {"is_near_universe": True}),
    ]  # fmt: skip
    rows = diane.get(TREE).context["rows"]
    assert [(row.category.name, row.level) for row in rows] == [("Food", 0), ("Cheese", 1)]


def test_a_unit_price_says_no_more_decimals_than_it_has() -> None:
    with translation.override("en"):
        shown = [
            unit_price(value) for value in (None, Decimal("12.5000"), Decimal("0.0035"), Decimal("1000"))
        ]
    assert shown == ["–", "12.50", "0.0035", "1,000.00"]


def test_a_form_shows_a_cost_as_it_was_typed(diane: Any) -> None:
    for number, (cost, shown) in enumerate((("10.6", "10.60"), ("0.0035", "0.0035"))):
        product = make_product(number, unit_cost=Decimal(cost))
        page = diane.get(reverse("sales:product", args=[product.pk]))
        assert str(page.context["form"]["unit_cost"].value()) == shown


def test_the_administration_marks_days_that_a_product_tells_the_way_of(cast: Cast, browser_of: Any) -> None:
    product = make_product(1, category=Category.objects.create(name="Food"))
    make_order(make_client(owner=cast.alice), date(2024, 3, 1), 100, product=product)
    DirtyDay.objects.all().delete()
    url, browser = reverse("admin:sales_product_change", args=[product.pk]), browser_of(cast.oscar)
    sent = {"ref": "P1", "name": "Product 1", "category": product.category_id, "unit_cost": ""}
    for said, stored, days in (("true", True, 1), ("true", True, 0), ("unknown", None, 1)):
        assert browser.post(url, sent | {"sold_online": said}).status_code == 302
        product.refresh_from_db()
        assert (product.sold_online, DirtyDay.objects.count()) == (stored, days)
        DirtyDay.objects.all().delete()
