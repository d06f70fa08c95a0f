"""Merge: one transaction that locks both, moves all that hangs on the loser and writes down every row."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from clients.merging import followers
from clients.merging.consents import stricter_consents
from clients.merging.fields import taken_values
from clients.merging.followers import Merged
from clients.merging.joining import MergeRefused, keep_leading, of_both, rewrite
from clients.merging.repointing import Journal, repoint
from clients.merging.types import one_type
from clients.models import Batch, Client, Person
from clients.rules import BatchKind, ClientKind, ClientState
from common.conflicts import again_after_deadlock

_FILLED = ("email", "phone", "job_title", "source")


@again_after_deadlock
@transaction.atomic
def merge_clients(
    *, survivor_id: int, loser_id: int, take: Collection[str] = (), by: Any, now: datetime
) -> Batch:
    """Let ``loser`` live on in ``survivor``; ``take`` names the fields whose value is the loser's.

    Raises ``MergeRefused``; two people who merge at once get one merge and one refusal.
    """
    if survivor_id == loser_id:
        raise MergeRefused("same")
    followers.before()
    survivor, loser = _locked(survivor_id, loser_id)
    batch = Batch.objects.create(kind=BatchKind.MERGE.value, label=loser.ref, by=by, at=now)
    journal = Journal(batch, by, now)
    taken = set(take)
    is_person = (loser if "kind" in taken else survivor).kind == ClientKind.PERSON
    _join_people(survivor, loser, is_person, journal)
    parent = _parent(survivor, loser, taken)
    counts = repoint(
        Client, old=loser.pk, new=survivor.pk, journal=journal, without=["clients.client.parent"]
    )
    _move_subsidiaries(survivor, loser, journal)
    _close(survivor, loser, taken, parent, journal)
    journal.write()
    batch.counts = counts
    batch.save(update_fields=["counts"])
    followers.after(Merged(batch.pk, survivor.pk, loser.pk, now))
    return batch


def _locked(survivor_id: int, loser_id: int) -> tuple[Client, Client]:
    """Both in the order of their numbers, so that two merges never wait for each other."""
    rows = Client.objects.select_for_update().filter(pk__in=[survivor_id, loser_id]).order_by("pk")
    found = {client.pk: client for client in rows if client.state == ClientState.ACTIVE}
    if len(found) < 2:
        raise MergeRefused("not_active")
    return found[survivor_id], found[loser_id]


# --- people -----------------------------------------------------------------------------------
def _join_people(survivor: Client, loser: Client, is_person: bool, journal: Journal) -> None:
    """Two records of the private person who is the client become one; else at most one is the client."""
    selves = {person.client_id: person for person in Person.objects.filter(
        client__in=[survivor.pk, loser.pk], is_client=True)}  # fmt: skip
    mine, theirs = selves.get(survivor.pk), selves.get(loser.pk)
    if mine and theirs:
        stricter_consents(mine, theirs, journal, journal.at)
        one_type(mine, theirs, journal, timezone.localdate(journal.at))
        repoint(Person, old=theirs.pk, new=mine.pk, journal=journal)
        rewrite(mine, _joined(mine, theirs), journal)
        keep_leading(theirs.pk, mine, journal, ref=theirs.ref)
    elif theirs and not is_person:
        rewrite(theirs, {"is_client": False}, journal)


def _joined(mine: Person, theirs: Person) -> dict[str, Any]:
    """What ``mine`` lacks and ``theirs`` knows; an objection of either counts, the later contact too."""
    filled = {
        name: getattr(theirs, name) for name in _FILLED if not getattr(mine, name) and getattr(theirs, name)
    }
    return filled | of_both(mine, theirs)


# --- companies above and below ------------------------------------------------------------------
def _parent(survivor: Client, loser: Client, taken: set[str]) -> int | None:
    """The parent of the two together; never one of them, nor a company that belongs to them."""
    wanted = [
        loser.parent_id if "parent" in taken else survivor.parent_id,
        survivor.parent_id,
        loser.parent_id,
    ]
    for parent_id in wanted:
        if parent_id in (None, survivor.pk, loser.pk):
            continue
        if {survivor.pk, loser.pk}.isdisjoint(_ancestors(parent_id)):
            return parent_id
    return None


def _ancestors(client_id: int | None) -> set[int]:
    found: set[int] = set()
    while client_id is not None and client_id not in found:
        found.add(client_id)
        client_id = Client.objects.filter(pk=client_id).values_list("parent_id", flat=True).first()
    return found


def _move_subsidiaries(survivor: Client, loser: Client, journal: Journal) -> None:
    """Subsidiaries of the loser become the survivor's; one that is the survivor itself is settled after."""
    rows = Client.objects.filter(parent=loser).exclude(pk=survivor.pk)
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        Client.objects.filter(pk=pk).update(parent=survivor)
        journal.note(Client, pk, {"parent_id": loser.pk}, {"parent_id": survivor.pk})


# --- the two themselves -------------------------------------------------------------------------
def _close(survivor: Client, loser: Client, taken: set[str], parent: int | None, journal: Journal) -> None:
    rewrite(survivor, taken_values(loser, taken) | {"parent_id": parent}, journal, client=survivor)
    gone = {"state": ClientState.MERGED.value, "merged_into_id": survivor.pk}
    Client.objects.filter(pk=loser.pk).update(**gone)
    journal.note(Client, loser.pk, {"state": loser.state, "merged_into_id": None}, gone, survivor)
