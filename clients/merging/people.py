"""Merge two records of one person: all that hangs on one goes to the other, and the record itself goes.

What may not be there twice, such as a second open consent, is written down whole before it goes: an undo puts
every row back. Of consents and objections the stricter one holds.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models.deletion import Collector
from django.utils import timezone

from clients.merging import followers
from clients.merging.consents import stricter_consents
from clients.merging.fields import taken_values
from clients.merging.joining import MergeRefused, keep_leading, of_both, rewrite
from clients.merging.repointing import Journal, repoint
from clients.merging.types import one_type
from clients.merging.undo import UndoRefused, check_rows, held, restore_rows, runs, search_again, tell, undone
from clients.models import Batch, Change, Client, Person
from clients.rules import BatchKind, ChangeAct, ClientState
from common.conflicts import again_after_deadlock

PERSON = "clients.person"


# --- merge --------------------------------------------------------------------------------------
@again_after_deadlock
@transaction.atomic
def merge_people(
    *, survivor_id: int, loser_id: int, take: Collection[str] = (), by: Any, now: datetime
) -> Batch:
    """Raises ``MergeRefused``: same; not_active (somebody was quicker); is_client (the private client's own)."""
    if survivor_id == loser_id:
        raise MergeRefused("same")
    followers.before()
    survivor, loser = _locked(survivor_id, loser_id)
    if loser.is_client:
        raise MergeRefused("is_client")
    label = loser.ref or ""
    batch = Batch.objects.create(kind=BatchKind.MERGE.value, label=label, by=by, at=now)
    journal = Journal(batch, by, now)
    stricter_consents(survivor, loser, journal, now)
    one_type(survivor, loser, journal, timezone.localdate(now))
    counts = repoint(Person, old=loser.pk, new=survivor.pk, journal=journal)
    _note_and_delete(loser, journal)
    _settle(survivor, loser, set(take), journal)
    keep_leading(loser_id, survivor, journal, ref=None if survivor.ref == loser.ref else loser.ref)
    journal.write()
    batch.counts = counts
    batch.save(update_fields=["counts"])
    return batch


def _locked(survivor_id: int, loser_id: int) -> tuple[Person, Person]:
    """Their clients and they, each in the order of their numbers."""
    people = Person.objects.filter(pk__in=[survivor_id, loser_id])
    clients = Client.objects.select_for_update().filter(pk__in=people.values("client_id")).order_by("pk")
    active = {client.pk for client in clients if client.state == ClientState.ACTIVE}
    rows = (
        Person.objects.select_for_update(of=("self",)).filter(pk__in=[survivor_id, loser_id]).order_by("pk")
    )
    found = {person.pk: person for person in rows if person.client_id in active}
    if len(found) < 2:
        raise MergeRefused("not_active")
    return found[survivor_id], found[loser_id]


def _whole(record: models.Model) -> dict[str, Any]:
    """Every stored column, as JSON holds them, moments to the last digit."""
    encoder, values = DjangoJSONEncoder(), {}
    for field in record._meta.concrete_fields:
        value = getattr(record, field.attname)
        if isinstance(value, date):
            value = value.isoformat()
        plain = value is None or isinstance(value, str | int | float | bool | dict | list)
        values[field.attname] = value if plain else encoder.default(value)
    return values


def _note_and_delete(loser: Person, journal: Journal) -> None:
    """The record and what goes with it, each row whole, what hangs on others first."""
    collector = Collector(using="default")
    collector.collect([loser])
    rows: list[models.Model] = [row for query in collector.fast_deletes for row in query]
    collector.sort()
    rows += [row for found in collector.data.values() for row in found]
    journal.write()
    journal.rows = []
    for row in rows:
        Change.objects.create(
            batch=journal.batch, client_id=loser.client_id, model=row._meta.label_lower, record_id=row.pk,
            act=ChangeAct.DELETED.value, before=_whole(row), after=None, by=journal.by, at=journal.at,
        )  # fmt: skip
    loser.delete()


def _settle(survivor: Person, loser: Person, taken: set[str], journal: Journal) -> None:
    """The chosen values, and what holds of both. Noted also when nothing differs: the journal tells of whom the
    other became a part."""
    values = taken_values(loser, taken) | of_both(survivor, loser)
    if survivor.is_client:
        values.pop("client_id", None)
    if loser.ref and not survivor.ref:
        values["ref"] = loser.ref
    rewrite(survivor, values, journal, client=survivor.client, always=True)


# --- undo ---------------------------------------------------------------------------------------
def merged_people(batch: Batch) -> tuple[int, int] | None:
    """(survivor, loser) of a merge of people; None for any other batch, and once its journal was emptied."""
    if batch.kind != BatchKind.MERGE:
        return None
    people = batch.changes.filter(model=PERSON)
    gone = people.filter(act=ChangeAct.DELETED.value).first()
    stays = people.filter(act=ChangeAct.UPDATED.value).order_by("-pk").first()
    if gone is None or stays is None or gone.before is None:
        return None
    return stays.record_id, gone.record_id


@again_after_deadlock
@transaction.atomic
def undo_people_merge(*, batch_id: int, by: Any, now: datetime) -> Batch:
    """Raises ``UndoRefused``, having changed nothing."""
    batch, pair = held(batch_id, now, merged_people)
    survivor = Person.objects.filter(pk=pair[0]).first()
    gone = list(batch.changes.filter(act=ChangeAct.DELETED.value).order_by("-pk"))
    home = next(change for change in gone if change.model == PERSON).before or {}
    wanted = {home["client_id"], survivor.client_id if survivor else None}
    clients = Client.objects.select_for_update().filter(pk__in=wanted - {None}).order_by("pk")
    if survivor is None or any(client.state != ClientState.ACTIVE for client in clients):
        raise UndoRefused("changed", Person)
    changes = list(batch.changes.exclude(act=ChangeAct.DELETED.value).order_by("-pk"))
    after_deletion = [change for change in changes if change.pk > gone[0].pk]
    before_deletion = [change for change in changes if change.pk < gone[0].pk]
    for model, rows in runs(changes):
        check_rows(model, rows)
    for model, rows in runs(after_deletion):
        restore_rows(model, rows)
    if home["ref"] and Person.objects.filter(ref=home["ref"]).exists():
        raise UndoRefused("changed", Person)  # somebody else goes by that reference now
    _recreate(gone)
    for model, rows in runs(before_deletion):
        restore_rows(model, rows)
    search_again(Person, pair)
    tell([*changes, *gone], by, now)
    return undone(batch, by, now)


def _recreate(gone: Iterable[Change]) -> None:
    """Under their old numbers, the person first."""
    for change in gone:
        model = apps.get_model(change.model)
        columns = {field.attname: field for field in model._meta.concrete_fields}
        values = {name: columns[name].to_python(value) for name, value in (change.before or {}).items()}
        model(**values).save_base(raw=True, force_insert=True)  # as it was: no moment is set anew
