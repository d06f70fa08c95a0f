"""The client's page, its form, and the admin: what one may see and change."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from clients import registry
from clients.models import Client
from tests.conftest import Cast
from tests.factories.records import make_client


def facts(client: Client, **changes: Any) -> dict[str, Any]:
    return {
        "kind": client.kind, "name": client.name, "email": client.email, "phone": client.phone,
        "street": client.street, "postcode": client.postcode, "city": client.city,
        "country": client.country, "language": client.language, "observed_from": "",
    } | changes  # fmt: skip


@pytest.fixture
def no_panels(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_panels", {})
    return


def test_a_foreign_client_looks_like_an_absent_one(cast: Cast, browser_of: Any) -> None:
    foreign = make_client(owner=cast.carl, name="Lyonnaise")
    browser = browser_of(cast.alice)
    for name in ("clients:detail", "clients:more", "clients:edit"):
        there = browser.get(reverse(name, args=[foreign.pk]))
        nowhere = browser.get(reverse(name, args=[foreign.pk + 999]))
        assert there.status_code == nowhere.status_code == 404
        assert body(there, foreign.pk) == body(nowhere, foreign.pk + 999)
    assert (
        browser.post(reverse("clients:edit", args=[foreign.pk]), facts(foreign, name="x")).status_code == 404
    )
    foreign.refresh_from_db()
    assert foreign.name == "Lyonnaise"


def body(response: Any, pk: int) -> str:
    """The page without what differs by request: the address itself and the CSRF token."""
    import re

    text = response.content.decode().replace(f"/clients/{pk}/", "/clients/N/")
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken&quot;: &quot;|X-CSRFToken": ")\w+', "", text)


@pytest.mark.parametrize("pk", ["0", "99999999999999999999999", "-1", "x"])
def test_no_number_breaks_the_page(cast: Cast, browser_of: Any, pk: str) -> None:
    assert browser_of(cast.diane).get(f"/clients/{pk}/").status_code == 404


def test_the_page_shows_the_facts(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice, name="<b>Noël & Fils", city="Nantes", email="noel@example.org")
    page = browser_of(cast.alice).get(client.get_absolute_url()).content.decode()
    assert "<h1>&lt;b&gt;Noël &amp; Fils</h1>" in page
    assert "looked after by Alice (Paris)" in page
    assert 'href="mailto:noel@example.org"' in page


@pytest.mark.usefixtures("no_panels")
def test_panels_fill_their_zones_and_may_stay_away(cast: Cast, browser_of: Any) -> None:
    template = "clients/columns/text.html"
    registry.add_panel(registry.Panel("a", template, lambda dossier: {"value": "in main"}, title="Titled"))
    registry.add_panel(registry.Panel("b", template, lambda dossier: None, title="Absent"))
    registry.add_panel(registry.Panel("c", template, lambda dossier: {"value": "on strip"}, zone="strip"))
    client = make_client(owner=cast.alice)
    page = browser_of(cast.alice).get(client.get_absolute_url()).content.decode()
    assert '<h2 class="panel-title">Titled</h2>in main</section>' in page
    assert 'aria-label="Indicators">on strip</section>' in page
    assert page.count("Absent") == 0


def test_sales_correct_facts_but_hand_nothing_over(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice, ref="A1")
    data = facts(client, name=" New\u202e  name ", city="Lyon", observed_from="2025-01-31")
    data |= {"owner": cast.carl.pk, "team": cast.lyon.pk, "ref": "B2", "search_text": "x", "id": 99}
    response = browser_of(cast.alice).post(reverse("clients:edit", args=[client.pk]), data)
    assert response.url == client.get_absolute_url()
    client.refresh_from_db()
    assert (client.name, client.city, str(client.observed_from)) == ("New name", "Lyon", "2025-01-31")
    assert (client.owner, client.team, client.ref) == (cast.alice, cast.paris, "A1")
    assert Client.objects.matching("new name lyon").get() == client


def test_managers_hand_over_inside_their_team(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice)
    browser, url = browser_of(cast.anne), reverse("clients:edit", args=[client.pk])
    outside = browser.post(url, facts(client, owner=cast.carl.pk, team=cast.lyon.pk))
    assert sorted(outside.context["form"].errors) == ["owner", "team"]
    assert browser.post(url, facts(client, owner=cast.bob.pk, team=cast.paris.pk)).status_code == 302
    client.refresh_from_db()
    assert client.owner == cast.bob


def test_a_client_given_away_leads_back_to_the_list(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice)
    response = browser_of(cast.anne).post(
        reverse("clients:edit", args=[client.pk]), facts(client, owner="", team="")
    )
    assert response.url == reverse("clients:list")


def test_directors_hand_over_to_anybody(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice)
    data = facts(client, owner=cast.carl.pk, team=cast.lyon.pk)
    assert browser_of(cast.diane).post(reverse("clients:edit", args=[client.pk]), data).status_code == 302
    client.refresh_from_db()
    assert (client.owner, client.team) == (cast.carl, cast.lyon)


@pytest.mark.parametrize(("who", "status"), [("alice", 403), ("anne", 200), ("diane", 200), ("oscar", 200)])
def test_who_may_create(cast: Cast, browser_of: Any, who: str, status: int) -> None:
    assert browser_of(getattr(cast, who)).get(reverse("clients:create")).status_code == status


def test_a_new_client_needs_a_reference_of_its_own(cast: Cast, browser_of: Any) -> None:
    taken = make_client(owner=cast.carl, ref="A1")
    browser, url = browser_of(cast.anne), reverse("clients:create")
    data = facts(taken, name="New", owner=cast.alice.pk, team=cast.paris.pk)
    assert sorted(browser.post(url, data | {"ref": "A1"}).context["form"].errors) == ["ref"]
    assert sorted(browser.post(url, data | {"ref": "\u200b"}).context["form"].errors) == ["ref"]
    assert browser.post(url, data | {"ref": " A2 "}).status_code == 302
    new = Client.objects.get(ref="A2")
    assert (new.name, new.owner, new.team) == ("New", cast.alice, cast.paris)
    assert browser.get(url).status_code == 200


def test_reading_writes_nothing(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice)
    before = Client.objects.values().get(pk=client.pk)
    browser = browser_of(cast.alice)
    for url in (
        client.get_absolute_url(),
        reverse("clients:edit", args=[client.pk]),
        reverse("clients:list"),
    ):
        browser.get(url)
    assert Client.objects.values().get(pk=client.pk) == before
