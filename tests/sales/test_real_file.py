"""A real year of order lines, in ``../shared/data`` or the folder ``CMIX_TEST_REAL_DATA``; never part of the project."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from sales.importing import Request, import_file
from sales.models import ClientDay, DirtyDay, OrderLine
from sales.presets import PRESETS
from tests.memory import LAST_LINE
from tests.sales.helpers import NOW, TODAY

FOLDER = os.environ.get("CMIX_TEST_REAL_DATA") or settings.BASE_DIR.parent / "shared" / "data"
FILE = Path(FOLDER, "online_retail_lines.csv.gz")
MOST_SECONDS, MOST_MEGABYTES = 90, 500

pytestmark = [
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.skipif(
        not FILE.is_file(), reason=f"left out: no {FILE.name} in ../shared/data or CMIX_TEST_REAL_DATA"
    ),
]


def import_it() -> dict[str, Any]:
    return import_file(Request(FILE, FILE.name, PRESETS["online_retail"], TODAY, NOW))


@pytest.mark.django_db
def test_the_real_file_imports_whole_and_once() -> None:
    started = time.perf_counter()
    first = import_it()
    assert time.perf_counter() - started < MOST_SECONDS
    wanted = {
        "read": 541_909, "accepted": 406_829, "rejected": {"client_missing": 135_080}, "clients": 4_372,
        "orders": 22_190, "lines": 406_829, "refund_lines": 8_905, "new_clients": 4_372, "rebuilt_days": 19_296,
    }  # fmt: skip
    assert {name: first[name] for name in wanted} == wanted
    with Path(first["rejects_file"]).open(encoding="utf-8-sig") as file:
        assert sum(1 for _ in file) >= 135_081

    again = import_it()

    assert (again["new_clients"], again["new_orders"], again["changed_orders"]) == (0, 0, 0)
    assert (again["unchanged_orders"], again["rebuilt_days"]) == (22_190, 0)
    assert (OrderLine.objects.count(), DirtyDay.objects.count()) == (406_829, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT SUM(net_cents) FROM sales_orderline")
        total = cursor.fetchone()[0]
    assert sum(ClientDay.objects.values_list("rev", flat=True)) == total


def test_the_import_of_the_real_file_stays_small(tmp_path: Path) -> None:
    """In a process of its own on SQLite, so that the peak is the import's."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "CMIX_DATA_DIR": str(tmp_path),
        "CMIX_SECRET_KEY": "only-for-tests",
        "DJANGO_SETTINGS_MODULE": "cmix_site.settings",
    }
    program = (
        "import sys; from django.core.management import execute_from_command_line as run; "
        f"run(['manage.py', *sys.argv[1:]]); {LAST_LINE}"
    )

    def peak_of(*arguments: str) -> int:
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments], cwd=settings.BASE_DIR, env=environment, check=True,
            capture_output=True, text=True,
        )  # fmt: skip
        return int(done.stdout.split()[-1])

    peak_of("migrate", "-v0")
    assert peak_of("import_orders", str(FILE), "--mapping", "online_retail", "--json") < MOST_MEGABYTES * 1024
