"""What holds for every list: a page's queries do not grow with its rows, every column sorts, is shown and exported."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from clients.models import Batch, BuyingUnit, Interaction, Person, Task, UnitMembership
from common.lists import registry
from common.lists.pages import exported, list_page
from common.lists.state import ListState
from tests.conftest import Cast
from tests.factories.records import make_client, make_order

pytestmark = pytest.mark.usefixtures("_in_english")
KEYS = ["clients", "people", "units", "tasks", "interactions", "orders", "batches"]


@pytest.fixture
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def fill(cast: Cast, number: int) -> None:
    """One row more in each list."""
    client = make_client(owner=(cast.alice, cast.bob)[number % 2], name=f"Client {number}", city="Lens")
    person = Person.objects.create(client=client, last_name=f"Person {number}", ref=f"P{number}")
    unit = BuyingUnit.objects.create(ref=f"U{number}", name=f"Unit {number}", head=person)
    UnitMembership.objects.create(unit=unit, client=client, joined_on=date(2026, 1, 1))
    Task.objects.create(
        client=client, title=f"Task {number}", due_on=date(2026, 1, number + 1), owner=cast.alice
    )
    Interaction.objects.create(
        client=client,
        person=person,
        by=cast.bob,
        kind="call",
        happened_at=timezone.now(),
        summary=f"Talk {number}",
    )
    make_order(client, date(2026, 1, 1), 1000)
    Batch.objects.create(kind="bulk", label=f"Act {number}", by=cast.anne, at=timezone.now())


def state_of(key: str, user: Any, query: str = "") -> ListState:
    spec = registry.get(key)
    assert spec is not None
    return ListState.read(spec, QueryDict(query), user)


def queries_of(browser: Any, url: str) -> int:
    from django.db import connection

    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("key", KEYS)
def test_three_rows_need_no_more_queries_than_one(key: str, cast: Cast, browser_of: Any) -> None:
    browser = browser_of(cast.anne)
    every = "&".join(f"col={column.key}" for column in state_of(key, cast.anne).all_columns)
    url = f"{reverse(registry.get(key).url_name)}?{every}"
    fill(cast, 0)
    one = queries_of(browser, url)
    fill(cast, 1)
    fill(cast, 2)
    assert queries_of(browser, url) == one
    assert one <= 20
    page = browser.get(url).content.decode()
    assert len(re.findall(r'<th scope="row">', page)) == 3


@pytest.mark.parametrize("key", KEYS)
def test_every_column_sorts_both_ways(key: str, cast: Cast) -> None:
    for number in range(3):
        fill(cast, number)
    for column in state_of(key, cast.anne).all_columns:
        for sort in (column.key, f"-{column.key}"):
            found = list_page(state_of(key, cast.anne, f"sort={sort}&col={column.key}"))
            assert len({row.record.pk for row in found.rows}) == 3


@pytest.mark.parametrize("key", KEYS)
def test_an_export_has_the_rows_of_the_list_in_its_order(key: str, cast: Cast) -> None:
    for number in range(3):
        fill(cast, number)
    state = state_of(key, cast.anne)
    names = [row.name for row in list_page(state).rows]
    header, rows = exported(state)
    place = header.index(str(state.columns[0].label))
    assert [row[place] for row in rows] == names
    codes, records = exported(state, whole=True)
    assert codes == [column.key for column in state.spec.record]
    assert len(list(records)) == 3


@pytest.mark.parametrize("who", ["diane", "anne", "alice"])
def test_pages_by_groups_are_those_of_the_sort(cast: Cast, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Owners of one name stand together; some have no order, some clients no owner."""
    monkeypatch.setattr("common.lists.pages.PAGE_SIZE", 2)
    type(cast.bob).objects.filter(pk=cast.carl.pk).update(name=cast.bob.name)
    make_client(owner=cast.diane)
    for number, owner in enumerate([cast.alice, cast.bob, cast.carl, None, cast.carl, cast.bob, cast.alice]):
        client = make_client(owner=owner)
        for day in range(1, 2 + number % 3):
            make_order(client, date(2026, 1, day), 1000)
    for sort in ("owner", "-owner"):
        sorted_ids = list(
            (state := state_of("orders", getattr(cast, who), f"sort={sort}"))
            .in_order(state.asked_rows())
            .values_list("pk", flat=True)
        )
        shown = [
            row.record.pk
            for page in range(1, 9)
            for row in list_page(state_of("orders", getattr(cast, who), f"sort={sort}&page={page}")).rows
        ]
        assert shown == sorted_ids
        assert len(shown) >= 2


def test_chips_are_removed_one_by_one(cast: Cast) -> None:
    state = state_of("clients", cast.anne, f"q=x&kind=person&owner={cast.bob.pk}&sort=-city&col=city&page=4")
    assert [(str(chip.label), str(chip.value), chip.without) for chip in state.chips()] == [
        ("Kind", "Private person", f"?q=x&owner={cast.bob.pk}&sort=-city&col=city"),
        ("Owner", "Bob", "?q=x&kind=person&sort=-city&col=city"),
    ]
    assert state_of("clients", cast.carl, f"owner={cast.bob.pk}").chips()[0].value == "–"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("city=lens", ["Client 0", "Client 1", "Client 2"]),
        ("decider=yes", ["Client 1"]),
        ("decider=no", ["Client 0", "Client 2"]),
        ("contact_before=2020-01-01", ["Client 2"]),
        ("contact_before=2200-12-31", ["Client 0", "Client 1", "Client 2"]),
        ("contact_before=0001-01-01", ["Client 0", "Client 1", "Client 2"]),
        ("scope=nobody", ["Client 0"]),
        ("scope=mine", []),
        ("tag=1e3", ["Client 0", "Client 1", "Client 2"]),
    ],
)
def test_filters_of_clients(cast: Cast, query: str, names: list[str]) -> None:
    for number in range(3):
        fill(cast, number)
    Person.objects.filter(last_name="Person 1").update(is_decision_maker=True)
    Interaction.objects.filter(summary="Talk 2").update(kind="note")
    rows = state_of("clients", cast.anne).asked_rows()
    rows.filter(name="Client 0").update(owner=None)
    found = state_of("clients", cast.anne, query).asked_rows()
    assert sorted(found.values_list("name", flat=True)) == names


def test_a_unit_and_a_tag_narrow_the_clients(cast: Cast) -> None:
    fill(cast, 0)
    fill(cast, 1)
    unit = BuyingUnit.objects.get(ref="U1")
    assert [client.name for client in state_of("clients", cast.anne, f"unit={unit.pk}").asked_rows()] == [
        "Client 1"
    ]
    tag = unit.memberships.get().client.tags.create(name="Fair")
    assert [client.name for client in state_of("clients", cast.anne, f"tag={tag.pk}").asked_rows()] == [
        "Client 1"
    ]
    assert [str(chip.value) for chip in state_of("clients", cast.carl, f"tag={tag.pk}").chips()] == ["–"]
