"""Search passes over all texts: on SQLite in an index that holds nothing else, which PostgreSQL keeps empty."""

import pytest
from django.db import connection

from clients.models import Client, Person
from tests.conftest import Cast
from tests.factories.records import make_client, make_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("model", "index"), [(Client, "client_search"), (Person, "person_search")])
def test_only_sqlite_passes_over_the_texts(cast: Cast, model: type[Client | Person], index: str) -> None:
    make_person(make_client(owner=cast.alice))
    if connection.vendor == "sqlite":
        plan = model.objects.matching("horloge").explain()
        assert f"USING COVERING INDEX {index}" in plan, plan
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [index])
        assert cursor.fetchone()[0].endswith("(search_text) WHERE false")


def test_a_text_longer_than_an_index_row_is_kept_and_found(cast: Cast) -> None:
    """PostgreSQL refuses rows of an index beyond a third of a page."""
    client = make_client(owner=cast.alice)
    digits = " ".join(f"{number * 7919 % 10_007:05d}" for number in range(2_000))  # hardly to be packed
    Client.objects.filter(pk=client.pk).update(search_text=f"{digits} horloge")
    assert list(Client.objects.matching("horloge")) == [client]
