"""Uploaded files and what became of them: the steps of an import, for every kind."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils.translation import override

from accounts.models import User
from clients.models import Batch
from common.reading.conventions import folded
from common.reading.refusals import FileRefused
from common.reading.shapes import Mapping
from common.reasons import Reason
from intake import undoing
from intake.importing import FOLDER, Progress, Request, import_records
from intake.models import Layout, RecordImport
from intake.orders import import_orders
from intake.reading import head
from intake.rules import Kind, Mode, State
from jobs.rules import JobState
from jobs.services import enqueue

JOB_KIND, UNDO_KIND = "intake.import", "intake.undo"
KEPT = timedelta(days=7)


def path_of(stored_as: str) -> Path:
    return Path(default_storage.path(stored_as))


def uploaded_file(record_import: RecordImport) -> Path:
    """Raises ``FileRefused`` when it was cleared away."""
    path = path_of(record_import.stored_as)
    if not record_import.stored_as or not path.is_file():
        raise FileRefused("gone")
    return path


def upload(*, file: File, name: str, kind: Kind, user: User) -> RecordImport:
    """Keep an uploaded file under a random name after a first look. Raises ``FileRefused``, keeping nothing."""
    suffix = "".join(Path(name).suffixes[-2:] if name.lower().endswith(".gz") else Path(name).suffixes[-1:])
    stored_as = default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}{suffix.lower()}", file)
    try:
        head(path_of(stored_as), name)
    except BaseException:
        default_storage.delete(stored_as)
        raise
    return RecordImport.objects.create(
        kind=kind.value, file_name=Path(name).name[:200], stored_as=stored_as, imported_by=user, owner_of_new=user,
        sha256=_sha256(path_of(stored_as)),
    )  # fmt: skip


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- layouts -----------------------------------------------------------------------------------
def header_hash(header: Sequence[str]) -> str:
    """Files of one layout: the same column names in the same order, however they are written."""
    return hashlib.sha256("\n".join(folded(name) for name in header).encode()).hexdigest()


def remembered_mapping(*, kind: Kind, header: Sequence[str], user: User) -> Mapping | None:
    """How this person mapped a file of the same layout the last time, in the names of this file."""
    layouts = Layout.objects.visible_to(user)
    layout = layouts.filter(kind=kind.value, header_hash=header_hash(header)).first()
    if layout is None:
        return None
    mapping = Mapping.from_json(layout.mapping)
    here = {folded(name): name for name in header}
    columns = {field: here.get(folded(column), column) for field, column in mapping.columns.items()}
    return replace(mapping, columns=columns)


def choose_mapping(
    *, record_import: RecordImport, mapping: Mapping, owner: User | None, header: Sequence[str], user: User,
    now: datetime,
) -> None:  # fmt: skip
    """Keep what was chosen, and remember it for files of the same layout."""
    record_import.mapping = mapping.as_json()
    record_import.owner_of_new = owner
    record_import.save(update_fields=["mapping", "owner_of_new"])
    Layout.objects.update_or_create(
        owner=user, kind=record_import.kind, header_hash=header_hash(header),
        defaults={"mapping": mapping.as_json(), "used_at": now},
    )  # fmt: skip


# --- on its way --------------------------------------------------------------------------------
@transaction.atomic
def confirm(
    *, record_import: RecordImport, user: User, mode: Mode = Mode.UPSERT, dry_run: bool = False,
    legal_basis: str = "", source: str = "",
) -> bool:  # fmt: skip
    """Hand the file to a worker; ``False`` when it is on its way already or has no mapping yet.

    A file that was only tried may be tried again, or imported.
    """
    free = RecordImport.objects.filter(pk=record_import.pk, state__in=[State.UPLOADED, State.TRIED])
    taken = free.exclude(mapping={}).update(
        state=State.QUEUED, mode=mode.value, dry_run=dry_run, legal_basis=legal_basis, source=source,
        problem={}, finished_at=None,
    )  # fmt: skip
    if not taken:
        return False
    tries = RecordImport.objects.values_list("counts__tries", flat=True).get(pk=record_import.pk) or 0
    key = f"{record_import.pk}" if not tries else f"{record_import.pk}.{tries}"
    job = enqueue(kind=JOB_KIND, key=key, payload={"import": record_import.pk}, user=user)
    RecordImport.objects.filter(pk=record_import.pk).update(job=job)
    return True


def run_import(
    *, record_import: RecordImport, today: date, now: datetime, progress: Progress, fence: Any
) -> dict[str, Any]:
    """Import a confirmed file within what its importer may see; a refusal is a result, not an error."""
    if record_import.state != State.QUEUED:  # a worker died between the import and its own end
        return dict(record_import.counts)
    importer = record_import.imported_by
    with override(importer.language if importer else settings.LANGUAGE_CODE):
        try:
            request = _request(record_import, uploaded_file(record_import), today, now)
            result = _imported(request, progress, fence)
        except FileRefused as refusal:
            _close(record_import, State.REFUSED, now, problem=refusal.reason)
            return {"refused": refusal.code}
    _close(record_import, State.TRIED if record_import.dry_run else State.DONE, now, counts=result)
    return _without_path(result) | {"dry_run": record_import.dry_run}


def _request(record_import: RecordImport, path: Path, today: date, now: datetime) -> Request:
    importer = record_import.imported_by
    return Request(
        record_import, path, record_import.file_name, Mapping.from_json(record_import.mapping), today, now,
        ZoneInfo(importer.time_zone if importer else settings.TIME_ZONE), user=importer,
        owner=record_import.owner_of_new,
    )  # fmt: skip


def _imported(request: Request, progress: Progress | None = None, fence: Any = None) -> dict[str, Any]:
    importer = import_orders if request.record_import.kind == Kind.ORDERS else import_records
    return importer(request, progress=progress, fence=fence)


def import_by_operator(
    *, kind: Kind, path: Path, mapping: Mapping, owner: User | None, today: date, now: datetime,
    mode: Mode = Mode.UPSERT, dry_run: bool = False, legal_basis: str = "", source: str = "",
    observed_from: date | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Import a file where it lies, for nobody in particular and without limits. Raises ``FileRefused``."""
    record = RecordImport.objects.create(
        kind=kind.value, file_name=path.name[:200], sha256=_sha256(path), mapping=mapping.as_json(),
        owner_of_new=owner, mode=mode.value, dry_run=dry_run, legal_basis=legal_basis, source=source,
        state=State.QUEUED.value,
    )  # fmt: skip
    request = replace(_request(record, path, today, now), observed_from=observed_from)
    try:
        result = _imported(request)
    except BaseException:
        record.delete()
        raise
    _close(record, State.TRIED if dry_run else State.DONE, now, counts=result)
    return {"id": record.pk} | result


def _close(
    record_import: RecordImport, state: State, now: datetime, *,
    counts: dict[str, Any] | None = None, problem: Reason | None = None,
) -> None:  # fmt: skip
    record_import.state, record_import.finished_at = state.value, now
    record_import.problem = problem.as_json() if problem else {}
    tries = record_import.counts.get("tries", 0) + 1
    if counts is not None:
        if record_import.rejects_stored_as:
            default_storage.delete(record_import.rejects_stored_as)
        record_import.counts = _without_path(counts) | {"tries": tries}
        record_import.rejects_stored_as = _stored_name(counts["rejects_file"])
        record_import.batch_id = counts.get("batch")
    record_import.save(
        update_fields=["state", "finished_at", "problem", "counts", "rejects_stored_as", "batch"]
    )
    if record_import.batch_id:
        Batch.objects.filter(pk=record_import.batch_id).update(counts=_without_path(counts or {}))


def _without_path(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name != "rejects_file"}


def _stored_name(rejects_file: str) -> str:
    return f"{FOLDER}/{Path(rejects_file).name}" if rejects_file else ""


# --- undoing -----------------------------------------------------------------------------------
@transaction.atomic
def ask_undo(*, record_import: RecordImport, user: User, now: datetime) -> None:
    """Hand the undoing to a worker. Raises ``undoing.CannotUndo`` for what is clear at once."""
    undoing.check(record_import, now)
    if obstacles := undoing.find_obstacles(record_import):
        raise undoing.CannotUndo("obstacles", obstacles)
    attempt = record_import.counts.get("undo_tries", 0) + 1
    record_import.counts = record_import.counts | {"undo_tries": attempt}
    job = enqueue(
        kind=UNDO_KIND, key=f"{record_import.pk}.{attempt}",
        payload={"import": record_import.pk, "user": user.pk}, user=user,
    )  # fmt: skip
    record_import.job = job
    record_import.save(update_fields=["job", "counts"])


def run_undo(*, record_import: RecordImport, user: User | None, now: datetime) -> dict[str, Any]:
    """Undo it; what stands in the way by now is a result, not an error."""
    try:
        return undoing.undo_import(record_import=record_import, user=user, now=now)
    except undoing.CannotUndo as refused:
        if refused.code == "undone":  # a worker died between the undoing and its own end
            return dict(record_import.counts.get("undone", {}))
        return {"refused": refused.code}


# --- clearing away -----------------------------------------------------------------------------
def purge_uploads(now: datetime) -> int:
    """Delete files of imports over (or never confirmed) for seven days; the counts stay. Returns how many."""
    on_the_way = Q(state=State.QUEUED, job__state__in=[JobState.QUEUED, JobState.RUNNING])
    over = RecordImport.objects.exclude(stored_as="", rejects_stored_as="").exclude(on_the_way)
    purged = 0
    for record_import in over.filter(created_at__lt=now - KEPT):
        if record_import.finished_at and record_import.finished_at > now - KEPT:
            continue
        for name in filter(None, (record_import.stored_as, record_import.rejects_stored_as)):
            default_storage.delete(name)
            purged += 1
        record_import.stored_as = record_import.rejects_stored_as = ""
        record_import.save(update_fields=["stored_as", "rejects_stored_as"])
    return purged


def purge_strays(now: datetime) -> int:
    """Delete what an import that died left behind: files of seven days that no import knows. Returns how many."""
    if not default_storage.exists(FOLDER):
        return 0
    files = {f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]}
    for field in ("stored_as", "rejects_stored_as"):
        files.difference_update(RecordImport.objects.values_list(field, flat=True))
    old = [name for name in files if default_storage.get_modified_time(name) < now - KEPT]
    for name in old:
        default_storage.delete(name)
    return len(old)
