"""The one rule of who sees which client."""

from django.contrib.auth.models import AnonymousUser

from clients.models import Client
from tests.conftest import Cast
from tests.factories.records import make_client


def seen_by(user: object) -> set[str]:
    return set(Client.objects.visible_to(user).values_list("name", flat=True))


def test_each_role_sees_its_clients_and_no_other(cast: Cast) -> None:
    make_client(owner=cast.alice, name="Alice's")
    make_client(owner=cast.bob, name="Bob's")
    make_client(owner=cast.carl, name="Carl's")
    make_client(owner=None, name="nobody's")

    assert seen_by(cast.alice) == {"Alice's"}
    assert seen_by(cast.anne) == {"Alice's", "Bob's"}
    assert seen_by(cast.carl) == {"Carl's"}
    assert seen_by(cast.diane) == seen_by(cast.oscar) == {"Alice's", "Bob's", "Carl's", "nobody's"}
    assert seen_by(AnonymousUser()) == set()


def test_a_manager_without_team_does_not_see_clients_without_team(cast: Cast) -> None:
    make_client(owner=None, name="nobody's")
    cast.anne.team = None
    cast.anne.save()
    assert seen_by(cast.anne) == set()


def test_an_inactive_user_sees_nothing(cast: Cast) -> None:
    make_client(owner=cast.diane)
    cast.diane.is_active = False
    assert seen_by(cast.diane) == set()
