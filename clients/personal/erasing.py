"""Erase a person: nothing of theirs is left to read, the sums they are part of stay, and no file brings them back."""

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from clients.merging import followers
from clients.models import (
    Batch,
    BuyingUnit,
    Change,
    Client,
    DuplicatePair,
    Erasure,
    Interaction,
    MergedPerson,
    Person,
    RetentionNotice,
    Task,
    Trail,
    UnitMembership,
)
from clients.personal import ledger
from clients.personal.needles import GONE, Needles, names_of
from clients.personal.sources import Subject, sources, subject_of
from clients.personal.sweeping import sweep_files, sweep_tables
from clients.rules import BatchKind, ChangeAct, ClientState, TrailAct, UnitKind
from clients.services.records import save_record
from clients.suppression import Identity, marks_of, suppress
from common.conflicts import Vanished, again_after_deadlock

LEAST_DIGITS = 8
BLANK = ("name", "street", "postcode", "city", "country", "email", "phone", "registration_number", "website")


def identities_of(subject: Subject) -> list[Identity]:
    """By what the subject would come back: every reference, e-mail, and name with postcode."""
    found = [Identity(client.ref, client.email, client.name, client.postcode) for client in subject.clients]
    postcodes = {client.pk: client.postcode for client in subject.clients}
    people = [
        Identity(person.ref or "", person.email, person.name, postcodes.get(person.client_id, ""))
        for person in subject.people
    ]
    people += [Identity(ref, "", "", "") for ref in subject.old_refs]
    return [*found, *people] if subject.is_whole else people


def needles_of(subject: Subject) -> Needles:
    strong = [text for person in subject.people for text in (
        person.email, person.phone, *names_of(person.first_name, person.last_name))]  # fmt: skip
    strong += [digits for text in strong if len(digits := "".join(filter(str.isdigit, text))) >= LEAST_DIGITS]
    refs = [person.ref or "" for person in subject.people] + subject.old_refs
    if subject.is_whole:
        for client in subject.clients:
            first, _, last = client.name.partition(" ")
            strong += [client.email, client.phone, *names_of(first, last)]
            refs.append(client.ref)
    return Needles(strong, refs)


@again_after_deadlock
def erase_subject(*, subject: Subject, by: Any, now: datetime, reason: str = "request") -> dict[str, int]:
    """Erase at once and for good; returns what was forgotten, by name. Files go when it is committed.

    Raises ``Vanished`` when somebody else erased the subject meanwhile.
    """
    with transaction.atomic():
        followers.before()  # no import and no merge brings back what is forgotten here
        subject = _held(subject)
        needles = needles_of(subject)
        marks = sorted({mark for identity in identities_of(subject) for mark in marks_of(identity)})
        counts: dict[str, int] = {}
        for source in reversed(sources()):
            counts |= source.erase(subject, now)
        counts |= _forget_journal(subject, needles)
        counts |= _forget_whole(subject, by, now) if subject.is_whole else _forget_person(subject, needles)
        counts["texts"] = sum(sweep_tables(needles).values())
        suppress(marks=marks, at=now)
        erasure = Erasure.objects.create(
            subject=subject.kind,
            record_id=subject.record_id,
            marks=marks,
            erased_at=now,
            by=by,
            reason=reason,
        )
        Trail.objects.create(
            act=TrailAct.ERASED.value, subject=subject.kind, record_id=subject.record_id, by=by, at=now
        )
        transaction.on_commit(lambda: ledger.append([erasure]))
        if needles or needles.refs:
            transaction.on_commit(lambda: _noted(counts, sweep_files(needles)))
    return counts


def _held(subject: Subject) -> Subject:
    """The subject as it stands under the lock: merged since it was read, it is erased where it lives on."""
    model, pk = (Client, subject.client.pk) if subject.is_whole else (Person, subject.record_id)
    record = model._default_manager.filter(pk=pk).first()  # type: ignore[attr-defined]
    if record is None and not subject.is_whole and (led := MergedPerson.objects.filter(pk=pk).first()):
        record = led.person
    client_id = None if record is None else (pk if subject.is_whole else record.client_id)
    while client_id is not None:
        client = Client.objects.get(pk=client_id)
        if client.state == ClientState.ACTIVE:
            break
        client_id = client.merged_into_id if client.state == ClientState.MERGED else None
    if client_id is None or record is None:
        raise Vanished(f"{subject.kind} {subject.record_id}")
    fresh = subject_of(client if subject.is_whole else record)
    list(Client.objects.select_for_update().filter(pk__in=fresh.client_ids).order_by("pk"))
    return fresh


def _noted(counts: dict[str, int], files: int) -> None:
    counts["files"] = files


def _forget_journal(subject: Subject, needles: Needles) -> dict[str, int]:
    """Changes keep who, what and when; their values go. Of a company only those that name the person."""
    mine = Q(model="clients.person", record_id__in=subject.person_numbers)
    if subject.is_whole:
        mine |= Q(client__in=subject.client_ids) | Q(model="clients.client", record_id__in=subject.client_ids)
        mine |= _of_children(subject)
    # A record that was merged into the person's went whole into the journal of that merge.
    merges = Change.objects.filter(
        batch__kind=BatchKind.MERGE.value, model="clients.person", record_id__in=subject.person_ids
    )
    mine |= Q(act=ChangeAct.DELETED.value, batch__in=merges.values("batch"))
    changes = Change.objects.filter(mine).exclude(before=None, after=None)
    labels = [client.ref for client in subject.clients] if subject.is_whole else []
    labels += [person.ref for person in subject.people if person.ref] + subject.old_refs
    Batch.objects.filter(changes__in=changes, label__in=labels).update(label="")
    return {"changes": changes.update(before=None, after=None)}


def _of_children(subject: Subject) -> Q:
    """Records that hung on the clients: their old values may stand in batches of other clients."""
    found = Q(pk__in=[])
    for model in (Interaction, Task, UnitMembership):
        ids = model.objects.filter(client__in=subject.client_ids).values("pk")
        found |= Q(model=model._meta.label_lower, record_id__in=ids)
    return found


def _forget_person(subject: Subject, needles: Needles) -> dict[str, int]:
    """One of a company's people: the talks stay as dates and minutes, what was said with that person goes."""
    talks = Interaction.objects.filter(person__in=subject.person_ids)
    counts = {"interactions": talks.update(summary=GONE, next_step="", person=None)}
    Person.objects.filter(pk__in=subject.person_ids).delete()
    return counts | {"people": len(subject.people)}


def _forget_whole(subject: Subject, by: Any, now: datetime) -> dict[str, int]:
    ids = subject.client_ids
    counts = {
        # The minutes count as cost of keeping clients: a past sum must not change.
        "interactions": Interaction.objects.filter(client__in=ids).update(
            summary=GONE, next_step="", person=None, ref=None
        ),
        "tasks": Task.objects.filter(client__in=ids).delete()[0],
        "people": len(subject.people),
    }
    DuplicatePair.objects.filter(Q(left__in=ids) | Q(right__in=ids)).delete()
    RetentionNotice.objects.filter(client__in=ids).delete()
    _forget_units(ids)
    Person.objects.filter(client__in=ids).delete()
    Client.tags.through.objects.filter(client__in=ids).delete()
    for below in Client.objects.select_for_update().filter(parent__in=ids).exclude(pk__in=ids).order_by("pk"):
        below.parent = None
        save_record(below, by=by, at=now, client=below)
    for client in subject.clients:
        _make_shell(client)
    return counts | {"clients": len(ids)}


def _forget_units(ids: list[int]) -> None:
    """A household nobody else belongs to is named after the person."""
    units = list(UnitMembership.objects.filter(client__in=ids).values_list("unit_id", flat=True))
    UnitMembership.objects.filter(client__in=ids).delete()
    alone = BuyingUnit.objects.filter(pk__in=units, kind=UnitKind.HOUSEHOLD.value, memberships__isnull=True)
    alone.delete()


def _make_shell(client: Client) -> None:
    """What is left: a number with orders, which sums and past totals still count."""
    Client.objects.filter(pk=client.pk).update(
        **dict.fromkeys(BLANK, ""), ref=f"erased-{secrets.token_hex(8)}", search_text="", owner=None, team=None,
        parent=None, merged_into=None, state=ClientState.ERASED.value,
    )  # fmt: skip
