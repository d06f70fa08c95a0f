"""Saved views: whose they are, and whom they stand for."""

import pytest

from clients.models import SavedView
from clients.selectors import audience
from tests.conftest import Cast
from tests.factories.records import make_client


def names(clients) -> list[str]:
    return sorted(client.name for client in clients)


@pytest.fixture
def company(cast: Cast) -> None:
    make_client(owner=cast.alice, name="Almond", kind="company", city="Paris")
    make_client(owner=cast.alice, name="Apple", kind="person", city="Paris")
    make_client(owner=cast.bob, name="Banana", kind="company", city="Paris")
    make_client(owner=cast.carl, name="Cherry", kind="company", city="Lyon")


def test_an_audience_is_filtered_by_its_readers_rights(cast: Cast, company: None) -> None:
    view = SavedView.objects.create(
        owner=cast.diane, list_key="clients", name="Companies", query="kind=company", is_shared=True
    )
    found = {
        user.name: names(audience(view.pk, user)) for user in (cast.alice, cast.anne, cast.carl, cast.diane)
    }
    assert found == {
        "Alice": ["Almond"], "Anne": ["Almond", "Banana"], "Carl": ["Cherry"],
        "Diane": ["Almond", "Banana", "Cherry"],
    }  # fmt: skip
    assert names(audience("Companies", cast.alice)) == ["Almond"]


def test_the_own_view_counts_before_one_of_the_same_name(cast: Cast, company: None) -> None:
    SavedView.objects.create(
        owner=cast.diane, list_key="clients", name="Mine", query="kind=company", is_shared=True
    )
    SavedView.objects.create(owner=cast.alice, list_key="clients", name="Mine", query="kind=person")
    assert names(audience("Mine", cast.alice)) == ["Apple"]
    assert names(audience("Mine", cast.bob)) == ["Banana"]


def test_a_view_one_does_not_see_stands_for_nobody(cast: Cast, company: None) -> None:
    private = SavedView.objects.create(owner=cast.alice, list_key="clients", name="Private", query="")
    tasks = SavedView.objects.create(owner=cast.alice, list_key="tasks", name="Tasks", query="")
    for user, view in (
        (cast.bob, private.pk),
        (cast.bob, "Private"),
        (cast.alice, tasks.pk),
        (cast.alice, 10**9),
    ):
        with pytest.raises(SavedView.DoesNotExist):
            audience(view, user)
