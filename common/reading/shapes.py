"""What can be wrong with the shape of a row, whatever it tells, and the columns of a file."""

from collections.abc import Mapping as Columns
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self


class Shape(StrEnum):
    """Why a row cannot be read as a row; the sentence of each stands in ``common.reading.labels``."""

    NUL_BYTE = "nul_byte"
    FIELD_TOO_LONG = "field_too_long"
    QUOTES_BROKEN = "quotes_broken"
    TOO_FEW_CELLS = "too_few_cells"
    TOO_MANY_CELLS = "too_many_cells"


@dataclass(frozen=True)
class Mapping:
    """Which column of a file holds which field, and how its days and numbers are written.

    An empty ``date_format``, ``decimal_mark`` or ``encoding`` is found out from the file.
    """

    columns: dict[str, str] = field(default_factory=dict)
    date_format: str = ""
    decimal_mark: str = ""
    encoding: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Columns[str, Any]) -> Self:
        return cls(**data)


def parse_columns(text: str, fields: tuple[str, ...]) -> dict[str, str]:
    """``client=COL,day=COL`` → columns by field. Raises ``ValueError`` naming what is wrong."""
    columns: dict[str, str] = {}
    for part in text.split(","):
        name, equals, column = part.partition("=")
        if not equals or not column.strip():
            raise ValueError(f"{part!r} is not FIELD=COLUMN")
        if name.strip() not in fields:
            raise ValueError(f"{name.strip()!r} is none of {', '.join(fields)}")
        columns[name.strip()] = column.strip()
    return columns
