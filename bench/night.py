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
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
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


@dataclass(frozen=True, order=True)
class Spent:
    """Seconds of the clock, and of processors in this process and in its PostgreSQL backend.

    Other work on the machine lengthens the former several times, the latter by about a half.
    """

    seconds: float
    cpu: float


def cpu_seconds() -> float:
    from django.db import connection

    if connection.vendor != "postgresql":
        return time.process_time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text()
    ticks = sum(int(field) for field in stat.rpartition(")")[2].split()[11:13])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def spent(work: Callable[[], Any]) -> Spent:
    cpu, start = cpu_seconds(), time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    return Spent(seconds, cpu_seconds() - cpu)


def floor() -> Spent:
    from django.db import connection

    def read() -> None:
        with connection.cursor() as cursor:
            cursor.execute(FLOOR)
            cursor.fetchall()

    return min(spent(read) for _ in range(3))


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
    from kinetics.selectors import published_run
    from kinetics.services import recompute_kinetics

    if not Client.objects.exists():
        write_population(clients)
    now, base = datetime.now(UTC), floor()
    # The first night of a month checks the forecast; the next ones keep its result.
    for name, day in (("first night", AS_OF - timedelta(days=1)), ("night", AS_OF)):
        night = spent(partial(recompute_kinetics, as_of=day, now=now))
        run = published_run(day)
        assert run is not None  # just published
        say(
            name=f"{name} of {clients:,} clients", seconds=night.seconds, floor_seconds=base.seconds,
            ratio=night.seconds / base.seconds, cpu_seconds=night.cpu, floor_cpu_seconds=base.cpu, peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            **run.counts["phases"],
        )  # fmt: skip


if __name__ == "__main__":
    main()
