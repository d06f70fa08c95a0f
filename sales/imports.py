"""Uploaded files of orders and what became of them."""

import hashlib
import secrets
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils.translation import override

from accounts.models import User
from common.reading.refusals import FileRefused
from common.reasons import Reason
from jobs.rules import JobState
from jobs.services import enqueue
from sales.importing import FOLDER, Progress, Request, head, import_file
from sales.models import OrderImport
from sales.rules import ImportState, Mapping

JOB_KIND = "sales.import"
KEPT = timedelta(days=7)


def path_of(stored_as: str) -> Path:
    return Path(default_storage.path(stored_as))


def uploaded_file(order_import: OrderImport) -> Path:
    """Raises ``FileRefused`` when it was cleared away."""
    path = path_of(order_import.stored_as)
    if not path.is_file():
        raise FileRefused("gone")
    return path


def upload(*, file: File, name: str, user: User) -> OrderImport:
    """Keep an uploaded file under a random name after a first look. Raises ``FileRefused``, keeping nothing."""
    suffix = "".join(Path(name).suffixes[-2:] if name.lower().endswith(".gz") else Path(name).suffixes[-1:])
    stored_as = default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}{suffix.lower()}", file)
    try:
        head(path_of(stored_as), name)
    except BaseException:
        default_storage.delete(stored_as)
        raise
    return OrderImport.objects.create(
        file_name=Path(name).name[:200], stored_as=stored_as, sha256=_sha256(path_of(stored_as)),
        imported_by=user, owner_of_new=user,
    )  # fmt: skip


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def choose_mapping(*, order_import: OrderImport, mapping: Mapping, owner: User) -> None:
    order_import.mapping = mapping.as_json()
    order_import.owner_of_new = owner
    order_import.save(update_fields=["mapping", "owner_of_new"])


@transaction.atomic
def confirm(*, order_import: OrderImport, user: User) -> bool:
    """Hand the file to a worker; ``False`` when it is on its way already or has no mapping yet."""
    waiting = OrderImport.objects.filter(pk=order_import.pk, state=ImportState.UPLOADED).exclude(mapping={})
    if not waiting.update(state=ImportState.QUEUED):
        return False
    job = enqueue(kind=JOB_KIND, key=str(order_import.pk), payload={"import": order_import.pk}, user=user)
    OrderImport.objects.filter(pk=order_import.pk).update(job=job)
    return True


def run_import(
    *, order_import: OrderImport, today: date, now: datetime, progress: Progress, fence: Any
) -> dict[str, Any]:
    """Import a confirmed file within what its importer may see; a refusal is a result, not an error."""
    if order_import.state == ImportState.DONE:  # a worker died between the import and its own end
        return dict(order_import.counts)
    importer = order_import.imported_by
    with override(importer.language if importer else settings.LANGUAGE_CODE):
        try:
            request = Request(
                path=uploaded_file(order_import), name=order_import.file_name, today=today, now=now,
                mapping=Mapping.from_json(order_import.mapping), owner=order_import.owner_of_new, user=importer,
            )  # fmt: skip
            result = import_file(request, progress=progress, fence=fence)
        except FileRefused as refusal:
            _close(order_import, ImportState.REFUSED, now, problem=refusal.reason)
            return {"refused": refusal.code}
    _close(order_import, ImportState.DONE, now, counts=result)
    return _without_path(result)


def import_by_operator(
    *, path: Path, mapping: Mapping, owner: User | None, today: date, now: datetime,
    observed_from: date | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Import a file where it lies, for nobody in particular and without limits. Raises ``FileRefused``."""
    request = Request(path, path.name, mapping, today, now, owner=owner, observed_from=observed_from)
    result = import_file(request)
    record = OrderImport(
        file_name=path.name[:200], sha256=_sha256(path), mapping=mapping.as_json(), owner_of_new=owner
    )
    record.save()
    _close(record, ImportState.DONE, now, counts=result)
    return result


def _close(
    order_import: OrderImport, state: ImportState, now: datetime, *,
    counts: dict[str, Any] | None = None, problem: Reason | None = None,
) -> None:  # fmt: skip
    order_import.state, order_import.finished_at = state.value, now
    order_import.problem = problem.as_json() if problem else {}
    if counts is not None:
        order_import.counts = _without_path(counts)
        order_import.rejects_stored_as = _stored_name(counts["rejects_file"])
    order_import.save(update_fields=["state", "finished_at", "problem", "counts", "rejects_stored_as"])


def _without_path(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name != "rejects_file"}


def _stored_name(rejects_file: str) -> str:
    return f"{FOLDER}/{Path(rejects_file).name}" if rejects_file else ""


def purge_uploads(now: datetime) -> int:
    """Delete files of imports over (or never confirmed) for seven days; the counts stay. Returns how many."""
    on_the_way = Q(state=ImportState.QUEUED, job__state__in=[JobState.QUEUED, JobState.RUNNING])
    over = OrderImport.objects.exclude(stored_as="", rejects_stored_as="").exclude(on_the_way)
    purged = 0
    for order_import in over.filter(created_at__lt=now - KEPT):
        if order_import.finished_at and order_import.finished_at > now - KEPT:
            continue
        for name in filter(None, (order_import.stored_as, order_import.rejects_stored_as)):
            default_storage.delete(name)
            purged += 1
        order_import.stored_as = order_import.rejects_stored_as = ""
        order_import.save(update_fields=["stored_as", "rejects_stored_as"])
    return purged


def purge_strays(now: datetime) -> int:
    """Delete what an import that died left behind: files of seven days that no import knows. Returns how many."""
    if not default_storage.exists(FOLDER):
        return 0
    files = {f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]}
    for field in ("stored_as", "rejects_stored_as"):
        files.difference_update(OrderImport.objects.values_list(field, flat=True))
    old = [name for name in files if default_storage.get_modified_time(name) < now - KEPT]
    for name in old:
        default_storage.delete(name)
    return len(old)
