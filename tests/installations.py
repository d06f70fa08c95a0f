"""A whole installation of its own: data folder, database, broker; for tests with real processes.

The test's own database is invisible to other processes (in memory, or inside a transaction).
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

ROOT = Path(__file__).resolve().parent.parent
_numbers = count(1)
SETUP = "import django, json; django.setup()\n"


class Installation:
    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = os.environ | environment | {"CMIX_DATA_DIR": str(folder)}
        self.environment["DJANGO_SETTINGS_MODULE"] = "cmix_site.settings"

    def start(self, *command: str, **environment: str) -> "subprocess.Popen[bytes]":
        """In its own process group, output in ``log.txt``."""
        with (self.folder / "log.txt").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.environment | environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

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


def _on_postgres() -> bool:
    return os.environ.get("CMIX_DATABASE_URL", "").startswith("postgres")


def _with_path(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=path))


def _sql(statement: str) -> None:
    import psycopg

    with psycopg.connect(os.environ["CMIX_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty migrated database to copy: its file, or its name on the PostgreSQL server."""
    folder = tmp_path_factory.mktemp("migrated")
    if not _on_postgres():
        Installation(folder, {}).start(sys.executable, "manage.py", "migrate", "-v0").wait()
        yield str(folder / "cmix.sqlite3")
        return
    name = f"template_{os.getpid()}"
    _sql(f"CREATE DATABASE {name}")
    url = _with_path(os.environ["CMIX_DATABASE_URL"], f"/{name}")
    done = Installation(folder, {"CMIX_DATABASE_URL": url}).start(
        sys.executable, "manage.py", "migrate", "-v0"
    )
    assert done.wait() == 0
    yield name
    _sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def installation(migrated: str, tmp_path: Path) -> Iterator[Installation]:
    """Migrated and empty; on the databases and brokers of this run of the suite."""
    if not _on_postgres():
        shutil.copy(migrated, tmp_path / "cmix.sqlite3")
        yield Installation(tmp_path, {})
        return
    number = next(_numbers)
    name = f"installation_{os.getpid()}_{number}"
    _sql(f"CREATE DATABASE {name} TEMPLATE {migrated}")
    database = _with_path(os.environ["CMIX_DATABASE_URL"], f"/{name}")
    broker = _with_path(os.environ["CMIX_BROKER_URL"], f"/{1 + number % 15}")
    _empty(broker)
    yield Installation(tmp_path, {"CMIX_DATABASE_URL": database, "CMIX_BROKER_URL": broker})
    _sql(f"DROP DATABASE {name} WITH (FORCE)")


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
