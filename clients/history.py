"""Writes the history of records that are saved one by one. Bulk writers insert ``Change`` rows in SQL."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from clients.models import Batch, Change, Client
from clients.rules import ChangeAct

NOT_TOLD = frozenset({"id", "search_text", "created_at", "updated_at"})


def values_of(record: models.Model) -> dict[str, Any]:
    """The stored columns of a record as JSON holds them, without what it derives itself."""
    encoder = DjangoJSONEncoder()
    values = {}
    for field in record._meta.concrete_fields:
        if field.attname in NOT_TOLD:
            continue
        value = getattr(record, field.attname)
        plain = value is None or isinstance(value, str | int | float | bool | dict | list)
        values[field.attname] = value if plain else encoder.default(value)
    return values


def stored_values(record: models.Model) -> dict[str, Any] | None:
    """What stands in the database now, whatever a form has written into the instance; None for a new one."""
    stored = type(record)._default_manager.filter(pk=record.pk).first() if record.pk else None
    return values_of(stored) if stored else None


def record_change(
    record: models.Model, *, before: Mapping[str, Any] | None, by: Any, at: datetime, client: Client | None,
    batch: Batch | None = None,
) -> Change | None:  # fmt: skip
    """Note how a record was saved; ``None`` when nothing differs. Call it in the transaction of the save."""
    after = values_of(record)
    if before is not None:
        differing = [name for name in after if before.get(name) != after[name]]
        if not differing:
            return None
        before, after = _only(before, differing), _only(after, differing)
    return Change.objects.create(
        batch=batch, client=client, model=record._meta.label_lower, record_id=record.pk, by=by, at=at,
        act=(ChangeAct.CREATED if before is None else ChangeAct.UPDATED).value, before=before, after=after,
    )  # fmt: skip


def record_deletion(
    record: models.Model, *, by: Any, at: datetime, client: Client | None, batch: Batch | None = None
) -> Change:
    """Note that a record is about to be deleted, with all it held. Call it before, in the same transaction."""
    return Change.objects.create(
        batch=batch, client=client, model=record._meta.label_lower, record_id=record.pk, by=by, at=at,
        act=ChangeAct.DELETED.value, before=values_of(record), after=None,
    )  # fmt: skip


def _only(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: values.get(name) for name in names}
