"""Take a merge back: every row it noted goes where it was, or nothing does."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import models, transaction

from clients.history import values_of
from clients.merging import followers
from clients.merging.followers import Merged
from clients.models import Batch, Change, Client, MergedPerson, Person
from clients.rules import UNDO_DAYS, BatchKind, ChangeAct, ClientState
from common.conflicts import again_after_deadlock

AT_ONCE = 500


class UndoRefused(Exception):
    """``code``: done (already), late (after 30 days), changed (what was merged was changed since, or merged on).

    ``model`` names what was changed.
    """

    def __init__(self, code: str, model: type[models.Model] | None = None) -> None:
        super().__init__(code)
        self.code, self.model = code, model


def may_undo_until(batch: Batch) -> datetime:
    return batch.at + timedelta(days=UNDO_DAYS)


def merged_pair(batch: Batch) -> tuple[int, int] | None:
    """(survivor, loser) of a merge; None for a batch that is none or has lost its journal."""
    closing = batch.changes.filter(model="clients.client", after__state=ClientState.MERGED.value).first()
    if batch.kind != BatchKind.MERGE or closing is None:
        return None
    return closing.after["merged_into_id"], closing.record_id


def held(
    batch_id: int, now: datetime, pair_of: Callable[[Batch], tuple[int, int] | None]
) -> tuple[Batch, tuple[int, int]]:
    """The merge and its pair, locked until the transaction ends. Raises ``UndoRefused``: done, late."""
    followers.before()
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    pair = pair_of(batch)
    if pair is None or batch.undone_at is not None:
        raise UndoRefused("done")
    if now > may_undo_until(batch):
        raise UndoRefused("late")
    MergedPerson.objects.filter(merge=batch).delete()  # the record is there again, or nothing is undone
    return batch, pair


def undone(batch: Batch, by: Any, now: datetime) -> Batch:
    Batch.objects.filter(pk=batch.pk).update(undone_at=now, undone_by=by)
    batch.undone_at, batch.undone_by = now, by
    return batch


@again_after_deadlock
@transaction.atomic
def undo_merge(*, batch_id: int, by: Any, now: datetime) -> Batch:
    """Raises ``UndoRefused``, having changed nothing."""
    batch, pair = held(batch_id, now, merged_pair)
    list(Client.objects.select_for_update().filter(pk__in=pair).order_by("pk"))
    changes = list(batch.changes.order_by("-pk"))
    for model, rows in runs(changes):
        check_rows(model, rows)
    for model, rows in runs(changes):
        restore_rows(model, rows)
    for model in (Client, Person):
        search_again(model, {row.record_id for row in changes if row.model == model._meta.label_lower})
    tell(changes, by, now)
    undone(batch, by, now)
    followers.after(Merged(batch.pk, *pair, at=now, undone=True))
    return batch


def runs(changes: list[Change]) -> Iterator[tuple[type[models.Model], list[Change]]]:
    """Neighbours alike in model and in what they restore, so that each run is one statement."""
    alike = groupby(changes, key=lambda change: (change.model, change.before, change.after))
    for (label, _, _), run in alike:
        rows = list(run)
        for first in range(0, len(rows), AT_ONCE):
            yield apps.get_model(label), rows[first : first + AT_ONCE]


def check_rows(model: type[models.Model], rows: list[Change]) -> None:
    """What the merge left must still stand: else somebody built upon it."""
    stored = model._base_manager.in_bulk([row.record_id for row in rows])
    for row in rows:
        record = stored.get(row.record_id)
        now = values_of(record) if record else {}
        if record is None or any(now.get(name) != value for name, value in (row.after or {}).items()):
            raise UndoRefused("changed", model)


def restore_rows(model: type[models.Model], rows: list[Change]) -> None:
    before = rows[0].before or {}
    columns = {field.attname: field for field in model._meta.concrete_fields}
    values = {name: columns[name].to_python(value) for name, value in before.items()}
    model._base_manager.filter(pk__in=[row.record_id for row in rows]).update(**values)


_BACKWARDS = {
    ChangeAct.DELETED.value: ChangeAct.CREATED.value,
    ChangeAct.CREATED.value: ChangeAct.DELETED.value,
}


def tell(changes: Iterable[Change], by: Any, now: datetime) -> None:
    """The histories that told of the merge tell of its undoing: the same, from and to exchanged."""
    Change.objects.bulk_create(
        [
            Change(
                batch_id=row.batch_id, client_id=row.client_id, model=row.model, record_id=row.record_id, by=by, at=now,
                act=_BACKWARDS.get(row.act, row.act), before=row.after, after=row.before,
            )
            for row in changes if row.client_id
        ],
        batch_size=AT_ONCE,
    )  # fmt: skip


def search_again(model: type[Client] | type[Person], ids: Iterable[int]) -> None:
    for record in model._base_manager.filter(pk__in=ids):
        model._base_manager.filter(pk=record.pk).update(search_text=record.make_search_text())
