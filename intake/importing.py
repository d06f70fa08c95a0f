"""One file of records, from its bytes to the tables.

Reading and staging happen outside any transaction; then everything is written in a single one, so a
file that breaks off, or a process that dies, leaves nothing half-written.
"""

import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from clients.models import Batch
from clients.rules import BatchKind
from common.locks import lock_until_commit
from common.reading.conventions import Conventions
from common.reading.files import open_table
from common.reading.labels import SHAPES
from common.reading.rejects import RejectFile
from common.reading.shapes import Mapping, Shape
from common.reading.table import Table
from common.statistics import refresh_statistics
from intake import staging
from intake.fields import Reading
from intake.kinds import RECORD_KINDS
from intake.kinds.base import RecordKind, Values
from intake.labels import PROBLEMS
from intake.models import RecordImport
from intake.reading import RowReader, colleagues, columns_read, conventions_of, values_said
from intake.rules import Code, Kind, Mode, Problem
from intake.work import TOUCHED, Work
from sales.rollup import rebuild_dirty

BATCH = 5000
FOLDER = "imports"  # below the storage of files

Progress = Callable[[int, int], None]
"""(done, total) in bytes of the file as it lies on disk; total 0 means unknown."""


@dataclass(frozen=True)
class Request:
    """What to import, as whom, and when. ``user`` is ``None`` for an operator without limits."""

    record_import: RecordImport
    path: Path
    name: str
    mapping: Mapping
    today: date
    now: datetime
    zone: tzinfo
    user: Any = None
    owner: Any = None
    observed_from: date | None = None  # of new clients of an import of orders

    @property
    def kind(self) -> RecordKind:
        return RECORD_KINDS[Kind(self.record_import.kind)]


def new_rejects_path() -> Path:
    return Path(default_storage.path(f"{FOLDER}/{secrets.token_hex(16)}.csv"))


def sentence(kind: RecordKind, problems: Sequence[Problem]) -> tuple[str, str]:
    """The labels of the fields concerned, and what is wrong, in words."""
    labels = {spec.name: str(spec.label) for spec in kind.fields}
    named = ", ".join(dict.fromkeys(labels[each.field] for each in problems if each.field in labels))
    return named, " ".join(dict.fromkeys(words_of(each.code) for each in problems))


def words_of(code: str) -> str:
    return str(SHAPES[Shape(code)] if code in set(Shape) else PROBLEMS[Code(code)])


def import_records(
    request: Request, *, progress: Progress | None = None, fence: Callable[[], None] | None = None
) -> dict[str, Any]:
    """Import the file; returns the counts that people and programs read.

    ``fence`` is called inside the writing transaction and may raise to stop it. Raises
    ``FileRefused`` when the file as a whole cannot be imported; nothing is written then.
    """
    started = time.perf_counter()
    conventions = conventions_of(request.path, request.name, request.mapping, request.kind)
    rejects = RejectFile(new_rejects_path())
    try:
        with staging.staging_tables(request.kind.columns()):
            read, described = _stage(request, conventions, rejects, progress or (lambda done, total: None))
            work = _write(request, conventions, fence or (lambda: None))
        _add_late_rejects(request, rejects, work)
        days = 0 if request.record_import.dry_run else rebuild_dirty()
    except BaseException:
        rejects.discard()
        raise
    rejects.close()
    rejected = dict(sorted(rejects.counts.items()))
    return {
        "read": read, "accepted": read - sum(rejected.values()), "rejected": rejected, **work.counts,
        "rebuilt_days": days, "rejects_file": str(rejects.path) if rejects.exists else "",
        "batch": work.batch and work.batch.pk,
        "described": described | {"date_format": conventions.date_format, "decimal_mark": conventions.decimal_mark},
        "seconds": round(time.perf_counter() - started, 2),
    }  # fmt: skip


def _stage(
    request: Request, conventions: Conventions, rejects: RejectFile, progress: Progress
) -> tuple[int, dict[str, str]]:
    reading = Reading(
        conventions, request.today, request.zone, colleagues(request.user), columns_read(request.mapping)
    )
    reader = RowReader(request.kind, reading, values_said(request.mapping))
    read = 0
    with open_table(request.path, request.name, request.mapping.encoding) as table:
        rejects.begin(table.header)
        while taken := _stage_batch(request.kind, table, reader, rejects):
            read += taken
            progress(table.progress(), table.size)
    staging.ready()
    return read, table.described


def _stage_batch(kind: RecordKind, table: Table, reader: RowReader, rejects: RejectFile) -> int:
    """Stage the next rows; returns how many were read, 0 at the end of the file."""
    typed = kind.columns()
    names = ["number", "record_key", *typed]
    stored = [(name, staging.storing(sql)) for name, sql in typed.items()]
    staged: list[list[Any]] = []
    tags: list[tuple[int, str]] = []
    read = 0
    for number, cells, shape in islice(table.rows, BATCH):
        read += 1
        values, problems = ({}, [Problem(shape.value)]) if shape else reader.read(cells)
        if problems:
            _reject(rejects, kind, number, problems, cells)
            continue
        staged.append([number, values["record_key"], *_stored(values, stored)])
        tags.extend((number, tag) for tag in values.get("tags", ()))
    staging.stage(staging.ROWS, names, staged)
    staging.stage(staging.TAGS, ["number", "name"], tags)
    return read


def _stored(values: Values, stored: Sequence[tuple[str, Callable[[Any], Any] | None]]) -> list[Any]:
    row = []
    for name, change in stored:
        value = values.get(name)
        row.append(value if change is None or value is None else change(value))
    return row


def _reject(
    rejects: RejectFile, kind: RecordKind, number: int, problems: Sequence[Problem], cells: Iterable[Any]
) -> None:
    field, words = sentence(kind, problems)
    rejects.add(number, problems[0].code, words, list(cells), field)


def _write(request: Request, conventions: Conventions, fence: Callable[[], None]) -> Work:
    record_import = request.record_import
    work = Work(
        record_import, frozenset(conventions.positions) | frozenset(values_said(request.mapping)), Mode(record_import.mode), request.user, request.owner,
        request.now, request.today,
    )  # fmt: skip
    with transaction.atomic():
        fence()
        lock_until_commit("intake")
        refresh_statistics(*TOUCHED)
        work.batch = new_batch(record_import, request.user, request.now)
        request.kind.write(work)
        work.finish()
        if record_import.dry_run:
            transaction.set_rollback(True)
    if record_import.dry_run:
        work.batch = None
    return work


def new_batch(record_import: RecordImport, user: Any, now: datetime) -> Batch:
    return Batch.objects.create(
        kind=BatchKind.IMPORT.value, label=record_import.file_name[:200], by=user, at=now
    )


def _add_late_rejects(request: Request, rejects: RejectFile, work: Work) -> None:
    """Rows refused against what is stored are rare; a second look at the file finds their cells."""
    if not work.rejected:
        return
    with open_table(request.path, request.name, request.mapping.encoding) as table:
        for number, cells, _ in table.rows:
            if problem := work.rejected.get(number):
                _reject(rejects, request.kind, number, [problem], cells)
