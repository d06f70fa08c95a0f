"""What makes a kind of records: its fields, what identifies one, and how staged rows are written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

from common.reading.conventions import folded
from intake.fields import FieldSpec, Reading
from intake.rules import Kind, Problem
from intake.work import Work

Values = dict[str, Any]


def labels_of(label: str | Promise) -> list[str]:
    """A label as the header of a file may hold it, in every language of the site."""
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.append(folded(str(label)))
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class RecordKind:
    """``staged``: columns that the writers fill, by SQL type. ``key`` tells one record from another within
    a file. ``check`` looks at a row as a whole. ``needs``: groups of fields, one of each must be mapped.
    ``inherited``: fields that a row leaves out when the row before it, of the same ``family``, said them.
    """

    kind: Kind
    fields: tuple[FieldSpec, ...]
    key: Callable[[Values], str]
    write: Callable[[Work], None]
    sample: tuple[Mapping[str, str], ...]
    staged: Mapping[str, str] = field(default_factory=dict)
    check: Callable[[Values, Reading], Sequence[Problem]] = lambda values, reading: ()
    needs: tuple[tuple[str, ...], ...] = ()
    asks_basis: bool = False
    for_all: bool = False
    family: str = ""
    inherited: tuple[str, ...] = ()

    def spec(self, name: str) -> FieldSpec:
        return next(spec for spec in self.fields if spec.name == name)

    def missing(self, columns: Mapping[str, str]) -> list[str]:
        """Fields without which no row can be read."""
        absent = [spec.name for spec in self.fields if spec.required and spec.name not in columns]
        return absent + [group[0] for group in self.needs if not any(name in columns for name in group)]

    def usual_names(self) -> dict[str, tuple[str, ...]]:
        """Folded names of columns by field: ours in every language first, so that our own exports map themselves."""
        return {spec.name: (folded(spec.name), *labels_of(spec.label), *spec.usual) for spec in self.fields}

    def of_nature(self, nature: str) -> list[str]:
        return [spec.name for spec in self.fields if spec.nature == nature]

    def columns(self) -> dict[str, str]:
        """SQL types of the staging table."""
        typed = {spec.name: spec.sql for spec in self.fields if spec.sql}
        return typed | dict(self.staged)
