"""A large export under a real worker: done from the broker, and by the next worker when the first was killed."""

import csv
import signal

import pytest

from tests.installations import Installation, wait_for
from tests.jobs.test_processes import _end, _worker

pytestmark = pytest.mark.slow

MAKE = """
from django.http import QueryDict
from django.utils import timezone
from accounts.models import User
from clients.export_jobs import start_export
from clients.lists.clients import CLIENTS
from clients.models import Client
from common.lists.state import ListState
alice = User.objects.create_user("alice@example.org", "correct horse battery", name="Alice", language="en")
Client.objects.bulk_create([
    Client(ref=f"R{number:05}", name=f"Client {number:05}", owner=alice) for number in range(6000)
], batch_size=500)
state = ListState.read(CLIENTS, QueryDict("sort=-name"), alice)
print(start_export(state=state, content="csv", rows=6000, ids=None, by=alice, now=timezone.now()).pk)
"""


def _state(installation: Installation) -> tuple[str, int, int]:
    ((state, done, fence),) = installation.rows(
        "SELECT state, done_units, fence FROM jobs_job WHERE kind = 'clients.export'"
    )
    return state, done, fence


def test_a_killed_worker_leaves_the_export_to_the_next(installation: Installation) -> None:
    lease = {"CMIX_JOB_LEASE": "2"}
    installation.python(MAKE)
    with _worker(installation, **lease) as victim:
        wait_for(lambda: _state(installation)[1] > 0, 120, every=0.005)
        _end(victim, signal.SIGKILL)
    killed = _state(installation)
    with _worker(installation, **lease):
        wait_for(
            lambda: installation.manage("sweep_jobs", **lease) and _state(installation)[0] == "done", 120
        )
    assert (killed[0], killed[1] < 6000) == ("running", True)
    assert _state(installation) == ("done", 6000, 2)
    ((stored_as, size),) = installation.rows("SELECT stored_as, size FROM clients_exportfile")
    path = installation.folder / "files" / stored_as
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["Reference"] for row in rows] == [f"R{number:05}" for number in reversed(range(6000))]
    assert (path.stat().st_size, path.stat().st_mode & 0o777) == (size, 0o600)
