"""The page of a client about whom everything is known: all panels, in few queries, however much there is."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client, SavedView
from clients.registry import panels
from tests.conftest import Cast, whole_page
from tests.factories.records import make_client
from tests.site.dossier import whole_client

ZONES = ("head", "strip", "main", "side")
FIRST, LATER, EVENTS, WHOLE = 9, 13, 8, 20  # queries of each answer
AS_FRAGMENT = {"HX-Request": "true"}


def ids(later: bool) -> set[str]:
    return {panel.key for zone in ZONES for panel in panels(zone) if panel.later == later}


def keys(zones: Any) -> set[str]:
    return {item.panel.key for items in zones.values() for item in items}


@pytest.fixture
def client(cast: Cast, request: pytest.FixtureRequest) -> Client:
    count = request.param
    for number in range(count):
        SavedView.objects.create(
            owner=cast.alice, list_key="clients", name=f"View {number}", is_pinned=True, is_shared=True
        )
    return whole_client(cast, count)


@pytest.mark.parametrize("client", [1, 3], indirect=True)
def test_every_panel_shows_in_twenty_queries(cast: Cast, browser_of: Any, client: Client) -> None:
    count = Client.tags.through.objects.filter(client=client).count()
    asked = (
        (client.get_absolute_url(), {}, FIRST, ids(later=False)),
        (whole_page(client), AS_FRAGMENT, LATER, ids(later=True)),
        (whole_page(client), {}, WHOLE, ids(later=False) | ids(later=True)),
        (reverse("clients:timeline", args=[client.pk]), AS_FRAGMENT, EVENTS, set()),
    )  # fmt: skip
    for who in (cast.alice, cast.diane):
        browser = browser_of(who)
        for url, headers, queries, expected in asked:
            with CaptureQueriesContext(connection) as captured:
                response = browser.get(url, headers=headers)
            context = response.context
            assert keys(context.get("zones") or {}) | keys(context.get("more") or {}) == expected, url
            assert len(captured) == queries, (url, who)
            text = response.content.decode()
            if url == client.get_absolute_url():
                assert (text.count("Tag "), text.count(">View ")) == (count, count)


@pytest.mark.parametrize("client", [1], indirect=True)
def test_the_two_answers_are_the_whole(cast: Cast, browser_of: Any, client: Client) -> None:
    browser = browser_of(cast.alice)
    first = browser.get(client.get_absolute_url()).content.decode()
    later = browser.get(whole_page(client), headers=AS_FRAGMENT).content.decode()
    whole = browser.get(whole_page(client)).content.decode()
    titles = {f'id="panel-{key}"' for key in ids(later=True)}
    assert [sum(text.count(title) for title in titles) for text in (first, later, whole)] == [
        0, len(titles), len(titles),
    ]  # fmt: skip
    assert (later.count("<html"), later.count('hx-swap-oob="outerHTML"'), whole.count("hx-swap-oob")) == (
        0,
        1,
        0,
    )
    assert (first.count('aria-busy="true"'), whole.count("aria-busy"), later.count("aria-busy")) == (3, 0, 0)
    for address in (whole_page(client), reverse("clients:timeline", args=[client.pk])):
        assert first.count(f'hx-get="{address}" hx-trigger="load"') == 1
        assert first.count(f'<a href="{address}"') == 1
    assert first.count("css/segmentation") == whole.count("css/segmentation") == 1


def test_a_merged_client_leads_to_where_it_lives_on(cast: Cast, browser_of: Any) -> None:
    one, other = make_client(owner=cast.alice), make_client(owner=cast.alice)
    Client.objects.filter(pk=other.pk).update(state="merged", merged_into=one)
    assert browser_of(cast.alice).get(whole_page(other))["Location"] == whole_page(one)
    assert browser_of(cast.carl).get(whole_page(other)).status_code == 404
