"""The table of rights: what each role may do, and with whose clients."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.translation import override

from accounts.rights import may, reach
from accounts.rules import Act, Reach, Role, reach_of
from clients.models import Client
from tests.conftest import Cast
from tests.factories.records import make_client

EXPECTED = {
    Role.SALES: {Act.SEE: 1, Act.EDIT: 1, Act.EXPORT: 1, Act.MERGE: 1},
    Role.ACCOUNT_MANAGER: {
        Act.SEE: 2, Act.EDIT: 2, Act.ASSIGN: 2, Act.EXPORT: 2, Act.IMPORT: 2, Act.MERGE: 2, Act.ERASE: 2,
    },
    Role.DIRECTOR: dict.fromkeys(Act, 3),
    Role.ADMINISTRATOR: dict.fromkeys(Act, 3),
}  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reaches_what_the_table_says(role: Role) -> None:
    assert {act: int(reach_of(role, act)) for act in Act} == dict.fromkeys(Act, 0) | EXPECTED[role]


def test_an_unknown_role_may_nothing() -> None:
    assert {reach_of("emperor", act) for act in Act} == {Reach.NONE}


def test_nobody_and_the_switched_off_may_nothing(cast: Cast) -> None:
    cast.oscar.is_active = False
    assert [may(user, act) for user in (AnonymousUser(), cast.oscar) for act in Act] == [False] * 2 * len(Act)


def test_an_act_is_asked_of_rows_too(cast: Cast) -> None:
    make_client(owner=cast.alice, name="Alice's")
    make_client(owner=cast.carl, name="Carl's")

    def open_to(user: Any, act: Act) -> set[str]:
        return set(Client.objects.visible_to(user, act=act).values_list("name", flat=True))

    assert reach(cast.alice, Act.ERASE) == Reach.NONE
    assert [open_to(cast.alice, act) for act in (Act.SEE, Act.ERASE, Act.ASSIGN)] == [
        {"Alice's"},
        set(),
        set(),
    ]
    assert open_to(cast.anne, Act.ERASE) == {"Alice's"}
    assert open_to(cast.diane, Act.ERASE) == {"Alice's", "Carl's"}


def test_the_page_prints_the_table(cast: Cast, browser_of: Any) -> None:
    page = browser_of(cast.alice).get(reverse("accounts:rights"))
    with override("en"):
        rows = {str(row.act): [str(cell.label) for cell in row.cells] for row in page.context["rows"]}
    assert rows["Erase"] == ["None", "Clients of the team", "All clients", "All clients"]
    assert "Clients of the team" in page.content.decode()
