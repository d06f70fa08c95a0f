"""A night on generated clients, against the floor of the same run: one SQL sum per client over the rollup.

python bench/night.py [--clients 100000]              SQLite, in a temporary folder
python bench/night.py --postgres [--clients 1000000]  CMIX_DATABASE_URL, else a private server
"""

import argparse
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


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def prepare(postgres: bool, folder: Path) -> None:
    os.environ["CMIX_DATA_DIR"] = str(folder / "data")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmix_site.settings")
    sys.path[:0] = [str(ROOT), str(ROOT / "bench")]
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
    from population import AS_OF, write_population

    from clients.models import Client
    from kinetics.services import recompute_kinetics

    if not Client.objects.exists():
        say(f"{write_population(clients)} rollup rows of {clients} clients")
    now, base = datetime.now(UTC), floor()
    say(f"floor: {base:.2f} s")
    # The first night of a month checks the forecast; the next ones keep its result.
    for name, day in (("first night", AS_OF - timedelta(days=1)), ("night", AS_OF)):
        run = recompute_kinetics(as_of=day, now=now)
        say(f"{name}: {run.seconds:.2f} s, {run.seconds / base:.1f} × floor, {run.counts['phases']}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"peak memory: {peak:.0f} MB")


if __name__ == "__main__":
    main()
