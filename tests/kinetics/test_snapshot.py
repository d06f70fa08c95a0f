"""What an import writes while a night reads counts for all clients or for none."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from common.locks import one_snapshot
from sales.models import ClientDay
from sales.windows import fetch_all
from tests.factories.records import make_client
from tests.kinetics.days import AS_OF, add_day

pytestmark = pytest.mark.django_db(transaction=True)


def write_day(client_id: int, cents: int) -> None:
    """As an import does, in a connection of its own."""
    ClientDay.objects.filter(client_id=client_id).update(rev=cents, gross=cents)
    connection.close()


def test_a_night_reads_the_database_as_of_one_moment() -> None:
    clients = [make_client(), make_client()]
    ClientDay.objects.bulk_create([add_day(client, AS_OF, 100) for client in clients])
    with one_snapshot(), ThreadPoolExecutor(1) as other:
        assert fetch_all(AS_OF).rev0.tolist() == [100, 100]
        refused = other.submit(write_day, clients[1].pk, 900).exception()
        assert fetch_all(AS_OF).rev0.tolist() == [100, 100]
    # SQLite in memory, as in the tests, has no write-ahead log: there the writer is turned away.
    assert refused is None or connection.vendor == "sqlite"
    assert fetch_all(AS_OF).rev0.tolist() == [100, 100 if refused else 900]


def test_a_snapshot_ends_with_an_error() -> None:
    with pytest.raises(RuntimeError), one_snapshot():
        raise RuntimeError
    with one_snapshot():
        assert len(fetch_all(AS_OF)) == 0
