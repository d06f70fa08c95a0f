"""A whole installation of its own: data folder, database, broker; for tests with real processes.

The test's own database is invisible to other processes (in memory, or inside a transaction).
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.databases import ROOT, on_postgres, sql, with_path

_numbers = count(1)
SETUP = "import django, json; django.setup()\n"


class Installation:
    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = os.environ | environment | {"CMIX_DATA_DIR": str(folder)}
        self.environment["DJANGO_SETTINGS_MODULE"] = "cmix_site.settings"
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str, **environment: str) -> "subprocess.Popen[bytes]":
        """In its own process group, output in ``log.txt``."""
        with (self.folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment | environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self.started.append(process)
        return process

    def end(self) -> None:
        """End what a failed test did not."""
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def start_python(self, code: str, **environment: str) -> "subprocess.Popen[bytes]":
        return self.start(sys.executable, "-c", SETUP + code, **environment)

    def python(self, code: str, **environment: str) -> Any:
        """Run ``code``; returns what its last printed line says as JSON."""
        return self._last_line(sys.executable, "-c", SETUP + code, **environment)

    def manage(self, *arguments: str, **environment: str) -> Any:
        """Run a command with ``--json``; returns its object."""
        return self._last_line(sys.executable, "manage.py", *arguments, "--json", **environment)

    def _last_line(self, *command: str, **environment: str) -> Any:
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment | environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-4000:]
        lines = done.stdout.strip().splitlines()
        return json.loads(lines[-1]) if lines else None

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of one statement, read beside the product: a process of its own would cost a second."""
        url = self.environment.get("CMIX_DATABASE_URL", "")
        if url.startswith("postgres"):
            with psycopg.connect(url, autocommit=True) as connection:
                return connection.execute(statement).fetchall()  # type: ignore[call-overload]
        with closing(sqlite3.connect(self.folder / "cmix.sqlite3", timeout=20)) as file, file:
            return file.execute(statement).fetchall()

    @property
    def log(self) -> str:
        path = self.folder / "log.txt"
        return path.read_text(errors="replace") if path.exists() else ""


def wait_for(holds: Callable[[], Any], seconds: float = 90, every: float = 0.1) -> Any:
    """What ``holds`` returns once it is true; fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := holds():
            return value
        time.sleep(every)
    raise AssertionError(f"did not happen within {seconds} s")


def _redis_database(number: int) -> int:
    """One of 1 to 15, never that of another of three workers at the same time."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return 1 + (5 * worker + number % 5) % 15


@contextmanager
def installed(migrated: str, folder: Path) -> Iterator[Installation]:
    """Migrated and empty; on the databases and brokers of this run of the suite."""
    if not on_postgres():
        shutil.copy(migrated, folder / "cmix.sqlite3")
        made = Installation(folder, {})
        yield made
        made.end()
        return
    number = next(_numbers)
    name = f"installation_{os.getpid()}_{number}"
    sql(f'CREATE DATABASE "{name}" TEMPLATE "{migrated}"')
    database = with_path(os.environ["CMIX_DATABASE_URL"], f"/{name}")
    broker = with_path(os.environ["CMIX_BROKER_URL"], f"/{_redis_database(number)}")
    _empty(broker)
    made = Installation(folder, {"CMIX_DATABASE_URL": database, "CMIX_BROKER_URL": broker})
    yield made
    made.end()
    sql(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def installation(migrated: str, tmp_path: Path) -> Iterator[Installation]:
    with installed(migrated, tmp_path) as made:
        yield made


def _empty(broker: str) -> None:
    import redis

    with redis.Redis.from_url(broker) as client:
        client.flushdb()


def group_members(group: int) -> list[int]:
    """Processes of a group that have not ended (a zombie has)."""
    members = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, process_group = file.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(process_group) == group and state != "Z":
            members.append(int(file.parent.name))
    return members


def children_of(process: int) -> list[int]:
    """Groups of the processes that ``process`` started."""
    listed = Path(f"/proc/{process}/task/{process}/children")
    return [int(pid) for pid in listed.read_text().split()] if listed.exists() else []
