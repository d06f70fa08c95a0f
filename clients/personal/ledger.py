"""The erasures once more, outside the database: a restored backup does not know what was erased after it.

One line of JSON per erasure in ``erasures.jsonl`` of the data folder: numbers, dates and keyed hashes. Keep it
with the key, apart from the backups of the database.
"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from clients.models import Erasure

NAME = "erasures.jsonl"


def path() -> Path:
    return Path(settings.DATA_DIR) / NAME


def line_of(erasure: Erasure) -> dict[str, Any]:
    return {
        "subject": erasure.subject, "record": erasure.record_id, "marks": erasure.marks,
        "erased_at": erasure.erased_at.isoformat(), "reason": erasure.reason,
    }  # fmt: skip


def append(erasures: list[Erasure]) -> int:
    """Add those the file does not have; returns how many. Written through to the disk."""
    known = {_key(line) for line in read()}
    new = [line for erasure in erasures if _key(line := line_of(erasure)) not in known]
    if new:
        descriptor = os.open(path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in new)
            file.flush()
            os.fsync(file.fileno())
    return len(new)


def read() -> list[dict[str, Any]]:
    """Every line that can be read; one cut short by a crash is in the database and is written again."""
    if not path().is_file():
        return []
    lines = []
    for text in path().read_text(encoding="utf-8").splitlines():
        try:
            line = json.loads(text)
            datetime.fromisoformat(line["erased_at"])
        except (ValueError, KeyError, TypeError):
            continue
        lines.append(line)
    return lines


def _key(line: dict[str, Any]) -> tuple[Any, ...]:
    return line["subject"], line["record"], line["erased_at"]
