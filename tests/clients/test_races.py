"""Two real processes at the same clients: merges, erasures, undone imports, bulk acts and new tasks.

Each pair of clients is a round; both processes begin a round at the same moment. Whatever order the database
gives them, nothing hangs on a client that nobody sees, nothing of an erased person is left, and whoever comes
second is told why in words the pages know.
"""

import json
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.installations import SETUP, Installation

pytestmark = pytest.mark.slow

ROUNDS = 10
MAKE = """
from django.utils import timezone
from accounts.models import Team, User
from clients.models import Client, Interaction, Person, Task
team = Team.objects.create(name="Paris")
anne = User.objects.create_user(
    "anne@example.org", "correct horse battery", name="Anne", language="en", role="account_manager", team=team)
bob = User.objects.create_user("bob@example.org", "correct horse battery", name="Bob", language="en", team=team)
for number in range({rounds}):
    for letter in "AB":
        client = Client(ref=f"{{letter}}{{number}}", name=f"Zoé Ardent {{letter}}{{number}}", kind="person", owner=anne, team=team)
        client.save()
        Person.objects.create(client=client, is_client=True, first_name="Zoé", last_name=f"Ardent{{letter}}{{number}}",
            email=f"zoe{{letter}}{{number}}@mail.example".lower())
        Person.objects.create(client=client, last_name=f"Other{{letter}}{{number}}")
        Task.objects.create(client=client, title="t", due_on=timezone.localdate(), owner=anne)
        Interaction.objects.create(client=client, kind="call", happened_at=timezone.now(), summary="s", by=anne)
"""
RACER = """
import time
from django.utils import timezone
from django.db import DatabaseError
from accounts.models import User
from clients.merging.joining import MergeRefused
from clients.merging.services import merge_clients
from clients.merging.undo import UndoRefused, undo_merge
from clients.models import Batch, Client, Task
from clients.personal.erasing import erase_subject
from clients.personal.sources import subject_of
from clients.services import open_task
from common.conflicts import Vanished, is_busy
anne = User.objects.get(email="anne@example.org")
def one(ref):
    return Client.objects.get(ref=ref)
def merge(survivor, loser):
    try:
        merge_clients(survivor_id=survivor, loser_id=loser, by=anne, now=timezone.now())
        return "merged"
    except MergeRefused as refused:
        return refused.code
ids = {{(letter, number): one(f"{{letter}}{{number}}").pk for number in range({rounds}) for letter in "AB"}}
seen = {{key: Client.objects.get(pk=pk) for key, pk in ids.items()}}
subjects = {{key: subject_of(client) for key, client in seen.items()}}
{define}
told = []
for number in range({rounds}):
    time.sleep(max(0, {start} + number * 0.4 - time.time()))
    while True:  # who is told to try again in a moment does
        try:
            told.append(act(number, seen[("A", number)], seen[("B", number)]))
        except Vanished:
            told.append("gone")
        except DatabaseError as error:
            if is_busy(error):
                continue
            raise
        break
print(json.dumps(told))
"""
MERGE_A = "def act(number, a, b):\n    return merge(a.pk, b.pk)"
MERGE_B = "def act(number, a, b):\n    return merge(b.pk, a.pk)"
ERASE_A = 'def act(number, a, b):\n    erase_subject(subject=subjects[("A", number)], by=anne, now=timezone.now())\n    return "erased"'
ERASE_B = ERASE_A.replace('"A"', '"B"')
TASKS = """
def act(number, a, b):
    for client in (a, b):
        open_task(client=client, title=f"new {number}", due_on=timezone.localdate(), owner=anne, by=anne, at=timezone.now())
    return "written"
"""
BULK = """
from clients.bulk import registry
from clients.bulk.services import job_of, start_bulk
from jobs.services import run
bob = User.objects.get(email="bob@example.org")
def act(number, a, b):
    wanted = registry.find("clients", "assign")
    batch = start_bulk(act=wanted, ids=[a.pk, b.pk], values={"owner": bob.pk}, label="to Bob", user=anne,
        token=str(number), now=timezone.now())
    return run(job_of(batch).pk).state
"""
STRAYS = """
SELECT COUNT(*) FROM {table} t JOIN clients_client c ON c.id = t.client_id WHERE c.state <> 'active'
"""
COUNT = "SELECT COUNT(*) FROM {table}"
CHILDREN = ("clients_task", "clients_interaction")


def race(installation: Installation, *acts: str, rounds: int = ROUNDS) -> list[list[str]]:
    """What each process was told, round by round; none of them may end in an error."""
    start = time.time() + 12
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", SETUP + RACER.format(rounds=rounds, define=act, start=start)],
            env=installation.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for act in acts
    ]  # fmt: skip
    said = [racer.communicate(timeout=300) for racer in racers]
    errors = [
        error.decode()[-3000:] for racer, (_, error) in zip(racers, said, strict=True) if racer.returncode
    ]
    assert errors == []
    return [json.loads(output.splitlines()[-1]) for output, _ in said]


def _one(installation: Installation, statement: str) -> Any:
    ((found,),) = installation.rows(statement)
    return found


def strays(installation: Installation) -> dict[str, int]:
    return {table: _one(installation, STRAYS.format(table=table)) for table in CHILDREN}


@pytest.fixture
def made(installation: Installation) -> Installation:
    installation.python(MAKE.format(rounds=ROUNDS))
    return installation


NONE = dict.fromkeys(CHILDREN, 0)


def test_two_merge_the_same_pair_either_way(made: Installation) -> None:
    first, second = race(made, MERGE_A, MERGE_B)
    outcomes = [sorted(pair) for pair in zip(first, second, strict=True)]
    assert outcomes == [["merged", "not_active"]] * ROUNDS
    assert strays(made) == NONE
    assert [_one(made, COUNT.format(table=table)) for table in CHILDREN] == [2 * ROUNDS] * 2
    assert _one(made, "SELECT COUNT(*) FROM clients_client WHERE state = 'active'") == ROUNDS
    assert _one(made, "SELECT COUNT(*) FROM clients_person p JOIN clients_client c ON c.id = p.client_id "
                      "WHERE c.state = 'active' AND p.last_name LIKE 'Other%'") == 2 * ROUNDS  # fmt: skip


@pytest.mark.parametrize("erase", [ERASE_A, ERASE_B], ids=["the survivor", "the loser"])
def test_one_merges_whom_the_other_erases(erase: str, made: Installation) -> None:
    merged, erased = race(made, MERGE_A, erase)
    assert erased == ["erased"] * ROUNDS
    assert set(merged) <= {"merged", "not_active"}
    letter = "A" if erase == ERASE_A else "B"
    # Merged first, both were erased as the one they had become; else the other stands as it was.
    whole = sum(outcome == "merged" for outcome in merged)
    assert _one(made, "SELECT COUNT(*) FROM clients_client WHERE state = 'active'") == ROUNDS - whole
    assert _one(made, f"SELECT COUNT(*) FROM clients_person WHERE last_name LIKE 'Ardent{letter}%'") == 0
    assert _one(made, f"SELECT COUNT(*) FROM clients_client WHERE name LIKE 'Zo% Ardent {letter}%'") == 0
    assert (
        _one(
            made,
            f"SELECT COUNT(*) FROM clients_change WHERE CAST(after AS text) LIKE '%zoe{letter.lower()}%'",
        )
        == 0
    )


def test_tasks_written_during_a_merge_are_the_survivors(made: Installation) -> None:
    merged, written = race(made, MERGE_A, TASKS)
    assert (merged, written) == (["merged"] * ROUNDS, ["written"] * ROUNDS)
    assert strays(made) == NONE
    assert _one(made, "SELECT COUNT(*) FROM clients_task WHERE title LIKE 'new %'") == 2 * ROUNDS


def test_a_bulk_act_and_a_merge_meet(made: Installation) -> None:
    merged, done = race(made, MERGE_A, BULK)
    assert (merged, done) == (["merged"] * ROUNDS, ["done"] * ROUNDS)
    assert strays(made) == NONE
    owners = "SELECT COUNT(*) FROM clients_client c JOIN accounts_user u ON u.id = c.owner_id WHERE u.name = 'Bob' AND c.state = 'active'"
    assert _one(made, owners) == ROUNDS


IMPORT = """
import tempfile
from pathlib import Path
from django.core.management import call_command
for number in range({rounds}):
    path = Path(tempfile.mkdtemp()) / "clients.csv"
    path.write_text(f"ref,name\\nI{{number}},Imported {{number}}\\n")
    call_command("import_records", "clients", str(path), "--legal-basis", "contract", "--source", "test", "--json")
"""
UNDO = """
from intake.imports import run_undo
from intake.models import RecordImport
records = list(RecordImport.objects.order_by("pk"))
def act(number, a, b):
    result = run_undo(record_import=records[number], user=anne, now=timezone.now())
    return result.get("refused", "undone")
"""
MERGE_IMPORTED = """
imported = {{n: one(f"I{{n}}").pk for n in range({rounds})}}
def act(number, a, b):
    return merge(a.pk, imported[number])
"""


def test_an_import_is_undone_while_its_client_is_merged(made: Installation) -> None:
    made.python(IMPORT.format(rounds=ROUNDS))
    assert _one(made, "SELECT COUNT(*) FROM clients_client WHERE ref LIKE 'I%'") == ROUNDS
    undone, merged = race(made, UNDO, MERGE_IMPORTED.format(rounds=ROUNDS))
    outcomes = set(zip(undone, merged, strict=True))
    assert outcomes <= {("undone", "not_active"), ("obstacles", "merged")}
    there = sum(outcome == "merged" for outcome in merged)
    assert _one(made, "SELECT COUNT(*) FROM clients_client WHERE ref LIKE 'I%' AND state = 'merged'") == there
    assert _one(made, "SELECT COUNT(*) FROM clients_client WHERE ref LIKE 'I%' AND state = 'active'") == 0


HOLD = """
import pathlib, time
from django.db import transaction
from clients.merging import followers
while not pathlib.Path({ready!r}).exists():
    time.sleep(0.1)
with transaction.atomic():
    followers.before()
    pathlib.Path({held!r}).touch()
    until = time.monotonic() + 55
    while not pathlib.Path({done!r}).exists() and time.monotonic() < until:
        time.sleep(0.1)
"""
VISIT = """
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
settings.SECURE_SSL_REDIRECT = False

from django.db import connection
if connection.vendor == "sqlite":
    connection.settings_dict["OPTIONS"]["timeout"] = 2
from django.test import Client as Browser
from accounts.models import User
from clients.models import Client
browser = Browser()
browser.force_login(User.objects.get(email="anne@example.org"))
a, b = (Client.objects.get(ref=ref).pk for ref in ("A0", "B0"))
{wait}
response = browser.post(f"/clients/{{a}}/merge/{{b}}/")
print(json.dumps([response.status_code, "try again in a moment" in response.content.decode(), response.get("Retry-After", "")]))
"""


def test_who_waits_in_vain_is_told_so(made: Installation) -> None:
    """The login writes too: it comes before the other begins to hold the records."""
    ready, held, done = (made.folder / name for name in ("ready", "held", "done"))
    wait = f"import pathlib, time\npathlib.Path({str(ready)!r}).touch()\nwhile not pathlib.Path({str(held)!r}).exists(): time.sleep(0.1)"
    visitor = subprocess.Popen(
        [sys.executable, "-c", SETUP + VISIT.format(wait=wait)], env=made.environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    holder = made.start_python(HOLD.format(ready=str(ready), held=str(held), done=str(done)))
    output, error = visitor.communicate(timeout=300)
    done.touch()
    holder.wait(120)
    assert json.loads(output.splitlines()[-1]) == [503, True, "10"], error.decode()[-2000:]
    assert _one(made, "SELECT COUNT(*) FROM clients_client WHERE state = 'merged'") == 0
