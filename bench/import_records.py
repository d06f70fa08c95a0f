"""An import of private clients with their persons, from CSV and from XLSX, and its undoing.

``python -m bench.import_records [CLIENTS] [--xlsx]`` prints one JSON object for each step: ``seconds`` of the
processor, ``floor_seconds`` that of ``csv.reader`` over the same rows, ``peak_mb`` the most memory so far. Undoing
is checked: every table but the journal holds what it held before. Runs on an empty SQLite database of its own in
a temporary folder.
"""

import argparse
import csv
import hashlib
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HEADER = [
    "ref", "kind", "first_name", "last_name", "street", "postcode", "city", "country", "email", "phone", "language",
    "tags", "observed_from",
]  # fmt: skip
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def row(number: int) -> list[str]:
    return [
        f"C{number:07d}", "person", f"Anna{number % 977}", f"Berg {number}", f"{number % 300} rue des Essais",
        f"{10000 + number % 80000}", f"Ville {number % 500}", "France", f"client{number}@mail.example",
        f"+33 1 {number % 100:02d} {number // 100 % 100:02d} {number // 10000 % 100:02d} 00", "fr",
        "north" if number % 3 else "south", f"20{10 + number % 15}-0{1 + number % 9}-15",
    ]  # fmt: skip


def write_csv(path: Path, clients: int) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(row(number) for number in range(clients))


def write_xlsx(path: Path, clients: int) -> None:
    from common.exports import write_xlsx as write

    with path.open("wb") as file:
        write(file, HEADER, (row(number) for number in range(clients)))


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of this process's processor, so that a busy machine does not count, and the result."""
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def read_plainly(path: Path) -> None:
    with path.open(newline="") as file:
        for _ in csv.reader(file):
            pass


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def import_once(path: Path) -> dict[str, Any]:
    from common.reading.shapes import Mapping
    from intake.imports import import_by_operator
    from intake.rules import Kind

    return import_by_operator(
        kind=Kind.CLIENTS, path=path, mapping=Mapping({name: name for name in HEADER}), owner=None,
        today=NOW.date(), now=NOW, legal_basis="contract", source="bench",
    )  # fmt: skip


def stored() -> str:
    """A fingerprint of all tables but what tells of the import itself."""
    from django.apps import apps
    from django.db import connection

    digest = hashlib.sha256()
    journal = {"clients.batch", "clients.change", "intake.recordimport", "intake.keptrow"}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.label_lower not in journal:
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
                digest.update(repr(sorted(map(repr, cursor.fetchall()))).encode())
    return digest.hexdigest()


def undo(number: int) -> Any:
    from intake.models import RecordImport
    from intake.undoing import undo_import

    return undo_import(record_import=RecordImport.objects.get(pk=number), user=None, now=NOW)


def tell(name: str, seconds: float, floor: float, **more: Any) -> None:
    line = {"name": name, "seconds": round(seconds, 2), "floor_seconds": round(floor, 3),
            "ratio": round(seconds / floor, 1), "peak_mb": peak_mb()} | more  # fmt: skip
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main(clients: int, *, xlsx: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            CMIX_DATA_DIR=folder, DJANGO_SETTINGS_MODULE="cmix_site.settings", CMIX_LOG_LEVEL="ERROR"
        )
        os.environ.pop("CMIX_DATABASE_URL", None)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        plain = Path(folder) / "clients.csv"
        write_csv(plain, clients)
        floor = min(timed(lambda: read_plainly(plain))[0] for _ in range(3))
        path = plain
        if xlsx:
            path = Path(folder) / "clients.xlsx"
            write_xlsx(path, clients)
        before = stored()
        written = peak_mb()
        seconds, result = timed(lambda: import_once(path))
        kind = "XLSX" if xlsx else "CSV"
        tell(f"{clients:,} clients from {kind}", seconds, floor, created=result["created"], before_mb=written)
        seconds, again = timed(lambda: import_once(path))
        tell("the same again", seconds, floor, unchanged=again["unchanged"])
        seconds, _ = timed(lambda: undo(result["id"]))
        tell("undone", seconds, floor, row_for_row=stored() == before)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clients", type=int, nargs="?", default=100_000)
    parser.add_argument("--xlsx", action="store_true")
    options = parser.parse_args()
    main(options.clients, xlsx=options.xlsx)
