"""Undoing a whole import: every record as it was before, or a list of what stands in the way.

What others did since with a record that the import wrote is never lost: then nothing is undone. Results
computed from the records (rollup, indicators, segments) go and are computed again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from clients.models import Batch, Change, Client
from clients.rules import UNDO_DAYS, ChangeAct
from clients.services.records import TAGS_OF_CLIENT
from common.locks import lock_until_commit
from common.statistics import refresh_statistics
from intake import orders, sql
from intake.models import KeptRow, RecordImport
from intake.rules import State
from intake.sql import rows, run
from intake.work import TOUCHED
from sales.rollup import rebuild_dirty
from sales.services import mark_days_of_lines, mark_days_of_orders, mark_days_of_products

KEPT, CHANGES = KeptRow._meta.db_table, Change._meta.db_table
SHOWN = 5
# Computed from the records, or the history of the record itself: no reason to keep it.
DERIVED_APPS = frozenset({"kinetics", "segmentation"})
DERIVED = frozenset({
    "attention.belief", "clients.change", "clients.duplicatepair", "clients.personpair", "clients.retentionnotice", "sales.clientday", "sales.onlineday",
    "sales.dirtyday",
})  # fmt: skip
TOLD = frozenset({"clients.client", "clients.person", "clients.interaction", "clients.unitmembership"})
# Children before parents.
ORDER = (
    "clients.interaction", "clients.unitmembership", "clients.client_tags", "clients.buyingunit", "sales.orderline",
    "sales.order", "clients.person", "clients.client", "clients.tag", "sales.product", "sales.category",
)  # fmt: skip


@dataclass(frozen=True)
class Obstacle:
    """``kind``: "changed" (a record was changed or deleted since) or "used" (something new hangs on it);
    ``model``: the record's, ``by``: of what hangs on it; ``examples``: records as people know them."""

    kind: str
    model: str
    by: str
    count: int
    examples: tuple[str, ...] = ()


class CannotUndo(Exception):
    """``code``: "not_done", "too_late", "undone" or "obstacles"."""

    def __init__(self, code: str, obstacles: list[Obstacle] | None = None) -> None:
        super().__init__(code)
        self.code, self.obstacles = code, obstacles or []


def undoable_until(record_import: RecordImport) -> datetime | None:
    if record_import.finished_at is None:
        return None
    return record_import.finished_at + timedelta(days=UNDO_DAYS)


def check(record_import: RecordImport, now: datetime) -> None:
    """Whether the state and the date allow it. Raises ``CannotUndo``."""
    if record_import.state == State.UNDONE:
        raise CannotUndo("undone")
    if record_import.state != State.DONE or record_import.batch is None:
        raise CannotUndo("not_done")
    until = undoable_until(record_import)
    if until is None or now > until:
        raise CannotUndo("too_late")


def undo_import(*, record_import: RecordImport, user: Any, now: datetime) -> dict[str, Any]:
    """Undo it wholly and rebuild the rollup. Raises ``CannotUndo``; nothing is changed then."""
    with transaction.atomic():
        lock_until_commit("sales import")
        lock_until_commit("intake")
        locked = (
            RecordImport.objects.select_for_update(of=("self",))
            .select_related("batch")
            .get(pk=record_import.pk)
        )
        check(locked, now)
        refresh_statistics(*TOUCHED)
        sql.analyze(KEPT)  # a small import did not, and each of its rows would go through all the others
        _hold_clients(locked)
        if obstacles := find_obstacles(locked):
            raise CannotUndo("obstacles", obstacles)
        counts = _undo(locked, user, now)
        Batch.objects.filter(record_imports=locked).update(undone_at=now, undone_by=user)
        KeptRow.objects.filter(record_import=locked).delete()
        locked.state = State.UNDONE.value
        locked.counts = locked.counts | {"undone": counts}
        locked.save(update_fields=["state", "counts"])
    record_import.refresh_from_db()
    return counts | {"rebuilt_days": rebuild_dirty()}


def _hold_clients(record_import: RecordImport) -> None:
    """Nobody changes or hangs anything on a client between the look for obstacles and the undoing."""
    kept = KeptRow.objects.filter(record_import=record_import, model="clients.client").values("record_id")
    held = Client.objects.select_for_update().filter(pk__in=kept).order_by("pk").values_list("pk", flat=True)
    for _pk in held.iterator(chunk_size=5_000):
        pass


# --- what stands in the way --------------------------------------------------------------------
def find_obstacles(record_import: RecordImport) -> list[Obstacle]:
    found = [one for label in _labels(record_import) for one in _changed(record_import, label)]
    if days := orders.changed_days(record_import):
        found.append(Obstacle("changed", "sales.order", "", days))
    for label in _labels(record_import):
        found.extend(_used(record_import, label))
    return found


def _labels(record_import: RecordImport) -> list[str]:
    kept = KeptRow.objects.filter(record_import=record_import, day=None)
    labels = set(kept.order_by().values_list("model", flat=True).distinct())
    return [label for label in ORDER if label in labels]


def _changed(record_import: RecordImport, label: str) -> Iterator[Obstacle]:
    model = apps.get_model(label)
    found = rows(
        f"SELECT k.record_id FROM {KEPT} k LEFT JOIN {model._meta.db_table} t ON t.id = k.record_id "
        "WHERE k.record_import_id = %s AND k.model = %s AND k.day IS NULL "
        f"AND (t.id IS NULL OR {sql.row_mark(model, 't')} <> k.after) ORDER BY k.record_id",
        [record_import.pk, label],
    )
    if found:
        yield Obstacle("changed", label, "", len(found), _examples(model, [pk for (pk,) in found[:SHOWN]]))


def _examples(model: Any, ids: list[int]) -> tuple[str, ...]:
    return tuple(str(record) for record in model.objects.filter(pk__in=ids).order_by("pk"))


def _created(label: str) -> str:
    return f"SELECT record_id FROM {KEPT} WHERE record_import_id = %s AND model = '{label}' AND before = '' AND day IS NULL"


def _hanging(model: type[models.Model]) -> Iterator[tuple[type[models.Model], Any]]:
    """Models with a foreign key to ``model``, and the key."""
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            yield relation.related_model, relation.field  # type: ignore[union-attr,misc]


def _has_id(model: type[models.Model]) -> bool:
    return any(field.column == "id" for field in sql.columns_of(model))


def _is_derived(model: type[models.Model]) -> bool:
    return model._meta.app_label in DERIVED_APPS or model._meta.label_lower in DERIVED


def _used(record_import: RecordImport, label: str) -> Iterator[Obstacle]:
    """What hangs on a created record and was not written by this import."""
    model = apps.get_model(label)
    for other, key in _hanging(model):
        if _is_derived(other):
            continue
        name = other._meta.label_lower
        mine, parameters = "", [record_import.pk]
        if _has_id(other):
            parameters.append(record_import.pk)
            mine = (
                f"AND NOT EXISTS (SELECT 1 FROM {KEPT} k WHERE k.record_import_id = %s AND k.day IS NULL "
                f"AND k.model = '{name}' AND k.record_id = t.id)"
            )
        if name == "sales.orderline":
            mine += (
                f" AND NOT EXISTS (SELECT 1 FROM {KEPT} k WHERE k.record_import_id = %s "
                f"AND k.model = '{orders.ORDER_DAY}' AND k.record_id = t.order_id AND k.day = t.day)"
            )
            parameters.append(record_import.pk)
        found = rows(
            f"SELECT t.{key.column}, COUNT(*) FROM {other._meta.db_table} t "
            f"WHERE t.{key.column} IN ({_created(label)}) {mine} GROUP BY t.{key.column} ORDER BY 1",
            parameters,
        )
        if found:
            examples = _examples(model, [pk for pk, _count in found[:SHOWN]])
            yield Obstacle("used", label, name, sum(count for _pk, count in found), examples)


# --- undoing -----------------------------------------------------------------------------------
def _undo(record_import: RecordImport, user: Any, now: datetime) -> dict[str, Any]:
    restored = deleted = 0
    days = orders.restore_days(record_import)
    _mark_days(record_import)
    labels = _labels(record_import)
    for label in labels:
        restored += _restore(record_import, label, user, now)
    for label in labels:
        deleted += _delete(record_import, label, user, now)
    return {"restored": restored, "deleted": deleted, "order_lines": days}


def _mark_days(record_import: RecordImport) -> None:
    """Costs and channels that go back change the rollup of the days that rest on them."""
    kept = f"SELECT record_id FROM {KEPT} WHERE record_import_id = {int(record_import.pk)} AND model = "
    mark_days_of_products(f"{kept}'sales.product' AND before <> ''")
    mark_days_of_lines(f"{kept}'sales.orderline'")
    mark_days_of_orders(f"{kept}'sales.order' AND before <> ''")


def _restore(record_import: RecordImport, label: str, user: Any, now: datetime) -> int:
    model = apps.get_model(label)
    table = model._meta.db_table
    fields = [field for field in sql.columns_of(model) if not field.primary_key]
    scope = "k.record_import_id = %s AND k.model = %s AND k.before <> '' AND k.day IS NULL"
    _tell_restored(record_import, model, user, now, scope)
    sets = ", ".join(f"{field.column} = {sql.before_value(field)}" for field in fields)
    source = f"{KEPT} k, {sql.kept_rows(model)}" if sql.on_postgresql() else f"{KEPT} k"
    return run(
        f"UPDATE {table} SET {sets} FROM {source} WHERE k.record_id = {table}.id AND {scope}",
        [record_import.pk, label],
    )


def _tell_restored(record_import: RecordImport, model: Any, user: Any, now: datetime, scope: str) -> None:
    """The same changes backwards: what the import told of these records, from and to exchanged."""
    run(
        f"INSERT INTO {CHANGES} (batch_id, client_id, model, record_id, act, before, after, by_id, at) "
        "SELECT c.batch_id, c.client_id, c.model, c.record_id, c.act, c.after, c.before, CAST(%s AS bigint), %s "
        f"FROM {CHANGES} c JOIN {KEPT} k ON k.model = c.model AND k.record_id = c.record_id "
        f"WHERE c.batch_id = %s AND c.act = %s AND {scope}",
        [user and user.pk, _stored(now), record_import.batch_id, ChangeAct.UPDATED.value, record_import.pk,
         model._meta.label_lower],
    )  # fmt: skip


def _delete(record_import: RecordImport, label: str, user: Any, now: datetime) -> int:
    model = apps.get_model(label)
    created, scope = _created(label), [record_import.pk]
    if label in TOLD:
        _tell_deleted(record_import, label, user, now)
    if label == TAGS_OF_CLIENT:
        _tell_untagged(record_import, user, now)
    for other, key in _hanging(model):
        if _is_derived(other):
            _delete_below(other, f"{key.column} IN ({created})", scope)
    return run(f"DELETE FROM {model._meta.db_table} WHERE id IN ({created})", scope)


def _delete_below(model: type[models.Model], condition: str, parameters: list[Any]) -> None:
    """Derived rows and what hangs on those."""
    table = model._meta.db_table
    if _has_id(model):
        for other, key in _hanging(model):
            _delete_below(other, f"{key.column} IN (SELECT id FROM {table} WHERE {condition})", parameters)
    run(f"DELETE FROM {table} WHERE {condition}", parameters)


def _tell_deleted(record_import: RecordImport, label: str, user: Any, now: datetime) -> None:
    """That records are gone; the history of a client that was itself created goes with it."""
    whose = "NULL" if label == "clients.client" else "t.client_id"
    run(
        f"INSERT INTO {CHANGES} (batch_id, client_id, model, record_id, act, before, after, by_id, at) "
        f"SELECT CAST(%s AS bigint), {whose}, %s, t.id, %s, NULL, NULL, CAST(%s AS bigint), %s "
        f"FROM {apps.get_model(label)._meta.db_table} t WHERE t.id IN ({_created(label)})",
        [
            record_import.batch_id,
            label,
            ChangeAct.DELETED.value,
            user and user.pk,
            _stored(now),
            record_import.pk,
        ],
    )


def _tell_untagged(record_import: RecordImport, user: Any, now: datetime) -> None:
    run(
        f"INSERT INTO {CHANGES} (batch_id, client_id, model, record_id, act, before, after, by_id, at) "
        "SELECT c.batch_id, c.client_id, c.model, c.record_id, c.act, c.after, c.before, CAST(%s AS bigint), %s "
        f"FROM {CHANGES} c WHERE c.batch_id = %s AND c.model = %s",
        [user and user.pk, _stored(now), record_import.batch_id, TAGS_OF_CLIENT],
    )


def _stored(now: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(now)


def purge_kept(now: datetime) -> int:
    """Forget what imports replaced once they can no longer be undone. Returns how many rows."""
    over = RecordImport.objects.filter(finished_at__lt=now - timedelta(days=UNDO_DAYS))
    return int(KeptRow.objects.filter(record_import__in=over).delete()[0])
