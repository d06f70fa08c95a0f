"""Queries composed once: the same rows as the query itself, for whoever asks, in every thread."""

import threading
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import F, QuerySet, Value
from django.test.utils import CaptureQueriesContext

from accounts.reader import Reader, reader
from accounts.rules import Reach, Role
from clients.models import Client, Person, Tag, Task
from common.prepared import prepared
from tests.accounts.test_rights_table import give
from tests.conftest import Cast
from tests.factories.records import make_client, make_person, make_task

pytestmark = pytest.mark.django_db


def composed(client: int, who: Reader) -> QuerySet[Task]:
    seen = Task.objects.visible_to(who).filter(client=client).annotate(place=F("client__city"))
    return seen.select_related("owner", "client__team").order_by("title")[:2]


def filled(cast: Cast) -> list[Client]:
    clients = [
        make_client(owner=owner, city=city) for owner, city in ((cast.alice, "Lens"), (cast.carl, "Lyon"))
    ]
    for client in clients:
        for title in ("c", "a", "b"):
            make_task(client, title=title)
    return clients


def told(rows: list[Any]) -> list[Any]:
    return [(row.pk, row.title, row.place, row.owner.name, row.client.team.name, row.due_on) for row in rows]


def test_the_rows_are_those_of_the_query(cast: Cast) -> None:
    asked, clients = prepared(composed), filled(cast)
    for user in (cast.alice, cast.anne, cast.bob, cast.carl, cast.diane, cast.alice):
        for client in clients:
            who = reader(user)
            with CaptureQueriesContext(connection) as captured:
                rows = asked(client.pk, who)
            plain = told(list(composed(client.pk, who)))
            assert (told(rows), len(captured)) == (plain, 1 if rows else len(captured)), (user, client)
    assert [len(asked(clients[0].pk, reader(user))) for user in (cast.alice, cast.anne, cast.bob, cast.carl)] == [2, 2, 0, 0]  # fmt: skip


def test_a_statement_is_composed_once(cast: Cast) -> None:
    made = []

    @prepared
    def people(client: int, last: str) -> QuerySet[Person]:
        made.append(client)
        return Person.objects.filter(client=client, last_name=last).order_by("pk")

    clients = [make_client(owner=cast.alice) for _ in range(3)]
    persons = [make_person(client, last_name="Martin") for client in clients]
    assert [people(client.pk, "Martin") for client in clients] == [[person] for person in persons]
    assert [people(client.pk, "Durand") for client in clients] == [[], [], []]
    assert len(made) == 2
    assert not set(made) & {client.pk for client in clients}


def test_who_gains_or_loses_a_right_asks_anew(cast: Cast) -> None:
    asked, (_lens, lyon) = prepared(composed), filled(cast)

    def seen() -> int:
        user = type(cast.alice).objects.with_rights().get(pk=cast.alice.pk)
        return len(asked(lyon.pk, reader(user)))

    assert seen() == 0
    give(cast, Role.SALES, see=Reach.ALL)
    assert seen() == 2
    give(cast, Role.SALES, see=Reach.OWN)
    assert seen() == 0
    cast.diane.is_active = False
    nobody = reader(cast.diane)
    with CaptureQueriesContext(connection) as captured:
        assert asked(lyon.pk, nobody) == []
    assert len(captured) == 0


@pytest.mark.parametrize("number", [2**63, -(2**63), 10**30, 0, -1])
def test_no_number_breaks_it(cast: Cast, number: int) -> None:
    filled(cast)
    assert prepared(composed)(number, reader(cast.diane)) == []


def test_a_number_within_the_statement_is_refused(cast: Cast) -> None:
    @prepared
    def first(number: int) -> QuerySet[Client]:
        return Client.objects.order_by("pk")[:number]

    with pytest.raises(ValueError, match="in the statement"):
        first(1)


def test_tuples_come_as_tuples(cast: Cast) -> None:
    @prepared
    def named(client: int) -> Any:
        return Client.objects.filter(pk=client).annotate(one=Value(1)).values_list("name", "one")

    client = make_client(owner=cast.alice, name="Crémerie")
    assert named(client.pk) == [("Crémerie", 1)]


def test_another_thread_asks_by_its_own_connection() -> None:
    @prepared
    def asked(pk: int) -> QuerySet[Tag]:
        return Tag.objects.filter(pk=pk)

    assert asked(0) == []
    found: list[Any] = []

    def elsewhere() -> None:
        try:
            found.append(asked(-1))
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert found == [[]]
