"""Whoever searches for the reference of a merged record finds where it lives on, if they may see that."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.merging.people import merge_people, undo_people_merge
from clients.merging.services import merge_clients
from clients.merging.undo import undo_merge
from clients.models import Client, Person
from sales.models import Order
from tests.conftest import Cast
from tests.factories.records import make_client
from tests.hygiene.world import NOW

pytestmark = pytest.mark.django_db


def works(cast: Cast, number: int) -> Client:
    return make_client(owner=cast.alice, name=f"Works {number}", ref=f"OLD-{number}", kind="company")


def zoe(client: Client, number: int) -> Person:
    return Person.objects.create(client=client, ref=f"Zo-{number}", first_name="Zoé", last_name="Ardent")


def listed(browser: Any, list_name: str, text: str) -> bool:
    """Whether the list finds the one row there is, "Works 1" or "Zoé Ardent"."""
    body = browser.get(reverse(list_name), {"q": text}).content.decode()
    return "row-link" in body


def offered(browser: Any, text: str, url: str) -> bool:
    answer = browser.get(reverse("clients:search"), {"q": text}, headers={"HX-Request": "true"})
    return f'href="{url}"' in answer.content.decode()


def test_the_client_is_found_by_what_it_was_called(cast: Cast, browser_of: Any) -> None:
    one, two, three = (works(cast, number) for number in (1, 2, 3))
    first = merge_clients(survivor_id=two.pk, loser_id=three.pk, by=cast.alice, now=NOW)
    second = merge_clients(survivor_id=one.pk, loser_id=two.pk, by=cast.alice, now=NOW)
    Order.objects.create(client=one, ref="O-1")
    alice = browser_of(cast.alice)
    for text in ("OLD-1", "OLD-2", "old-3", " OLD-3 "):
        assert list(Client.objects.visible_to(cast.alice).matching(text)) == [one]
        assert listed(alice, "clients:list", text)
        assert listed(alice, "sales:order_list", text)
        assert offered(alice, text, one.get_absolute_url())
    assert not listed(alice, "clients:list", "OLD-4")
    for stranger in (cast.bob, cast.carl):
        assert not listed(browser_of(stranger), "clients:list", "OLD-3")
        assert not offered(browser_of(stranger), "OLD-3", one.get_absolute_url())
    for batch in (second, first):
        undo_merge(batch_id=batch.pk, by=cast.alice, now=NOW)
    assert list(Client.objects.visible_to(cast.alice).matching("OLD-3")) == [three]


def test_the_person_is_found_by_what_it_was_called(cast: Cast, browser_of: Any) -> None:
    client = works(cast, 1)
    one, two = zoe(client, 1), zoe(client, 2)
    batch = merge_people(survivor_id=one.pk, loser_id=two.pk, by=cast.alice, now=NOW)
    alice = browser_of(cast.alice)
    for text in ("Zo-1", "Zo-2"):
        assert list(Person.objects.visible_to(cast.alice).matching(text)) == [one]
        assert listed(alice, "clients:person_list", text)
        assert offered(alice, text, one.get_absolute_url())
    assert not listed(alice, "clients:person_list", "Zo-3")
    for stranger in (cast.bob, cast.carl):
        assert not listed(browser_of(stranger), "clients:person_list", "Zo-2")
        assert not offered(browser_of(stranger), "Zo-2", one.get_absolute_url())
    undo_people_merge(batch_id=batch.pk, by=cast.alice, now=NOW)
    assert list(Person.objects.visible_to(cast.alice).matching("Zo-2")) == [two]


def test_it_costs_one_query_whatever_it_finds(cast: Cast) -> None:
    one, two = works(cast, 1), works(cast, 2)
    zoe(one, 1)
    merge_clients(survivor_id=one.pk, loser_id=two.pk, by=cast.alice, now=NOW)
    list(Client.objects.visible_to(cast.alice))  # the rights are read once
    for model in (Client, Person):
        for text in ("OLD-2", "nobody", "two words"):
            with CaptureQueriesContext(connection) as captured:
                list(model.objects.visible_to(cast.alice).matching(text))
            assert len(captured) == 2
