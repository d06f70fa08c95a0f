"""The client list: who is in it, in what order, at what cost."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import CharField, IntegerField, QuerySet, Value
from django.db.models.functions import Length, Substr
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients import registry
from clients.models import Client
from common.lists.pages import COUNT_CAP, PAGE_SIZE
from tests.conftest import Cast
from tests.factories.records import make_client


@pytest.fixture(autouse=True)
def columns(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, registry.Column]]:
    """Two columns, so that the list is tested apart from the apps that fill it."""

    def size(clients: QuerySet[Any]) -> QuerySet[Any]:
        return clients.annotate(size=Length("name"))

    def letter(clients: QuerySet[Any]) -> QuerySet[Any]:
        return clients.annotate(letter=Substr("name", 1, 1))

    known = {
        "size": registry.Column("size", "Size", size, numeric=True),
        "letter": registry.Column(
            "letter", "Letter", letter, choices=lambda: [("A", "Letter A"), ("B", "Letter B")]
        ),
    }
    monkeypatch.setattr(registry, "_columns", known)
    return known


def names(response: Any) -> list[str]:
    return re.findall(r'class="row-link"[^>]*>([^<]*)<', response.content.decode())


def listed(browser: Any, query: str = "") -> list[str]:
    return names(browser.get(reverse("clients:list") + query))


@pytest.fixture
def three(cast: Cast) -> list[Client]:
    return [
        make_client(owner=cast.alice, name="Ateliers Noël", city="Nantes", kind="company"),
        make_client(owner=cast.alice, name="Bo", city="Lyon", kind="person"),
        make_client(owner=cast.bob, name="Crémerie Écrémé", city="Paris"),
    ]


def test_each_sees_only_what_the_role_allows(cast: Cast, three: list[Client], browser_of: Any) -> None:
    make_client(owner=cast.carl, name="Lyonnaise")
    assert listed(browser_of(cast.alice)) == ["Ateliers Noël", "Bo"]
    assert listed(browser_of(cast.anne)) == ["Ateliers Noël", "Bo", "Crémerie Écrémé"]
    assert listed(browser_of(cast.carl)) == ["Lyonnaise"]
    assert len(listed(browser_of(cast.diane))) == 4


def test_another_owner_in_the_address_opens_nothing(cast: Cast, three: list[Client], browser_of: Any) -> None:
    assert listed(browser_of(cast.carl), f"?owner={cast.alice.pk}&scope=team") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=ecreme", ["Crémerie Écrémé"]),
        ("?q=NOEL+nantes", ["Ateliers Noël"]),
        ("?q=%25", []),
        ("?kind=person", ["Bo"]),
        ("?kind=martian", ["Ateliers Noël", "Bo", "Crémerie Écrémé"]),
        ("?letter=A", ["Ateliers Noël"]),
        ("?letter=Z", ["Ateliers Noël", "Bo", "Crémerie Écrémé"]),
        ("?sort=-name", ["Crémerie Écrémé", "Bo", "Ateliers Noël"]),
        ("?sort=city", ["Bo", "Ateliers Noël", "Crémerie Écrémé"]),
        ("?sort=size", ["Bo", "Ateliers Noël", "Crémerie Écrémé"]),
        ("?sort=-size&letter=B", ["Bo"]),
        ("?sort=password&page=x&owner=1e3", ["Ateliers Noël", "Bo", "Crémerie Écrémé"]),
        ("?page=99999999999999999999", ["Ateliers Noël", "Bo", "Crémerie Écrémé"]),
        ("?page=7", []),
        ("?scope=mine", []),
        ("?q=a%00b", []),
    ],
)
def test_the_address_says_what_is_listed(
    cast: Cast, three: list[Client], browser_of: Any, query: str, expected: list[str]
) -> None:
    assert listed(browser_of(cast.anne), query) == expected


def test_owner_narrows(cast: Cast, three: list[Client], browser_of: Any) -> None:
    assert listed(browser_of(cast.anne), f"?owner={cast.bob.pk}") == ["Crémerie Écrémé"]


def test_a_column_that_nothing_fills_sorts_on_both_databases(
    cast: Cast, three: list[Client], browser_of: Any, columns: dict[str, registry.Column]
) -> None:
    def nothing(clients: QuerySet[Any]) -> QuerySet[Any]:
        return clients.annotate(size=Value(None, output_field=IntegerField()))

    columns["size"] = registry.Column("size", "Size", nothing)
    assert listed(browser_of(cast.alice), "?sort=-size") == ["Bo", "Ateliers Noël"]
    assert listed(browser_of(cast.alice), "?sort=size") == ["Ateliers Noël", "Bo"]


def test_unknown_values_come_last_both_ways(
    cast: Cast, three: list[Client], browser_of: Any, columns: dict[str, registry.Column]
) -> None:
    def some(clients: QuerySet[Any]) -> QuerySet[Any]:
        from django.db.models import Case, When

        return clients.annotate(
            size=Case(When(name="Bo", then=None), default=Length("name"), output_field=IntegerField())
        )

    columns["size"] = registry.Column("size", "Size", some)
    assert listed(browser_of(cast.anne), "?sort=size") == ["Ateliers Noël", "Crémerie Écrémé", "Bo"]
    assert listed(browser_of(cast.anne), "?sort=-size") == ["Crémerie Écrémé", "Ateliers Noël", "Bo"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Size", "Letter", "City"]),
        ("?col=letter&col=size", ["Letter", "Size"]),
        ("?col=letter&col=nonsense&col=letter", ["Letter"]),
        ("?col=nonsense", ["Size", "Letter", "City"]),
        ("?col=last_contact", ["Last contact"]),
    ],
)
def test_columns_are_chosen_with_their_order(
    cast: Cast, browser_of: Any, query: str, expected: list[str]
) -> None:
    make_client(owner=cast.alice)
    page = browser_of(cast.alice).get(reverse("clients:list") + query).content.decode()
    assert re.findall(r'<td[^>]* data-label="([^"]*)"', page) == expected


def make_many(cast: Cast, number: int) -> None:
    rows = [Client(ref=f"R{i:05d}", name=f"Client {i:05d}", owner=cast.alice) for i in range(number)]
    for row in rows:
        row.search_text = row.make_search_text()
    Client.objects.bulk_create(rows)


def test_pages_neither_repeat_nor_skip(cast: Cast, browser_of: Any) -> None:
    make_many(cast, 2 * PAGE_SIZE + 3)
    browser = browser_of(cast.alice)
    pages = [listed(browser, f"?sort=letter&page={number}") for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 3]
    assert len({name for page in pages for name in page}) == 2 * PAGE_SIZE + 3
    first = browser.get(reverse("clients:list") + "?sort=letter").content.decode()
    assert 'href="?sort=letter&amp;page=2"' in first


def test_the_count_is_capped(cast: Cast, browser_of: Any) -> None:
    make_many(cast, COUNT_CAP + 1)
    page = browser_of(cast.alice).get(reverse("clients:list")).content.decode()
    assert "More than 1,000 rows fit" in page
    assert "of 1,000+" in page


@pytest.mark.parametrize("query", ["?view=all", "?q=client", "?sort=-name", "?sort=size", "?kind=company"])
def test_every_way_to_a_page_counts_alike(cast: Cast, browser_of: Any, query: str) -> None:
    """The page alone tells the count where the rows are read up to the cap, and where they are beyond it."""
    make_many(cast, COUNT_CAP + 1)
    browser, last = browser_of(cast.alice), COUNT_CAP // PAGE_SIZE
    found = []
    for page in (1, last, last + 1, last + 2):
        shown = browser.get(f"{reverse('clients:list')}{query}&page={page}").context["found"]
        found.append((len(shown.rows), shown.count, shown.capped, shown.has_next))
    assert found == [
        (PAGE_SIZE, COUNT_CAP, True, True), (PAGE_SIZE, COUNT_CAP, True, True),
        (1, COUNT_CAP, True, False), (0, COUNT_CAP, True, False),
    ]  # fmt: skip


def queries_of(browser: Any, url: str) -> int:
    from django.db import connection

    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


def test_more_clients_need_no_more_queries(cast: Cast, browser_of: Any) -> None:
    browser, url = browser_of(cast.anne), reverse("clients:list")
    make_client(owner=cast.alice)
    one = queries_of(browser, url)
    make_client(owner=cast.bob)
    make_client(owner=cast.alice)
    assert queries_of(browser, url) == one
    assert one <= 15


def test_a_page_stays_small(cast: Cast, browser_of: Any) -> None:
    make_many(cast, 60)
    assert len(browser_of(cast.anne).get(reverse("clients:list")).content) <= 60_000


def exported(browser: Any, query: str = "") -> list[list[str]]:
    response = browser.post(
        reverse("clients:export", args=["clients"]), {"list": query.removeprefix("?"), "as": "csv"}
    )
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_export_holds_what_the_list_shows(cast: Cast, three: list[Client], browser_of: Any) -> None:
    make_client(owner=cast.carl, name="Lyonnaise")
    header, *rows = exported(browser_of(cast.anne), "?sort=-name&col=city&col=letter")
    assert header == ["Reference", "Name", "City", "Letter"]
    assert [row[1] for row in rows] == ["Crémerie Écrémé", "Bo", "Ateliers Noël"]
    assert [row[-1] for row in rows] == ["C", "Letter B", "Letter A"]
    assert exported(browser_of(cast.carl), f"?owner={cast.alice.pk}")[1:] == []


def test_the_export_disarms_formulas(cast: Cast, browser_of: Any) -> None:
    make_client(owner=cast.alice, name='=HYPERLINK("x")')
    assert exported(browser_of(cast.alice))[1][1] == '\'=HYPERLINK("x")'


def test_the_export_is_not_bounded_by_a_page(cast: Cast, browser_of: Any) -> None:
    make_many(cast, PAGE_SIZE + 5)
    assert len(exported(browser_of(cast.alice), "?page=2")) == 1 + PAGE_SIZE + 5


def test_money_columns_export_units() -> None:
    column = registry.Column("r0", "Revenue", lambda clients: clients, template=registry.MONEY_TEMPLATE)
    assert [str(column.exporter()(cents)) for cents in (123456, -5, None)] == ["1234.56", "-0.05", "None"]


def test_an_empty_list_names_the_next_step(cast: Cast, browser_of: Any) -> None:
    url = reverse("clients:list")
    assert "Clients come with the first import of orders." in browser_of(cast.anne).get(url).content.decode()
    assert "No client fits" in browser_of(cast.anne).get(url + "?q=nobody").content.decode()
    assert "Your account manager gives you clients" in browser_of(cast.alice).get(url).content.decode()


def test_search_answers_a_fragment_or_a_page(cast: Cast, three: list[Client], browser_of: Any) -> None:
    make_client(owner=cast.carl, name="Crémerie de Lyon")
    browser, url = browser_of(cast.alice), reverse("clients:search")
    page = browser.get(url, {"q": "ateliers"}).content.decode()
    fragment = browser.get(url, {"q": "ateliers"}, headers={"HX-Request": "true"}).content.decode()
    assert (page.count("<html"), fragment.count("<html")) == (1, 0)
    assert re.findall(r'class="hit-name clip">([^<]*)', fragment) == ["Ateliers Noël"]
    assert re.findall(r'class="hit-name clip">', browser.get(url, {"q": "cremerie"}).content.decode()) == []
    assert "fits “&lt;b&gt;”" in browser.get(url, {"q": "<b>"}).content.decode()


def test_a_null_column_is_text_too(cast: Cast, browser_of: Any, columns: dict[str, registry.Column]) -> None:
    def nothing(clients: QuerySet[Any]) -> QuerySet[Any]:
        return clients.annotate(letter=Value(None, output_field=CharField()))

    columns["letter"] = registry.Column("letter", "Letter", nothing, choices=lambda: [("A", "A")])
    make_client(owner=cast.alice)
    assert listed(browser_of(cast.alice), "?letter=A") == []


def test_the_filter_bar_works_with_and_without_scripts(
    cast: Cast, three: list[Client], browser_of: Any
) -> None:
    browser, url = browser_of(cast.alice), reverse("clients:list") + "?q=noel"
    assert (
        names(browser.get(url, headers={"HX-Request": "true"}))
        == names(browser.get(url))
        == ["Ateliers Noël"]
    )


def test_the_owner_stands_there_for_those_who_see_others_alone(cast: Cast, browser_of: Any) -> None:
    make_client(owner=cast.alice)
    url = reverse("clients:list")
    assert 'data-label="Owner"' not in browser_of(cast.alice).get(url).content.decode()
    assert browser_of(cast.anne).get(url).content.decode().count('data-label="Owner"') == 1
