"""Findings and evidence: kept privately, known by their checksum, handed out by pages alone."""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import User
from trust_audit.models import Action, Audit, CriterionResult, Evidence, Finding, SamplePage
from trust_audit.services.audits import open_result, refuse_signed
from trust_audit.services.refusals import Refused
from trust_audit.states import Impact, PageKind, Proof

FOLDER = "trust"
MAX_BYTES = 10 * 1024 * 1024
MOST_PER_RESULT = 30
STRAY_AFTER = timedelta(days=1)  # until then the transaction that saved a file may still be open
# By their first bytes, whatever the name or the browser said.
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
OTHER = "application/octet-stream"
_PLAIN_NAME = re.compile(r"[^\w .()-]+")


def picture_type(content: bytes) -> str:
    """The type of a picture by its first bytes, or "" for anything else."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _PICTURES if content.startswith(magic)), "")


@transaction.atomic
def add_finding(
    *, audit: Audit, code: str, text: str, impact: Impact, page: SamplePage | None, by: User, now: datetime
) -> Finding:
    """Keep a finding; the same words once more change nothing."""
    result = open_result(audit, code)
    finding, _ = Finding.objects.get_or_create(
        result=result,
        text=text.strip()[:1000],
        defaults={"impact": impact.value, "page": page, "created_by": by, "created_at": now},
    )
    return finding


@transaction.atomic
def remove_finding(*, finding: Finding) -> None:
    refuse_signed(finding.result.audit)
    finding.delete()


@transaction.atomic
def add_page(*, audit: Audit, kind: PageKind, url: str) -> SamplePage:
    refuse_signed(audit)
    page, _ = SamplePage.objects.get_or_create(audit=audit, url=url, defaults={"kind": kind.value})
    return page


@transaction.atomic
def remove_page(*, page: SamplePage) -> None:
    refuse_signed(page.audit)
    page.delete()


@transaction.atomic
def add_file(
    *, audit: Audit, code: str, file: UploadedFile, caption: str, captured_on: date, by: User, now: datetime
) -> Evidence:
    """Keep an uploaded or pasted file. Raises ``Refused`` when it is empty or too large."""
    result = open_result(audit, code)
    return _store(audit, result, file, caption, captured_on, by, now)


def _store(
    audit: Audit, result: CriterionResult | None, file: UploadedFile, caption: str, captured_on: date,
    by: User, now: datetime,
) -> Evidence:  # fmt: skip
    if (file.size or 0) > MAX_BYTES:
        raise Refused("file_too_large", megabytes=MAX_BYTES // 1024 // 1024)
    content = file.read()
    if not content:
        raise Refused("file_empty")
    digest = hashlib.sha256(content).hexdigest()
    if result and (known := result.evidence.filter(sha256=digest).first()):
        return known
    _refuse_too_many(result)
    kind = picture_type(content)
    name = _PLAIN_NAME.sub("_", PurePath((file.name or "file").replace("\\", "/")).name)[-120:]
    stored_as = default_storage.save(f"{FOLDER}/{audit.pk}/{secrets.token_hex(16)}", ContentFile(content))
    return Evidence.objects.create(
        audit=audit, result=result, kind=(Proof.PICTURE if kind else Proof.FILE).value,
        caption=caption.strip()[:300], file_name=name, stored_as=stored_as, content_type=kind or OTHER,
        size=len(content), sha256=digest, captured_on=captured_on, created_by=by, created_at=now,
    )  # fmt: skip


def _refuse_too_many(result: CriterionResult | None) -> None:
    if result and result.evidence.count() >= MOST_PER_RESULT:
        raise Refused("too_much_evidence", most=MOST_PER_RESULT)


def checksum(data: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()


@transaction.atomic
def add_record(
    *, audit: Audit, code: str, kind: Proof, data: Mapping[str, Any], captured_on: date, by: User | None,
    now: datetime, caption: str = "", url: str = "",
) -> Evidence:  # fmt: skip
    """Keep an address, a timed call, a test order or what a probe read; the same once more is one."""
    result = open_result(audit, code)
    digest = checksum({"kind": kind.value, "url": url, "data": dict(data), "day": captured_on.isoformat()})
    if known := result.evidence.filter(sha256=digest).first():
        return known
    _refuse_too_many(result)
    return Evidence.objects.create(
        audit=audit, result=result, kind=kind.value, caption=caption.strip()[:300], url=url,
        data=dict(data), sha256=digest, captured_on=captured_on, created_by=by, created_at=now,
    )  # fmt: skip


@transaction.atomic
def confirm(*, evidence: Evidence, by: User, now: datetime) -> None:
    """A second person looked and agrees. Raises ``Refused`` for who brought it."""
    refuse_signed(evidence.audit)
    if evidence.created_by_id == by.pk:
        raise Refused("own_evidence")
    Evidence.objects.filter(pk=evidence.pk, confirmed_at__isnull=True).update(
        confirmed_by=by, confirmed_at=now
    )


@transaction.atomic
def remove_evidence(*, evidence: Evidence) -> None:
    """Take evidence away from a running audit, and its file when no other row names it."""
    refuse_signed(evidence.audit)
    stored_as = evidence.stored_as
    evidence.delete()
    if stored_as and not Evidence.objects.filter(stored_as=stored_as).exists():
        transaction.on_commit(lambda: default_storage.delete(stored_as))


def content_of(evidence: Evidence) -> bytes:
    """The stored file. Raises ``FileNotFoundError`` when there is none."""
    if not evidence.stored_as:
        raise FileNotFoundError(evidence.pk)
    with default_storage.open(evidence.stored_as) as file:
        content: bytes = file.read()
    return content


@transaction.atomic
def add_closing_proof(
    *, action: Action, file: UploadedFile | None, url: str, caption: str, by: User, now: datetime, day: date
) -> Evidence:
    """What shows that an action is done; it hangs on the action, not on the frozen audit."""
    if file is not None:
        return _store(action.audit, None, file, caption, day, by, now)
    digest = checksum({"action": action.pk, "url": url, "caption": caption})
    return Evidence.objects.create(
        audit=action.audit, kind=Proof.URL.value, caption=caption.strip()[:300], url=url, sha256=digest,
        captured_on=day, created_by=by, created_at=now,
    )  # fmt: skip


def purge_files(now: datetime) -> int:
    """Delete files of audits and evidence that are gone, a day after they were saved; returns how many."""
    if not default_storage.exists(FOLDER):
        return 0
    purged = 0
    for number in default_storage.listdir(FOLDER)[0]:
        folder = f"{FOLDER}/{number}"
        names = {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
        known = Evidence.objects.filter(stored_as__startswith=f"{folder}/").values_list(
            "stored_as", flat=True
        )
        strays = names.difference(known)
        old = [name for name in strays if default_storage.get_modified_time(name) < now - STRAY_AFTER]
        for name in old:
            default_storage.delete(name)
        if len(old) == len(names):
            default_storage.delete(folder)  # empty by now
        purged += len(old)
    return purged
