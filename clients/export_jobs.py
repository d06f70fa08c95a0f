"""Exports too large for a page: a job writes a private file, which its owner fetches within a week."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.core.files.storage import default_storage
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.querysets import ACTIVE, visible_q
from accounts.rights import may
from accounts.rules import Act
from clients.exporting import exportable, note_export, read_content
from clients.models import Batch, Client, Erasure, ExportFile
from clients.models.exports import packed, unpacked
from common.exports import MAX_XLSX_ROWS, write_csv, write_xlsx
from common.lists import registry as lists
from common.lists.pages import Sheet, sheet_of
from common.lists.state import ListState
from common.locks import lock_until_commit
from jobs.models import Job
from jobs.registry import Context
from jobs.rules import JobState
from jobs.services import JobFailed, enqueue

JOB_KIND = "clients.export"
FOLDER = "exports"
KEPT = timedelta(days=7)
AT_ONCE = 500
TRIES = 3
LOCK = "clients.exports"


@transaction.atomic
def start_export(
    *, state: ListState, content: str, rows: int, ids: Sequence[int] | None, by: Any, now: datetime
) -> Batch:
    """Write the audit line and its job. The same export asked again while it is on its way is that one."""
    asked = {"list": state.spec.key, "query": state.query, "content": content, "ids": ids and list(ids)}
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:32]
    running = Job.objects.filter(
        kind=JOB_KIND, key__startswith=f"{by.pk}:{digest}:", state__in=[JobState.QUEUED, JobState.RUNNING]
    )
    if before := running.first():
        return Batch.objects.get(pk=before.payload["batch"])
    file_format, whole = read_content(state, content)
    batch = note_export(state=state, rows=rows, file_format=file_format, whole=whole, by=by, at=now)
    ExportFile.objects.create(batch=batch, owner=by, file_name=f"{state.spec.key}-{timezone.localtime(now):%Y-%m-%d}.{file_format}")  # fmt: skip
    payload = asked | {"batch": batch.pk}
    job = enqueue(kind=JOB_KIND, key=f"{by.pk}:{digest}:{batch.pk}", payload=payload, user=by)
    Batch.objects.filter(pk=batch.pk).update(counts=batch.counts | {"job": job.pk})
    return batch


def run_export(*, context: Context, file: ExportFile, user: Any) -> dict[str, Any]:
    """Write the file, and again when somebody was erased meanwhile: no row read before may be handed out."""
    for _try in range(TRIES):
        newest = _newest_erasure()
        path = _new_path(file)
        try:
            with translation.override(user.language), timezone.override(ZoneInfo(user.time_zone)):
                rows, clients = _write(context, path, file, user)
            if _finish(context, path, file, rows, clients, newest):
                return {"batch": file.batch_id, "rows": rows}
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        path.unlink(missing_ok=True)
    raise RuntimeError("somebody was erased during each try")


def _newest_erasure() -> int:
    return Erasure.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _new_path(file: ExportFile) -> Path:
    folder = Path(default_storage.path(FOLDER))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{secrets.token_hex(16)}{Path(file.file_name).suffix}"
    path.touch(mode=0o600)
    return path


def _write(context: Context, path: Path, file: ExportFile, user: Any) -> tuple[int, set[int]]:
    """Rows written, and the clients they are of. Rights are asked now, chunk by chunk."""
    asked = context.payload
    spec = lists.get(asked["list"])
    if spec is None or not user.is_active or not spec.allowed(user) or not may(user, Act.EXPORT):
        raise JobFailed(_("You may no longer export this list."))
    state = ListState.read(spec, QueryDict(asked["query"]), user)
    file_format, whole = read_content(state, asked["content"])
    rows = exportable(state.asked_rows(), user)
    if asked["ids"] is not None:
        rows = rows.filter(pk__in=asked["ids"])
    ids = list(state.in_order(rows).values_list("pk", flat=True))
    if file_format == "xlsx" and len(ids) > MAX_XLSX_ROWS:
        raise JobFailed(
            _("A workbook holds no more than %(most)s rows: narrow the list, or take CSV.")
            % {"most": MAX_XLSX_ROWS}
        )
    sheet, clients, written = sheet_of(state, whole=whole), set[int](), _Counter()
    body = written.through(_rows(context, sheet, ids, user, clients))
    with path.open("wb") as target:
        _save(target, file_format, sheet.header, body, user.language)
    return written.count, clients


def _save(
    target: IO[bytes], file_format: str, header: Sequence[str], body: Iterable[Any], language: str
) -> None:
    if file_format == "xlsx":
        write_xlsx(target, header, body, language=language)
    else:
        write_csv(target, header, body, language)


class _Counter:
    count = 0

    def through(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            self.count += 1
            yield row


def _rows(
    context: Context, sheet: Sheet, ids: Sequence[int], user: Any, clients: set[int]
) -> Iterator[list[Any]]:
    spec = sheet.state.spec
    for start in range(0, len(ids), AT_ONCE):
        context.checkpoint(done=start, total=len(ids))
        part = ids[start : start + AT_ONCE]
        rows = exportable(spec.rows(user), user).filter(pk__in=part)
        if path := getattr(rows, "client_path", None):
            clients.update(pk for pk in rows.values_list(f"{path}pk", flat=True) if pk)
        elif path == "":
            clients.update(rows.values_list("pk", flat=True))
        found = {record.pk: record for record in sheet.rows_of(rows)}
        yield from sheet.printed([found[pk] for pk in part if pk in found])


def _finish(
    context: Context, path: Path, file: ExportFile, rows: int, clients: set[int], newest: int
) -> bool:
    """Publish the file; False when somebody was erased since ``newest``. Erasing waits for this and this
    for an erasing: of the two the later one sees the other."""
    with transaction.atomic():
        lock_until_commit(LOCK)
        if _newest_erasure() != newest:
            return False
        context.checkpoint(done=rows, total=rows)
        former = ExportFile.objects.values_list("stored_as", flat=True).get(pk=file.pk)
        ExportFile.objects.filter(pk=file.pk).update(
            stored_as=f"{FOLDER}/{path.name}", size=path.stat().st_size, clients=packed(clients),
            expires_at=timezone.now() + KEPT,
        )  # fmt: skip
        batch = Batch.objects.get(pk=file.batch_id)
        Batch.objects.filter(pk=batch.pk).update(counts=batch.counts | {"rows": rows})
        transaction.on_commit(lambda: _delete([former]))
    return True


def _delete(names: Iterable[str]) -> None:
    for name in filter(None, names):
        default_storage.delete(name)


# Handing out


def path_of(file: ExportFile) -> Path | None:
    """``None`` once it was cleared away."""
    path = Path(default_storage.path(file.stored_as)) if file.stored_as else None
    return path if path and path.is_file() else None


def lost_clients(file: ExportFile, user: Any) -> int:
    """Of how many of its clients ``user`` may no longer export anything."""
    theirs = Client.objects.filter(state=ACTIVE).exclude(visible_q(user, act=Act.EXPORT))
    return len(unpacked(bytes(file.clients)).intersection(theirs.values_list("pk", flat=True)))


def holding(client_ids: Sequence[int]) -> list[ExportFile]:
    """The files with a row of one of these clients."""
    wanted = set(client_ids)
    files = ExportFile.objects.exclude(stored_as="").select_related("batch__by").order_by("pk")
    return [file for file in files if wanted & unpacked(bytes(file.clients))]


# Clearing away


def forget_exports(client_ids: Sequence[int]) -> int:
    """Give up every file with a row of one of these clients; called within the transaction that erases them."""
    lock_until_commit(LOCK)
    return _clear(holding(client_ids))


def purge_exports(now: datetime) -> int:
    """Delete files whose time is over, and what a job that died or a deleted account left. Returns how many."""
    purged = _clear(ExportFile.objects.exclude(stored_as="").filter(expires_at__lte=now))
    if not default_storage.exists(FOLDER):
        return purged
    strays = {f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]}
    strays.difference_update(ExportFile.objects.values_list("stored_as", flat=True))
    old = [name for name in strays if default_storage.get_modified_time(name) < now - timedelta(days=1)]
    _delete(old)
    return purged + len(old)


def _clear(files: Iterable[ExportFile]) -> int:
    cleared = list(files)
    names = [file.stored_as for file in cleared]
    ExportFile.objects.filter(pk__in=[file.pk for file in cleared]).update(
        stored_as="", clients=b"", size=None
    )
    transaction.on_commit(lambda: _delete(names))
    return len(names)
