"""Why a class, score or ranking came out as it did.

Rules are pure and speak no language: they return ``Reason(code, values)``. Each app keeps one
catalogue of sentences by code in its ``labels.py``; pages, mails and exports all print through
``common.wording.explain``, so that a person reads the same words everywhere.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reason:
    """One reason: a code of the app's catalogue and the values its sentence names.

    Values whose name ends in ``_cents`` print as money, in ``_rate`` as percent (``_exact_rate``
    with one decimal, where two rates are compared), in ``_points`` as points of percent, in ``_date`` (ISO text) as a date; other floats with one decimal.
    """

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Reason":
        return cls(code=data["code"], values=data.get("values", {}))
