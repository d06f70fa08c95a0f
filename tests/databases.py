"""The databases of a run: one is migrated, all others are copies of it.

Migrating takes ten seconds of a processor; each worker of xdist, and each installation with processes of its
own, takes a copy instead, which takes a tenth of one.
"""

import fcntl
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

ROOT = Path(__file__).resolve().parent.parent


def on_postgres() -> bool:
    return os.environ.get("CMIX_DATABASE_URL", "").startswith("postgres")


def with_path(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=path))


def sql(statement: str) -> None:
    """One statement on the server of this run, outside any test's database."""
    with psycopg.connect(os.environ["CMIX_DATABASE_URL"], autocommit=True) as server:
        server.execute(statement)  # type: ignore[call-overload]


@pytest.fixture(scope="session")
def migrated() -> str:
    """An empty migrated database to copy: its file, or its name on the PostgreSQL server. One for all workers."""
    folder = Path(os.environ["CMIX_TEST_FOLDER"], "migrated")
    with Path(f"{folder}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            folder.mkdir()
            _migrate(folder)
    return f"template_{folder.parent.name}" if on_postgres() else str(folder / "cmix.sqlite3")


def _migrate(folder: Path) -> None:
    environment = os.environ | {"CMIX_DATA_DIR": str(folder)}
    if on_postgres():
        name = f"template_{folder.parent.name}"
        sql(f'CREATE DATABASE "{name}"')
        environment["CMIX_DATABASE_URL"] = with_path(os.environ["CMIX_DATABASE_URL"], f"/{name}")
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    if not on_postgres():
        # A copy in memory has no log to write ahead; a copy on disk asks for its own at the first connection.
        with closing(sqlite3.connect(folder / "cmix.sqlite3")) as file:
            file.execute("PRAGMA journal_mode=DELETE")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any, migrated: str) -> Iterator[None]:
    """The database of this process: in the place of pytest-django's, which would migrate once more."""
    former = settings.DATABASES["default"]["NAME"]
    with django_db_blocker.unblock():
        _use(_copy_on_server(migrated) if on_postgres() else "file:of_tests?mode=memory&cache=shared")
        if not on_postgres():
            connection.ensure_connection()
            with closing(sqlite3.connect(migrated)) as file:
                file.backup(connection.connection)
    yield
    with django_db_blocker.unblock():
        own = connection.settings_dict["NAME"]
        _use(former)
        if on_postgres():
            sql(f'DROP DATABASE "{own}" WITH (FORCE)')


def _copy_on_server(migrated: str) -> str:
    name = f"test_{os.getpid()}_{migrated}"
    sql(f'CREATE DATABASE "{name}" TEMPLATE "{migrated}"')
    return name


def _use(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


@contextmanager
def kept(django_db_blocker: Any) -> Iterator[None]:
    """For fixtures of a module: what is written on entering stays until the end, whatever the tests undo.

    A test's own transaction becomes a savepoint inside this one, so no test here may ask for a database
    without transactions.
    """
    outer = transaction.atomic()
    with django_db_blocker.unblock():
        outer.__enter__()
    yield
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


def built_once(name: str, build: Callable[[], None]) -> None:
    """The rows that ``build`` writes into an empty database, for tests without transactions, whose rows are
    flushed: written by the first of a run that asks, copied for the others. Files that it writes are not.

    On PostgreSQL, where only somebody who asks for them runs journeys, each builds its own.
    """
    if on_postgres():
        build()
        return
    # Of that day: a run over midnight builds once more.
    file = Path(os.environ["CMIX_TEST_FOLDER"], f"{name}-{timezone.localdate()}.sqlite3")
    with Path(f"{file}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection.ensure_connection()
        if file.exists():
            with closing(sqlite3.connect(file)) as kept_rows:
                kept_rows.backup(connection.connection)
            return
        build()
        part = file.with_suffix(".part")
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(part)) as kept_rows:
            connection.connection.backup(kept_rows)
        part.rename(file)
