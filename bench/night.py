"""A night on generated clients, against the floor of the same run: one SQL sum per client over the rollup.

``python -m bench.night [--clients 100000]``: SQLite, in a temporary folder;
``python -m bench.night --postgres [--clients 1000000]``: CMIX_DATABASE_URL, else a private server.
One JSON line a night.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FLOOR = "SELECT COUNT(*), SUM(total) FROM (SELECT client_id, SUM(rev) AS total FROM sales_clientday GROUP BY client_id) s"


def say(**values: Any) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def prepare(postgres: bool, folder: Path) -> None:
    os.environ["CMIX_DATA_DIR"] = str(folder / "data")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmix_site.settings")
    sys.path.insert(0, str(ROOT))
    if not postgres:
        os.environ.pop("CMIX_DATABASE_URL", None)
    elif "CMIX_DATABASE_URL" not in os.environ:
        # The plugin starts servers of its own in a main process of pytest; here one is enough.
        os.environ["PYTEST_XDIST_WORKER"] = "bench"
        from tests.servers import start_postgres

        os.environ["CMIX_DATABASE_URL"] = start_postgres(folder)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)


def seconds_of(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def floor() -> float:
    from django.db import connection

    def read() -> None:
        with connection.cursor() as cursor:
            cursor.execute(FLOOR)
            cursor.fetchall()

    return min(seconds_of(read) for _ in range(3))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--clients", type=int)
    options = parser.parse_args()
    clients = options.clients or (1_000_000 if options.postgres else 100_000)
    with tempfile.TemporaryDirectory(prefix="cmix-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        prepare(options.postgres, folder)
        measure(clients)


def measure(clients: int) -> None:
    from bench.population import AS_OF, write_population
    from clients.models import Client
    from kinetics.services import recompute_kinetics

    if not Client.objects.exists():
        write_population(clients)
    now, base = datetime.now(UTC), floor()
    # The first night of a month checks the forecast; the next ones keep its result.
    for name, day in (("first night", AS_OF - timedelta(days=1)), ("night", AS_OF)):
        run = recompute_kinetics(as_of=day, now=now)
        say(
            name=f"{name} of {clients:,} clients", seconds=run.seconds, floor_seconds=base,
            ratio=run.seconds / base, peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            **run.counts["phases"],
        )  # fmt: skip


if __name__ == "__main__":
    main()
