"""On PostgreSQL, pages of lists are read in the order of an index, and orders found by how they begin."""

from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from clients.models import Client, Person
from sales.models import Order
from sales.selectors import begins_with
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@pytest.fixture
def many(cast: Cast) -> User:
    clients = Client.objects.bulk_create(
        Client(ref=f"C{number}", name=f"Horloge {number}", search_text=f"horloge {number} lens")
        for number in range(4000)
    )
    Person.objects.bulk_create(
        Person(client=client, last_name=f"Martin {client.pk}", search_text=f"martin {client.pk}")
        for client in clients
    )
    Order.objects.bulk_create(Order(client=client, ref=f"O-{client.pk}") for client in clients)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return cast.diane


def plan(rows: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return str(rows.explain())


def test_pages_are_read_in_the_order_of_an_index(many: User) -> None:
    pages = {
        "client_state_name": Client.objects.visible_to(many).order_by("name", "pk"),
        "person_last_name": Person.objects.visible_to(many).order_by("last_name", "pk"),
        "sales_order_ref": Order.objects.visible_to(many).order_by("-ref", "-pk"),
    }
    for index, rows in pages.items():
        found = str(rows.values_list("pk", flat=True)[:51].explain())
        assert (index in found, "Seq Scan on clients_client" in found) == (True, False), found
    assert "sales_order_ref" in plan(Order.objects.visible_to(many).filter(begins_with("O-31")))
