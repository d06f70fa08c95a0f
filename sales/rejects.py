"""The file of rejected rows: line, reason in words, and the row as it was."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from common.exports import safe_cell
from sales.labels import REJECTS
from sales.rules import Reject

MAX_CELL = 500


def disarmed(cell: Any) -> str:
    """The cell as text that no spreadsheet program takes for a formula; a number stays what it is."""
    text = str(cell)[:MAX_CELL].replace("\0", "")
    return text if _is_number(text) else safe_cell(text)


def _is_number(text: str) -> bool:
    digits = text[1:] if text[:1] in "+-" else text
    return digits.isascii() and digits.replace(".", "", 1).replace(",", "", 1).isdigit()


class RejectFile:
    """Counts rejected rows by reason and writes them down; no file appears without a row."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: Counter[Reject] = Counter()
        self._file: Any = None
        self._header: Sequence[str] = ()
        self._sentences: dict[Reject, str] = {}

    def begin(self, header: Sequence[str]) -> None:
        self._header = header

    def add(self, number: int, reason: Reject, cells: Sequence[Any]) -> None:
        if self._file is None:
            self._open()
        self.counts[reason] += 1
        sentence = self._sentences.get(reason) or self._sentences.setdefault(reason, str(REJECTS[reason]))
        self._writer.writerow([number, reason.value, sentence, *map(disarmed, cells)])

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # With a byte order mark, spreadsheet programs read accents right.
        self._file = self.path.open("w", encoding="utf-8-sig", newline="")
        self.path.chmod(0o600)
        self._writer = csv.writer(self._file)
        self._writer.writerow([_("Line"), _("Code"), _("Reason"), *map(disarmed, self._header)])

    @property
    def exists(self) -> bool:
        return self._file is not None

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def discard(self) -> None:
        self.close()
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class RejectedRow:
    number: int
    reason: Reject
    cells: list[str]


def read_rejects(path: Path, reason: Reject | None = None, most: int = 50) -> list[RejectedRow]:
    """The first rejected rows, or the first of one reason; none when the file is gone."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        found = (RejectedRow(int(row[0]), Reject(row[1]), row[3:]) for row in rows)
        return list(islice((row for row in found if reason in (None, row.reason)), most))
