"""Importing small texts in tests, and a fingerprint of everything stored."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils.translation import override

from clients.rules import LegalBasis
from common.reading.conventions import guess_columns
from common.reading.shapes import Mapping
from intake.importing import Request, import_records
from intake.kinds import RECORD_KINDS
from intake.models import RecordImport
from intake.rules import Kind, Mode

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
# What tells of the import itself: it stays when the import is undone.
JOURNAL = {
    "clients.batch", "clients.change", "intake.recordimport", "intake.keptrow", "intake.layout", "jobs.job",
}  # fmt: skip


def make_import(kind: Kind, *, mode: Mode = Mode.UPSERT, **more: Any) -> RecordImport:
    return RecordImport.objects.create(
        kind=kind.value, file_name="file.csv", mode=mode.value,
        **({"legal_basis": LegalBasis.CONTRACT.value, "source": "test"} | more),
    )  # fmt: skip


def import_text(
    folder: Path, kind: Kind, body: str | bytes, *, name: str = "file.csv", mode: Mode = Mode.UPSERT,
    user: Any = None, owner: Any = None, columns: dict[str, str] | None = None, dry_run: bool = False, **mapping: Any,
) -> dict[str, Any]:  # fmt: skip
    """``columns`` default to what the names in the first line say; "import" is the record of it."""
    content = body.encode() if isinstance(body, str) else body
    path = folder / name
    path.write_bytes(content)
    if columns is None:
        header = content.split(b"\n")[0].decode().split(",")
        columns = guess_columns([cell.strip() for cell in header], RECORD_KINDS[kind].usual_names())
    record = make_import(kind, mode=mode, dry_run=dry_run, imported_by=user)
    request = Request(
        record, path, name, Mapping(columns, **mapping), TODAY, NOW, UTC, user=user, owner=owner
    )
    with override("en"):
        result = import_records(request)
    RecordImport.objects.filter(pk=record.pk).update(
        state="tried" if dry_run else "done", batch_id=result["batch"], finished_at=NOW
    )
    record.refresh_from_db()
    return result | {"import": record}


def stored(*, without: frozenset[str] = frozenset()) -> dict[str, list[str]]:
    """Every row of every table but the journal, by table."""
    found: dict[str, list[str]] = {}
    skipped = {"sessions", "axes", "contenttypes", "admin", "auth"}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            label = model._meta.label_lower
            if label in JOURNAL | without or model._meta.app_label in skipped:
                continue
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            if held := sorted(map(repr, cursor.fetchall())):
                found[label] = held
    return found
