"""Erase again what a restored backup brought back."""

from datetime import datetime
from typing import Any

from clients.models import Client, Erasure, Person
from clients.personal import ledger
from clients.personal.erasing import erase_subject, identities_of
from clients.personal.sources import NotAPerson, Subject, subject_of
from clients.rules import ClientState
from clients.suppression import marks_to_find, suppress


def replay_erasures(*, now: datetime) -> dict[str, int]:
    """Every erasure of the ledger that the database has forgotten is done again; safe to repeat.

    Suppression marks come back first. A record is erased only when it still carries one of the marks: its
    number may belong to somebody else by now.
    """
    written = ledger.append(list(Erasure.objects.order_by("pk")))
    lines = ledger.read()
    erased = 0
    for line in lines:
        suppress(marks=line["marks"], at=datetime.fromisoformat(line["erased_at"]))
        subject = _still_there(line)
        if subject is not None:
            erase_subject(subject=subject, by=None, now=now, reason=line.get("reason", "request"))
            erased += 1
    return {"known": len(lines), "erased_again": erased, "written_to_ledger": written}


def _still_there(line: dict[str, Any]) -> Subject | None:
    record: Client | Person | None
    if line["subject"] == "client":
        record = Client.objects.filter(pk=line["record"]).exclude(state=ClientState.ERASED.value).first()
    else:
        record = Person.objects.filter(pk=line["record"]).select_related("client").first()
    try:
        subject = subject_of(record) if record else None
    except NotAPerson:
        return None
    if subject is None:
        return None
    carried = {mark for identity in identities_of(subject) for mark in marks_to_find(identity)}
    return None if carried.isdisjoint(line["marks"]) else subject
