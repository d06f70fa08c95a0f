"""An import of private clients with their persons, from CSV and from XLSX, and its undoing.

``python -m bench.import_records [CLIENTS] [--postgres]`` prints one JSON object for each step: ``seconds`` of
processors (this process, the one that parses a workbook, the PostgreSQL backend), ``floor_seconds`` those of
``csv.reader`` over the same rows, ``wall``, and ``peak_mb``, the most memory of this process during the step.
Undoing is checked: every table but the journal holds what it held before. Runs on SQLite in a temporary folder
or, with ``--postgres``, on a server of its own.
"""

import argparse
import csv
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.night import prepare

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


class Spent:
    """What a piece of work took: seconds on the wall, and of processors: of this process, of the processes it
    began and has seen end, and of its PostgreSQL backend."""

    def __init__(self) -> None:
        self.wall, self.processor = -time.perf_counter(), -_processor()

    def stop(self) -> "Spent":
        self.wall += time.perf_counter()
        self.processor += _processor()
        return self


def _processor() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system + _backend()


def _backend() -> float:
    from django.db import connection

    if connection.vendor != "postgresql" or connection.connection is None:
        return 0.0
    fields = (
        Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rsplit(")", 1)[1].split()
    )
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(work: Callable[[], Any]) -> tuple[Spent, Any]:
    spent = Spent()
    result = work()
    return spent.stop(), result


def read_plainly(path: Path) -> None:
    with path.open(newline="") as file:
        for _ in csv.reader(file):
            pass


def begin_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> int:
    """The most memory of this process since ``begin_peak``, which the kernel counts anew from there."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


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


def tell(name: str, spent: Spent, floor: float, **more: Any) -> None:
    line = {
        "name": name, "seconds": round(spent.processor, 2), "floor_seconds": round(floor, 3),
        "ratio": round(spent.processor / floor, 1), "wall": round(spent.wall, 1), "peak_mb": peak_mb(),
    } | more  # fmt: skip
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def measure(path: Path, floor: float) -> None:
    """The import, the same again, and both undone."""
    kind, before = path.suffix[1:].upper(), stored()
    begin_peak()
    spent, result = timed(lambda: import_once(path))
    tell(f"{result['read']:,} clients from {kind}", spent, floor, created=result["created"])
    begin_peak()
    spent, again = timed(lambda: import_once(path))
    tell("the same again", spent, floor, unchanged=again["unchanged"])
    undo(again["id"])
    begin_peak()
    spent, _ = timed(lambda: undo(result["id"]))
    tell(f"undone ({kind})", spent, floor, row_for_row=stored() == before)


def main(clients: int, *, postgres: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="cmix-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server runs as somebody else
        prepare(postgres, folder)
        plain, book = folder / "clients.csv", folder / "clients.xlsx"
        write_csv(plain, clients)
        write_xlsx(book, clients)
        floor = min(timed(lambda: read_plainly(plain))[0].processor for _ in range(3))
        for path in (plain, book):
            measure(path, floor)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clients", type=int, nargs="?", default=100_000)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    main(options.clients, postgres=options.postgres)
