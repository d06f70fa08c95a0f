"""Rows per second of an import against plain ``csv.reader`` over the same generated file.

``python -m bench.import_rows [ROWS]`` prints one JSON object: ``ratio`` is the time of the import over the
floor, the time of reading the rows alone; ``again_seconds`` a second import, which changes nothing. Times
are of this process's processor, so that a busy machine does not count. Runs on an empty SQLite database
of its own in a temporary folder.
"""

import csv
import json
import os
import random
import resource
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

LINES_PER_ORDER = 10


def write_file(path: Path, rows: int) -> None:
    chance = random.Random(1)
    first = date(2024, 1, 1)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["client", "order", "day", "product", "quantity", "unit_price", "cost"])
        for number in range(rows):
            order = number // LINES_PER_ORDER
            writer.writerow([
                f"C{order % 5000:05d}", f"O{order:07d}", first + timedelta(days=order % 700),
                f"P{chance.randrange(3000):04d}", chance.randint(1, 20), f"{chance.randint(50, 9999) / 100:.2f}",
                f"{chance.randint(50, 9999) / 100:.2f}",
            ])  # fmt: skip


def read_plainly(path: Path) -> float:
    started = time.process_time()
    with path.open(newline="") as file:
        for _ in csv.reader(file):
            pass
    return time.process_time() - started


def import_once(path: Path) -> float:
    from sales.importing import Request, import_file
    from sales.rules import Mapping

    columns = ["client", "order", "day", "product", "quantity", "unit_price", "cost"]
    mapping = Mapping({column: column for column in columns})
    now = datetime(2026, 11, 22, tzinfo=UTC)
    started = time.process_time()
    import_file(Request(path, path.name, mapping, now.date(), now))
    return time.process_time() - started


def main(rows: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            CMIX_DATA_DIR=folder, DJANGO_SETTINGS_MODULE="cmix_site.settings", CMIX_LOG_LEVEL="ERROR"
        )
        os.environ.pop("CMIX_DATABASE_URL", None)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        path = Path(folder) / "orders.csv"
        write_file(path, rows)
        plain = min(read_plainly(path) for _ in range(3))
        first, again = import_once(path), import_once(path)
    return {
        "name": f"import of {rows:,} rows",
        "seconds": round(first, 3),
        "floor_seconds": round(plain, 3),
        "ratio": round(first / plain, 1),
        "again_seconds": round(again, 3),
        "rows_per_second": round(rows / first),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)) + "\n")
