"""An import that dies, and imports at the same time."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections

from sales.importing import Request, import_file
from sales.models import ClientDay, DirtyDay, Order, OrderLine
from sales.rollup import rebuild_dirty
from sales.rules import Mapping
from tests.databases import on_postgres
from tests.sales.helpers import COLUMNS, NOW, TODAY

ROWS = 20_000


@pytest.fixture
def big_file(tmp_path: Path) -> Path:
    path = tmp_path / "big.csv"
    lines = (
        f"C{number % 3000},2024-{1 + number % 12:02d}-{1 + number % 28:02d},{number % 997}.5\n"
        for number in range(ROWS)
    )
    path.write_text("client,day,amount\n" + "".join(lines))
    return path


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment of a site of its own, on SQLite whatever the tests run on."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CMIX_")}
    environment |= {"CMIX_DATA_DIR": str(tmp_path / "site"), "CMIX_SECRET_KEY": "only-for-tests"}
    if on_postgres():
        command = [sys.executable, "manage.py", "migrate", "-v0"]
        subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True)
    else:
        (tmp_path / "site").mkdir()
        shutil.copy(request.getfixturevalue("migrated"), tmp_path / "site" / "cmix.sqlite3")
    return environment


def start_import(path: Path, site: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_orders", str(path), "--map", "client=client,day=day,amount=amount"],
        cwd=settings.BASE_DIR, env=site, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def counted(site: dict[str, str]) -> tuple[int, int]:
    database = sqlite3.connect(Path(site["CMIX_DATA_DIR"]) / "cmix.sqlite3")
    try:
        (lines,), (clients,) = (
            database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()
            for table in ("sales_orderline", "clients_client")
        )
    finally:
        database.close()
    return lines, clients


@pytest.mark.slow
@pytest.mark.once  # its site is on SQLite
def test_a_killed_import_leaves_all_or_nothing(big_file: Path, site: dict[str, str]) -> None:
    started = time.monotonic()
    assert start_import(big_file, site).wait() == 0
    whole = time.monotonic() - started
    complete = counted(site)
    assert complete[0] == ROWS

    for share in (0.6, 0.8, 0.9):
        database = Path(site["CMIX_DATA_DIR"]) / "cmix.sqlite3"
        with sqlite3.connect(database) as emptied:
            for table in (
                "sales_orderline",
                "sales_order",
                "sales_clientday",
                "sales_dirtyday",
                "clients_client",
            ):
                emptied.execute(f"DELETE FROM {table}")
        process = start_import(big_file, site)
        time.sleep(whole * share)
        process.kill()
        process.wait()
        assert counted(site) in ((0, 0), complete)

    assert start_import(big_file, site).wait() == 0
    assert counted(site) == complete


@pytest.mark.slow
@pytest.mark.once  # its site is on SQLite
def test_two_processes_at_once_write_each_order_once(big_file: Path, site: dict[str, str]) -> None:
    imports = [start_import(big_file, site) for _ in range(2)]
    assert [process.wait() for process in imports] == [0, 0]
    assert counted(site)[0] == ROWS


@pytest.mark.django_db(transaction=True)
@pytest.mark.servers  # SQLite shares one connection among a test's threads
def test_two_imports_at_once_write_each_order_once(big_file: Path) -> None:
    results: list[dict[str, Any]] = []

    def once() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2min'")  # a busy machine writes a file for long
            results.append(import_file(Request(big_file, big_file.name, Mapping(COLUMNS), TODAY, NOW)))
        finally:
            connections.close_all()

    threads = [Thread(target=once) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(result["new_orders"] for result in results) == [0, Order.objects.count()]
    assert {result["accepted"] for result in results} == {ROWS}
    assert OrderLine.objects.count() == ROWS
    rebuild_dirty()
    assert not DirtyDay.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT SUM(net_cents) FROM sales_orderline")
        assert sum(ClientDay.objects.values_list("rev", flat=True)) == cursor.fetchone()[0]
