"""What people say of one client enters that client's history: who, when, from, to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clients.history import record_change, record_deletion, stored_values, values_of

_SIGNS = frozenset({"by_id", "changed_by_id", "changed_at", "recorded_at", "made_on"})
"""Who said it when: the history tells that of every change."""


def stored(model: Any, **place: Any) -> dict[str, Any] | None:
    """The values of the record at a place before it is written; ``None`` when there is none."""
    record = model.objects.filter(**place).first()
    return stored_values(record) if record else None


def told(record: Any, before: Mapping[str, Any] | None, *, by: Any, at: datetime) -> None:
    after = values_of(record)
    if before is None or any(before.get(name) != after[name] for name in after if name not in _SIGNS):
        record_change(record, before=before, by=by, at=at, client=record.client)


def told_gone(record: Any, *, by: Any, at: datetime) -> None:
    record_deletion(record, by=by, at=at, client=record.client)
