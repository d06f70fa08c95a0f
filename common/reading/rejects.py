"""The file of rejected rows: line, field, reason in words, and the row as it was."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from common.exports import safe_cell
from common.reading.conventions import folded

MAX_CELL = 500


def disarmed(cell: Any) -> str:
    """The cell as text that no spreadsheet program takes for a formula; a number stays what it is."""
    text = str(cell)[:MAX_CELL].replace("\0", "")
    return text if _is_number(text) else safe_cell(text)


def _is_number(text: str) -> bool:
    digits = text[1:] if text[:1] in "+-" else text
    return digits.isascii() and digits.replace(".", "", 1).replace(",", "", 1).isdigit()


def _unlike(header: Sequence[str], names: Sequence[str]) -> list[str]:
    """Names of our columns that the file's own do not have: mended, it is imported by the names of its columns."""
    taken = {folded(name) for name in header}
    return [f"{name} (import)" if folded(name) in taken else name for name in names]


class RejectFile:
    """Counts rejected rows by reason and writes them down; no file appears without a row."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: Counter[str] = Counter()
        self._file: Any = None
        self._header: Sequence[str] = ()

    def begin(self, header: Sequence[str]) -> None:
        self._header = header

    def add(self, number: int, code: str, sentence: str, cells: Sequence[Any], field: str = "") -> None:
        """``field``: the label of the field concerned, when it is one."""
        if self._file is None:
            self._open()
        self.counts[str(code)] += 1
        self._writer.writerow([number, str(code), field, sentence, *map(disarmed, cells)])

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # With a byte order mark, spreadsheet programs read accents right.
        self._file = self.path.open("w", encoding="utf-8-sig", newline="", errors="replace")
        self.path.chmod(0o600)
        self._writer = csv.writer(self._file)
        own = _unlike(self._header, (_("Line"), _("Code"), _("Field"), _("Reason")))
        self._writer.writerow([*own, *map(disarmed, self._header)])

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
    code: str
    field: str
    sentence: str
    cells: list[str]


def read_rejects(path: Path, code: str | None = None, most: int = 50) -> list[RejectedRow]:
    """The first rejected rows, or the first of one reason; none when the file is gone."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        found = (RejectedRow(int(row[0]), row[1], row[2], row[3], row[4:]) for row in rows)
        return list(islice((row for row in found if code in (None, row.code)), most))
