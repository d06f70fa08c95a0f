"""The last pass of an erasure: free text anywhere in the database, and files that name the person."""

import gzip
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from clients.personal.needles import Needles

# Records of their own: whom they name is somebody, and is erased by themselves or not at all.
IDENTITIES = frozenset(
    [
        "clients.client",
        "clients.person",
        "clients.tag",
        "accounts.user",
        "accounts.team",
        "sales.product",
        "sales.category",
        "clients.suppression",
        "clients.erasure",
    ]
)
OUTSIDE = frozenset(["contenttypes", "auth", "sessions"])
PIECE, OVERLAP = 8_000_000, 4_000
MOST_BYTES = 2_000_000_000  # of one member; a bomb has no end
AT_ONCE = 500


def sweep_tables(needles: Needles) -> dict[str, int]:
    """Take the texts out of every row of every table that may quote a person; returns rows by table."""
    counts: dict[str, int] = {}
    if not needles:
        return counts
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        fields = [field for field in model._meta.concrete_fields if _holds_text(field)]
        if not fields or label in IDENTITIES or model._meta.app_label in OUTSIDE or model._meta.proxy:
            continue
        if changed := _sweep(model, fields, needles):
            counts[label] = changed
    return counts


def _holds_text(field: Any) -> bool:
    plain = isinstance(field, models.CharField | models.TextField | models.JSONField)
    return plain and not field.choices and not field.primary_key


def _sweep(model: type[models.Model], fields: list[Any], needles: Needles) -> int:
    found, texts = Q(pk__in=[]), {}
    for field in fields:
        name = f"text_of_{field.name}" if isinstance(field, models.JSONField) else field.name
        if name != field.name:
            texts[name] = Cast(field.name, models.TextField())
        for form in needles.forms:
            found |= Q(**{f"{name}__icontains": form})
    rows = model._base_manager.annotate(**texts).filter(found)
    changed = 0
    for row in list(rows):
        values = {field.attname: needles.redact_value(getattr(row, field.attname)) for field in fields}
        differing = {name: value for name, value in values.items() if value != getattr(row, name)}
        if differing:
            changed += model._base_manager.filter(pk=row.pk).update(**differing)
    return changed


def sweep_files(needles: Needles) -> int:
    """Delete stored files that name the person; returns how many. Call it when the database has forgotten."""
    gone = 0
    for path, with_refs in _files():
        if _names_person(path, needles, with_refs):
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _files() -> Iterator[tuple[Path, bool]]:
    """Files of imports and exports (where a bare reference is a person's row), all others, mails kept as files."""
    root = Path(default_storage.path(""))
    for path in sorted(root.rglob("*")) if root.is_dir() else []:
        if path.is_file():
            top = path.relative_to(root).parts[0]
            yield path, "import" in top or "export" in top
    mails = Path(settings.EMAIL_FILE_PATH)
    for path in sorted(mails.glob("*")) if mails.is_dir() else []:
        if path.is_file():
            yield path, False


def _names_person(path: Path, needles: Needles, with_refs: bool) -> bool:
    try:
        return any(needles.in_bytes(data, with_refs=with_refs) for data in _contents(path))
    except (OSError, EOFError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        # What cannot be read is no table anybody needs; it might name the person.
        return with_refs


def _contents(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                with archive.open(member) as file:
                    yield from _pieces(file)
    elif head.startswith(b"\x1f\x8b"):
        with gzip.open(path) as packed:
            yield from _pieces(packed)
    else:
        with path.open("rb") as plain:
            yield from _pieces(plain)


def _pieces(file: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    """A file however long, in pieces that overlap: no text falls between two of them."""
    rest, read = b"", 0
    while (data := file.read(PIECE)) and read < MOST_BYTES:
        yield rest + data
        rest, read = data[-OVERLAP:], read + len(data)
