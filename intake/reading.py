"""From rows of cells to staged rows of a kind, or what is wrong with each. Plain Python, cached by cell."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

from accounts.models import User
from common.reading.conventions import Conventions, settle
from common.reading.files import open_table
from common.reading.refusals import FileRefused
from common.reading.shapes import Mapping
from intake.fields import FieldSpec, Reading, folded_person
from intake.kinds.base import RecordKind, Values
from intake.rules import BadCell, Code, Problem

CACHE = 5_000
LONGEST_CACHED = 60
SAID = "="


def colleagues(user: Any) -> dict[str, tuple[int, int | None] | None]:
    """Active users whom ``user`` may see (all for ``None``), by folded e-mail and name."""
    people = User.objects.filter(is_active=True)
    if user is not None:
        people = User.objects.visible_to(user).filter(is_active=True)
    found: dict[str, tuple[int, int | None] | None] = {}
    for pk, mail, name, team in people.order_by("pk").values_list("pk", "email", "name", "team_id"):
        key = folded_person(name)
        found[key] = None if key in found else (pk, team)
        found[folded_person(mail)] = (pk, team)
    return found


def conventions_of(path: Path, name: str, mapping: Mapping, kind: RecordKind) -> Conventions:
    """How the file writes its columns, days and numbers. Raises ``FileRefused``."""
    read = replace(mapping, columns=columns_read(mapping))
    return settle(
        path, name, read, missing=kind.missing(mapping.columns),
        numbers=kind.of_nature("number"), dates=kind.of_nature("day"),
    )  # fmt: skip


def columns_read(mapping: Mapping) -> dict[str, str]:
    return {field: column for field, column in mapping.columns.items() if not column.startswith(SAID)}


def values_said(mapping: Mapping) -> dict[str, str]:
    """What the mapping says once for all rows of the file: ``{"kind": "=person"}``."""
    return {field: column[1:] for field, column in mapping.columns.items() if column.startswith(SAID)}


class RowReader:
    """Reads rows one after the other; remembers the keys that this file has said already."""

    def __init__(self, kind: RecordKind, reading: Reading, said: dict[str, str] | None = None) -> None:
        self.kind, self.reading = kind, reading
        self._said = {name: kind.spec(name).read(text, reading) for name, text in (said or {}).items()}
        positions = reading.conventions.positions
        self._fields = [(spec, positions[spec.name]) for spec in kind.fields if spec.name in positions]
        self._caches: list[dict[Any, Any]] = [{} for _ in self._fields]
        self._keys: set[str] = set()
        self._family: tuple[str, Values] = ("", {})

    def read(self, cells: Sequence[Any]) -> tuple[Values, list[Problem]]:
        """All values, and all that is wrong with the row."""
        values: Values = dict(self._said)
        problems: list[Problem] = []
        for (spec, at), cache in zip(self._fields, self._caches, strict=True):
            value = self._value(spec, cells[at], cache)
            if isinstance(value, Code):
                problems.append(Problem(value.value, spec.name))
            elif value is not None:
                values[spec.name] = value
            elif spec.required:
                problems.append(Problem(Code.MISSING.value, spec.name))
        if self.kind.family:
            self._inherit(values, values.pop(self.kind.family, ""))
        if not problems:
            problems.extend(self.kind.check(values, self.reading))
        if not problems:
            key = values["record_key"] = _key(self.kind, values)
            if key in self._keys:
                problems.append(Problem(Code.TWICE_IN_FILE.value))
            self._keys.add(key)
        return values, problems

    def _inherit(self, values: Values, family: str) -> None:
        """Shops write the title and category of a product in the row of its first variant alone."""
        if not family or family != self._family[0]:
            self._family = (family, {name: values[name] for name in self.kind.inherited if name in values})
            return
        for name, value in self._family[1].items():
            values.setdefault(name, value)

    def _value(self, spec: FieldSpec, cell: Any, cache: dict[Any, Any]) -> Any:
        """The value, ``None`` for an empty cell, or the code of what is wrong."""
        if cell == "" or cell is None:
            return None
        cached = type(cell) is str and len(cell) <= LONGEST_CACHED
        if cached and cell in cache:
            return cache[cell]
        if isinstance(cell, str) and not cell.strip():
            return None
        try:
            value = spec.read(cell, self.reading)
        except BadCell as bad:
            value = bad.code
        if value == "" or value == []:
            value = None
        if cached:
            if len(cache) >= CACHE:
                cache.clear()
            cache[cell] = value
        return value


def _key(kind: RecordKind, values: Values) -> str:
    key = kind.key(values)
    # The keys of a large file are held in memory: long ones as their fingerprint.
    if len(key) <= 80:
        return key
    return "#" + blake2b(key.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


PreviewCell = tuple[str, bool, bool]
"""Text, whether its column is used, and whether it is what is wrong."""


@dataclass(frozen=True)
class PreviewRow:
    number: int
    cells: list[PreviewCell]
    problems: list[Problem]
    taken_off: str = ""  # by a discount of the whole order, and what remains
    remains: str = ""


@dataclass(frozen=True)
class Preview:
    """The head of a file read by a mapping, without looking at what is stored."""

    header: list[str]
    rows: list[PreviewRow]
    read: int
    rejected: dict[Problem, int]
    described: dict[str, str]

    @property
    def is_discounted(self) -> bool:
        return any(row.taken_off for row in self.rows)

    @property
    def bad(self) -> int:
        return sum(self.rejected.values())


def preview(
    path: Path, name: str, mapping: Mapping, kind: RecordKind, *, user: Any, today: date, zone: tzinfo,
    shown: int = 20, most: int = 2000,
) -> Preview:  # fmt: skip
    """Rows with something wrong come first among those shown. Raises ``FileRefused``."""
    conventions = conventions_of(path, name, mapping, kind)
    reading = Reading(conventions, today, zone, colleagues(user), columns_read(mapping))
    reader = RowReader(kind, reading, values_said(mapping))
    rejected: dict[Problem, int] = {}
    good: list[PreviewRow] = []
    bad: list[PreviewRow] = []
    read = 0
    with open_table(path, name, mapping.encoding) as table:
        for number, cells, shape in islice(table.rows, most):
            read += 1
            problems = [Problem(shape.value)] if shape else reader.read(cells)[1]
            if problems:
                rejected[problems[0]] = rejected.get(problems[0], 0) + 1
            kept = bad if problems else good
            if len(kept) < shown:
                kept.append(preview_row(number, cells, problems, conventions))
    described = table.described | {
        "date_format": conventions.date_format, "decimal_mark": conventions.decimal_mark
    }  # fmt: skip
    return Preview(
        table.header, sorted((bad + good)[:shown], key=lambda row: row.number), read, rejected, described
    )


def preview_row(
    number: int, cells: Sequence[Any], problems: list[Problem], conventions: Conventions
) -> PreviewRow:
    used = set(conventions.positions.values())
    wrong = {conventions.positions.get(problem.field) for problem in problems}
    texts = [(str(cell)[:60], at in used, at in wrong) for at, cell in enumerate(cells)]
    return PreviewRow(number, texts, problems)


def head(path: Path, name: str, shown: int = 5) -> tuple[list[str], list[list[str]]]:
    """Header and first rows of a file, for choosing its columns. Raises ``FileRefused``."""
    with open_table(path, name) as table:
        rows = [[str(cell)[:60] for cell in cells] for _, cells, _ in islice(table.rows, shown)]
    if not rows:
        raise FileRefused("no_rows")
    return table.header, rows
