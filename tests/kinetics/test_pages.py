import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from clients.models import Client
from common.lists.pages import exported, list_page
from common.lists.state import ListState
from kinetics.lists import MOVED
from kinetics.models import ClientIndicator
from kinetics.panels import with_evidence, with_expected, with_growth, with_revenue
from kinetics.selectors import overview, published_run
from kinetics.services import recompute_kinetics
from tests.conftest import Cast
from tests.factories.records import make_client
from tests.kinetics.days import AS_OF, random_clients

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 3, 1, 2, tzinfo=UTC)


def test_the_overview_counts_the_visible_clients_alone(cast: Cast, browser_of: Any) -> None:
    random_clients(12, owner=cast.alice)
    random_clients(8, seed=9, owner=cast.carl)
    run = recompute_kinetics(as_of=AS_OF, now=NOW)
    assert overview(cast.alice, run).clients == 12
    assert overview(cast.diane, run).clients == 20
    foreign = set(Client.objects.filter(owner=cast.carl).values_list("name", flat=True))
    text = browser_of(cast.alice).get(reverse("kinetics:overview")).content.decode()
    assert not {name for name in foreign if f">{name}<" in text}


def test_the_list_of_who_moved_is_the_common_list(cast: Cast, browser_of: Any) -> None:
    random_clients(60, owner=cast.alice)
    found = overview(cast.alice, recompute_kinetics(as_of=AS_OF, now=NOW))
    assert sum(state.clients for state in found.states) == 60
    browser, url = browser_of(cast.alice), reverse("kinetics:overview")
    html = browser.get(url).content.decode()
    rows = html[html.index("<tbody data-rows>") :]
    rows = rows[: rows.index("</tbody>")]
    assert (rows.count('<th scope="row"><a class="row-link"'), 'data-label="Gained or lost"' in html) == (
        25,
        True,
    )
    # The quick filters bring the order in which they are read.
    assert 'href="?scope=rose&amp;sort=-moved"' in html
    assert 'href="?scope=fell"' in html
    alert = browser.get(url, {"evidence": "stable", "col": ["moved", "city"]}).content.decode()
    assert re.findall(r'<a class="chip" href="([^"]+)">', alert) == ["?col=moved&amp;col=city"]
    assert 'data-label="City"' in alert
    assert 'data-label="Evidence"' not in alert


def test_who_moved_sorts_and_shows_every_column(cast: Cast) -> None:
    random_clients(12, owner=cast.alice)
    recompute_kinetics(as_of=AS_OF, now=NOW)
    plain = ListState.read(MOVED, QueryDict(""), cast.alice)
    every = "&".join(f"col={column.key}" for column in plain.all_columns)
    whole = {row.record.pk for row in list_page(plain).rows}
    assert whole
    for column in plain.all_columns:
        for sign in ("", "-") if column.sortable else ():
            found = list_page(
                ListState.read(MOVED, QueryDict(f"sort={sign}{column.key}&{every}"), cast.alice)
            )
            assert {row.record.pk for row in found.rows} == whole
            assert len(found.heads) == len(plain.all_columns)


def test_before_the_first_night_the_list_and_its_file_are_empty(cast: Cast) -> None:
    make_client(owner=cast.alice)
    state = ListState.read(MOVED, QueryDict("sort=-chance"), cast.alice)
    assert (list_page(state).rows, list(exported(state)[1])) == ([], [])


def test_who_moved_is_exported_as_the_list_shows_it(cast: Cast, browser_of: Any) -> None:
    random_clients(30, owner=cast.anne)
    recompute_kinetics(as_of=AS_OF, now=NOW)
    state = ListState.read(MOVED, QueryDict("scope=fell&col=moved&col=why"), cast.anne)
    with translation.override("en"):
        header, rows = exported(state)
    found = list(rows)
    assert header == ["Reference", "Name", "Gained or lost", "Reasons"]
    assert [row[2] for row in found] == sorted(row[2] for row in found)
    assert {row[2] < 0 for row in found} == {True}
    assert re.fullmatch(r"/kinetics/why/\d+/revenue/", found[0][3])
    answer = browser_of(cast.anne).post(
        reverse("clients:export", args=["moved"]), {"list": "scope=fell", "as": "csv"}
    )
    assert answer.status_code == 200
    lines = (
        b"".join(answer.streaming_content if answer.streaming else [answer.content])
        .decode("utf-8-sig")
        .splitlines()
    )
    assert len(lines) == len(found) + 1


def test_the_overview_before_the_first_night(cast: Cast, browser_of: Any) -> None:
    assert browser_of(cast.alice).get(reverse("kinetics:overview")).status_code == 200


@pytest.mark.parametrize("indicator", ["revenue", "expected", "profit"])
def test_why_explains_every_state(cast: Cast, browser_of: Any, indicator: str) -> None:
    plains = random_clients(40, owner=cast.alice)
    recompute_kinetics(as_of=AS_OF, now=NOW)
    browser = browser_of(cast.alice)
    for plain in plains[:15]:
        url = reverse("kinetics:why", args=[plain.client.pk, indicator])
        assert browser.get(url).status_code == 200
    fragment = browser.get(url, HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in fragment
    assert "kinetics-1" in fragment


def test_a_foreign_client_is_not_found(cast: Cast, browser_of: Any) -> None:
    foreign = make_client(owner=cast.carl)
    browser = browser_of(cast.alice)
    absent = reverse("kinetics:why", args=[foreign.pk + 1000, "revenue"])
    assert browser.get(reverse("kinetics:why", args=[foreign.pk, "revenue"])).status_code == 404
    assert browser.get(absent).status_code == 404
    mine = make_client(owner=cast.alice)
    assert browser.get(reverse("kinetics:why", args=[mine.pk, "revenue"])).status_code == 200
    assert browser.get(reverse("kinetics:why", args=[mine.pk, "nothing"])).status_code == 404


def queries(browser: Any, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


def test_more_clients_ask_no_more_queries(cast: Cast, browser_of: Any) -> None:
    browser, url = browser_of(cast.alice), reverse("kinetics:overview")
    random_clients(60, owner=cast.alice)  # more than a page: the same questions are asked
    recompute_kinetics(as_of=AS_OF, now=NOW)
    few = queries(browser, url)
    random_clients(60, seed=3, owner=cast.alice)
    recompute_kinetics(as_of=AS_OF, now=NOW)
    assert queries(browser, url) == few
    assert few <= 18


def test_the_client_page_shows_the_strip(cast: Cast, browser_of: Any) -> None:
    plain = random_clients(3, owner=cast.alice)[2]
    recompute_kinetics(as_of=AS_OF, now=NOW)
    text = browser_of(cast.alice).get(plain.client.get_absolute_url()).content.decode()
    for indicator in ("revenue", "expected", "profit"):
        assert text.count(reverse("kinetics:why", args=[plain.client.pk, indicator])) >= 1


def test_columns_share_one_join_and_lose_no_client(cast: Cast) -> None:
    random_clients(5, owner=cast.alice)
    clients = Client.objects.all()
    assert with_revenue(clients).filter(revenue=None).count() == 5  # nothing published
    run = recompute_kinetics(as_of=AS_OF, now=NOW)
    make_client(owner=cast.alice)
    for annotate in (with_revenue, with_growth, with_expected, with_evidence):
        clients = annotate(clients)
    assert str(clients.query).count("JOIN") == 1
    found = {client.pk: (client.revenue, client.evidence) for client in clients}
    stored = ClientIndicator.objects.filter(run=run).values_list("client_id", "revenue_cents", "evidence")
    assert {pk: (revenue, evidence) for pk, revenue, evidence in stored}.items() <= found.items()
    assert len(found) == 6
    assert published_run() == run


def test_the_top_bar_says_of_which_day_the_figures_are(cast: Cast, browser_of: Any) -> None:
    def notes() -> list[str]:
        page = browser_of(cast.alice).get(reverse("clients:list")).content.decode()
        return re.findall(r'<span class="topbar-note">(.*?)</span>', page)

    assert notes() == []
    recompute_kinetics(as_of=date(2026, 11, 21), now=NOW)
    assert notes() == ["Figures as of 21 Nov 2026"]
