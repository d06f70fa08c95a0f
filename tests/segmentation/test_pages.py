"""The pages of the grid: who sees what, under which filter, with how many queries."""

import csv
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client, SavedView, Tag
from kinetics.models import ClientIndicator, KineticsRun
from kinetics.states import Evidence, ExpectedState, ProfitState, RevenueState, RunState
from segmentation import registry
from segmentation.models import GridThresholds
from segmentation.selectors import active_thresholds
from segmentation.selectors import grid as grid_selectors
from segmentation.services import classify_clients
from tests.conftest import Cast, whole_page
from tests.segmentation.records import AS_OF, NOW, client_with, four_corners

pytestmark = pytest.mark.django_db
GRID = "/care/grid/"


def body_of(answer: Any) -> str:
    return b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def chart_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script id="grid-data" type="application/json">(.*?)</script>', html, re.S)
    assert found is not None
    return json.loads(found[1])


def drawn_in(html: str) -> list[str]:
    return [point[1] for point in chart_of(html)["points"]]


def listed_in(html: str) -> list[str]:
    return re.findall(r'class="row-link"[^>]*>([^<]+)<', html)


def lead_of(html: str) -> str:
    found = re.search(r'<p class="lead-line">(.*?)</p>', html, re.S)
    assert found is not None
    return text_of(found[1])


@pytest.fixture
def placed(cast: Cast) -> dict[str, Client]:
    corners = four_corners(owner=cast.alice)
    corners["foreign"] = client_with(900_000, 0.3, owner=cast.carl, name="Zeus of Lyon")
    classify_clients(as_of=AS_OF, now=NOW)
    return corners


def test_before_the_first_night_the_page_says_what_to_do(cast: Cast, browser_of: Any) -> None:
    html = browser_of(cast.alice).get(GRID).content.decode()
    assert lead_of(html) == "No night has placed the clients yet."
    assert browser_of(cast.alice).get(reverse("segmentation:export")).status_code == 404


def test_the_grid_says_what_it_found(cast: Cast, browser_of: Any, placed: dict[str, Client]) -> None:
    html = browser_of(cast.diane).get(GRID).content.decode()
    assert lead_of(html) == (
        "2 athletes among 6 clients bring 74% of the revenue of the last 52 weeks; to qualify: 1."
    )
    assert listed_in(html) == ["Zeus of Lyon", "Atalante", "Boréas", "Circé", "Dédale", "Écho"]
    assert drawn_in(html) == ["Zeus of Lyon", "Atalante", "Boréas", "Circé", "Dédale"]
    assert chart_of(html)["lines"] == {
        "revenue": active_lines().revenue_cents, "margin": active_lines().margin_rate,
    }  # fmt: skip


def active_lines() -> GridThresholds:
    lines = active_thresholds()
    assert lines is not None
    return lines


def test_nobody_sees_another_owners_client_in_table_chart_or_export(
    cast: Cast, browser_of: Any, placed: dict[str, Client]
) -> None:
    for user, foreign in ((cast.alice, "Zeus of Lyon"), (cast.anne, "Zeus of Lyon"), (cast.carl, "Atalante")):
        browser = browser_of(user)
        for url in (GRID, GRID + "?scale=linear", reverse("segmentation:export")):
            assert foreign not in body_of(browser.get(url))
    own = browser_of(cast.carl).get(GRID).content.decode()
    assert (listed_in(own), drawn_in(own)) == (["Zeus of Lyon"], ["Zeus of Lyon"])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?segment=whale", ["Boréas"]),
        ("?q=dedale", ["Dédale"]),
        ("?q=circe&segment=whale", []),
        ("?sort=name", ["Atalante", "Boréas", "Circé", "Dédale", "Écho"]),
        ("?sort=-margin", ["Circé", "Atalante", "Boréas", "Dédale", "Écho"]),
        ("?sort=margin", ["Dédale", "Boréas", "Atalante", "Circé", "Écho"]),
        ("?sort=nonsense&segment=nobody&page=zero", ["Atalante", "Boréas", "Circé", "Dédale", "Écho"]),
        ("?page=99", ["Atalante", "Boréas", "Circé", "Dédale", "Écho"]),
    ],
)
def test_the_address_holds_the_state(
    cast: Cast, browser_of: Any, placed: dict[str, Client], query: str, names: list[str]
) -> None:
    html = browser_of(cast.alice).get(GRID + query).content.decode()
    assert listed_in(html) == names


def test_paging(cast: Cast, browser_of: Any, placed: dict[str, Client], monkeypatch: Any) -> None:
    monkeypatch.setattr(grid_selectors, "PAGE_ROWS", 2)
    browser = browser_of(cast.alice)
    pages = [listed_in(browser.get(f"{GRID}?page={number}").content.decode()) for number in (1, 2, 3)]
    assert pages == [["Atalante", "Boréas"], ["Circé", "Dédale"], ["Écho"]]
    first = text_of(browser.get(GRID).content.decode())
    assert "1–2 of 5 Next" in first


def test_htmx_gets_the_table_alone(cast: Cast, browser_of: Any, placed: dict[str, Client]) -> None:
    html = browser_of(cast.alice).get(GRID + "?sort=name", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in html
    assert listed_in(html) == ["Atalante", "Boréas", "Circé", "Dédale", "Écho"]


def test_more_clients_than_bubbles_is_said(
    cast: Cast, browser_of: Any, placed: dict[str, Client], monkeypatch: Any
) -> None:
    monkeypatch.setattr(grid_selectors, "MAX_BUBBLES", 2)
    html = browser_of(cast.alice).get(GRID).content.decode()
    assert drawn_in(html) == ["Atalante", "Boréas"]
    assert "The 2 largest clients are drawn; the table has them all." in text_of(html)


def test_the_size_of_a_bubble_comes_from_the_registry(
    cast: Cast, browser_of: Any, placed: dict[str, Client], monkeypatch: Any
) -> None:
    athlete = placed["athlete"].pk
    monkeypatch.setattr(
        registry, "_providers", [registry.BubbleSize("Expected revenue", lambda ids: {athlete: 777})]
    )
    chart = chart_of(browser_of(cast.alice).get(GRID).content.decode())
    sizes = {point[1]: point[4] for point in chart["points"]}
    assert sizes == {"Atalante": 777, "Boréas": None, "Circé": None, "Dédale": None}
    assert chart["labels"]["size"] == "Expected revenue"


def test_the_grid_asks_as_many_queries_for_three_clients_as_for_one(cast: Cast, browser_of: Any) -> None:
    def queries() -> int:
        classify_clients(as_of=AS_OF, now=NOW)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert browser.get(GRID).status_code == 200
        return len(captured)

    browser = browser_of(cast.alice)
    client_with(100_000, 0.3, owner=cast.alice)
    one = queries()
    client_with(200_000, 0.1, owner=cast.alice)
    client_with(300_000, 0.5, owner=cast.alice)
    assert queries() == one
    assert one <= 14  # two of them the saved views and the owners of the filter bar


def test_the_grid_takes_the_filters_of_the_list_and_gives_them_back(
    cast: Cast, browser_of: Any, placed: dict[str, Client]
) -> None:
    tag = Tag.objects.create(name="Fair")
    for name in ("athlete", "dilemma"):
        placed[name].tags.add(tag)
    Client.objects.filter(pk=placed["dilemma"].pk).update(city="Lens")
    Client.objects.filter(pk=placed["whale"].pk).update(kind="person")
    browser, asked = browser_of(cast.diane), f"?tag={tag.pk}&sort=-revenue&col=city"
    view = SavedView.objects.create(
        owner=cast.diane, list_key="clients", name="Of the fair", query=f"tag={tag.pk}", is_pinned=True
    )
    on_list = browser.get(reverse("clients:list") + asked).content.decode()
    grid_url = re.search(r'href="(/care/grid/[^"]*)"[^>]*>Grid<', on_list)[1].replace("&amp;", "&")
    page = browser.get(grid_url).content.decode()
    assert (sorted(listed_in(page)), sorted(drawn_in(page))) == (["Atalante", "Dédale"],) * 2
    assert lead_of(page) == (
        "1 athlete among the 2 clients you ask for brings 89% of their revenue of the last 52 weeks."
    )
    back = re.search(r'href="(/clients/[^"]*)">Table<', page)[1].replace("&amp;", "&")
    assert sorted(listed_in(browser.get(back).content.decode())) == ["Atalante", "Dédale"]
    assert ("col=city" in back, "sort=-revenue" in back) == (True, True)
    for query, names in {
        "?city=lens": ["Dédale"], "?kind=person": ["Boréas"], "?scope=nobody": [], f"?tag={tag.pk}&segment=athlete": ["Atalante"],
        f"?view={view.pk}&{view.query}": ["Atalante", "Dédale"], "?tag=999": [], "?city=lens&scale=linear": ["Dédale"],
    }.items():  # fmt: skip
        assert sorted(listed_in(browser.get(GRID + query).content.decode())) == names
    assert f'?tag={tag.pk}&amp;view={view.pk}"' in page  # the tab of the view, applied here
    exported = body_of(browser.get(reverse("segmentation:export") + f"?tag={tag.pk}"))
    assert [row[1] for row in csv.reader(exported.splitlines())][1:] == ["Atalante", "Dédale"]
    assert listed_in(browser_of(cast.carl).get(grid_url).content.decode()) == []


def test_export_is_filtered_and_safe_in_a_spreadsheet(
    cast: Cast, browser_of: Any, placed: dict[str, Client]
) -> None:
    Client.objects.filter(pk=placed["whale"].pk).update(name="=HYPERLINK(1)")
    answer = browser_of(cast.alice).get(reverse("segmentation:export") + "?segment=whale")
    header, row = csv.reader(body_of(answer).removeprefix("\ufeff").splitlines())
    assert header[:4] == ["Reference", "Client", "Segment", "Revenue, last 52 weeks"]
    assert row[1:5] == ["'=HYPERLINK(1)", "Whale", "3000.0", "0.1"]
    assert row[7:] == ["3000.0", str(active_lines().margin_rate), "", "2026-06-30", "grid-2"]


def test_why_explains_with_values_lines_and_path(
    cast: Cast, browser_of: Any, placed: dict[str, Client]
) -> None:
    url = reverse("segmentation:why", args=[placed["to_qualify"].pk])
    html = browser_of(cast.alice).get(url).content.decode()
    assert lead_of(html) == "To qualify. Costs are known for 0.0% of the sales; the grid needs at least 80%."
    text = text_of(html)
    assert "rule grid-2, lines version" in text
    assert "Path" not in text  # nobody moved yet
    drawer = browser_of(cast.alice).get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in drawer


def test_why_of_a_foreign_client_is_as_absent_as_no_client(
    cast: Cast, browser_of: Any, placed: dict[str, Client]
) -> None:
    browser = browser_of(cast.alice)
    for pk in (placed["foreign"].pk, 10**9):
        assert browser.get(reverse("segmentation:why", args=[pk])).status_code == 404


def test_why_of_a_client_no_night_has_seen(cast: Cast, browser_of: Any, placed: dict[str, Client]) -> None:
    late = Client.objects.create(ref="late", name="Late", owner=cast.alice)
    html = browser_of(cast.alice).get(reverse("segmentation:why", args=[late.pk])).content.decode()
    assert lead_of(html) == "Not classified yet: the next night places this client."


def test_sales_read_the_lines_but_do_not_move_them(
    cast: Cast, browser_of: Any, placed: dict[str, Client]
) -> None:
    browser = browser_of(cast.alice)
    html = browser.get(reverse("segmentation:thresholds")).content.decode()
    assert "nobody has confirmed it" in lead_of(html)
    assert "Put in force" not in html
    assert "Zeus of Lyon" not in html
    assert browser.post(reverse("segmentation:activate"), {"preset": "abc"}).status_code == 403
    assert browser.get(reverse("segmentation:activate")).status_code == 405
    assert GridThresholds.objects.count() == 1


def test_a_director_previews_and_activates(cast: Cast, browser_of: Any, placed: dict[str, Client]) -> None:
    browser, url = browser_of(cast.diane), reverse("segmentation:thresholds")
    html = browser.get(url + "?revenue=700&margin=5").content.decode()
    assert GridThresholds.objects.count() == 1  # looking writes nothing
    typed = html[html.index("Your own amounts") :]
    assert "4 clients would move" in text_of(html) or "3 clients would move" in text_of(html)
    assert 'name="revenue" value="700.00"' in typed

    answer = browser.post(
        reverse("segmentation:activate"),
        {"preset": "typed", "as_of": AS_OF.isoformat(), "revenue": "700", "margin": "5"},
        follow=True,
    )
    lines = active_lines()
    assert (lines.revenue_cents, lines.margin_rate, lines.activated_by) == (70_000, 0.05, cast.diane)
    assert lead_of(answer.content.decode()).startswith(f"Version {lines.pk}, set by Diane on ")
    assert f"Version {lines.pk} is in force; all clients were placed again." in text_of(
        answer.content.decode()
    )


@pytest.mark.parametrize(
    "sent",
    [
        {"preset": "typed", "revenue": "-1", "margin": "5"},
        {"preset": "typed", "revenue": "NaN", "margin": "5"},
        {"preset": "typed", "revenue": "700", "margin": "101"},
        {"preset": "typed", "revenue": "", "margin": ""},
        {"preset": "nonsense"},
        {},
    ],
)
def test_what_is_no_line_moves_nothing(
    cast: Cast, browser_of: Any, placed: dict[str, Client], sent: dict[str, str]
) -> None:
    answer = browser_of(cast.diane).post(
        reverse("segmentation:activate"), {"as_of": AS_OF.isoformat()} | sent, follow=True
    )
    assert "The lines were not moved" in answer.content.decode()
    assert GridThresholds.objects.count() == 1


def test_anonymous_visitors_are_sent_to_the_login(client: Any, placed: dict[str, Client]) -> None:
    for name in ("grid", "export", "thresholds"):
        assert client.get(reverse(f"segmentation:{name}")).status_code == 302


def test_the_client_list_shows_and_filters_segments(
    cast: Cast, browser_of: Any, placed: dict[str, Client]
) -> None:
    from segmentation.panels import with_segment

    clients = with_segment(Client.objects.visible_to(cast.alice))
    assert dict(clients.values_list("name", "segment")) == {
        "Atalante": "athlete", "Boréas": "whale", "Circé": "thoroughbred", "Dédale": "dilemma",
        "Écho": "to_qualify",
    }  # fmt: skip
    assert [client.name for client in clients.filter(segment="whale")] == ["Boréas"]
    Client.objects.create(ref="late", name="Late", owner=cast.alice)
    assert clients.filter(segment=None).count() == 1
    assert "Boréas" in browser_of(cast.alice).get("/clients/?segment=whale").content.decode()


def test_the_client_page_shows_chip_and_place(cast: Cast, browser_of: Any, placed: dict[str, Client]) -> None:
    html = browser_of(cast.alice).get(whole_page(placed["whale"])).content.decode()
    assert 'aria-label="Place in the grid: Whale"' in html
    assert reverse("segmentation:why", args=[placed["whale"].pk]) in html


def test_the_expected_revenue_of_the_published_night_sizes_the_bubbles(
    cast: Cast, browser_of: Any, placed: dict[str, Client]
) -> None:
    sizes = {
        point[1]: point[4] for point in chart_of(browser_of(cast.alice).get(GRID).content.decode())["points"]
    }
    assert sizes == {"Atalante": 500_000, "Boréas": 300_000, "Circé": 80_000, "Dédale": 60_000}

    run = KineticsRun.objects.create(
        as_of=AS_OF, state=RunState.PUBLISHED.value, code_version="1", knowledge_cutoff=NOW, started_at=NOW,
        published_at=NOW,
    )  # fmt: skip
    ClientIndicator.objects.create(
        run=run, client=placed["whale"], revenue_cents=300_000, r0_cents=300_000, expected_cents=123_456,
        revenue_state=RevenueState.MEASURED.value, evidence=Evidence.STABLE.value,
        expected_state=ExpectedState.MODEL.value, profit_state=ProfitState.MEASURED.value,
    )  # fmt: skip
    chart = chart_of(browser_of(cast.alice).get(GRID).content.decode())
    assert {point[1]: point[4] for point in chart["points"]}["Boréas"] == 123_456
    assert chart["labels"]["size"] == "Expected revenue, next 52 weeks"
