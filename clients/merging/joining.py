"""What two merges share: of clients, and of the two records of one person."""

from typing import Any

from clients.history import values_of
from clients.merging.fields import Record
from clients.merging.repointing import Journal
from clients.models import Client, MergedPerson, Person


class MergeRefused(Exception):
    """``code``: same, not_active, is_client."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def of_both(mine: Person, theirs: Person) -> dict[str, Any]:
    """What holds of two records of one person: an objection of either, the earlier one, and the later contact."""
    objected = [at for at in (mine.profiling_objected_at, theirs.profiling_objected_at) if at]
    contacts = [day for day in (mine.last_contact_on, theirs.last_contact_on) if day]
    values: dict[str, Any] = {"profiling_objected_at": min(objected)} if objected else {}
    return values | ({"last_contact_on": max(contacts)} if contacts else {})


def keep_leading(old_id: int, new: Person, journal: Journal, *, ref: str | None) -> None:
    """The number ``old_id`` and ``ref`` lead to ``new`` until the merge is undone. What led there was
    re-pointed before, as all that hung on it."""
    taken = MergedPerson.objects.filter(ref=ref).first() if ref else None
    if taken is not None:  # given anew since, which only the administration can
        MergedPerson.objects.filter(pk=taken.pk).update(ref=None)
        journal.note(MergedPerson, taken.pk, {"ref": ref}, {"ref": None})
    MergedPerson.objects.create(id=old_id, person=new, ref=ref, merge=journal.batch, merged_at=journal.at)


def rewrite(
    record: Record,
    values: dict[str, Any],
    journal: Journal,
    *,
    client: Client | None = None,
    always: bool = False,
) -> None:
    """Write what of ``values`` differs and note it; ``always``: note also that nothing did."""
    before = values_of(record)
    for name, value in values.items():
        setattr(record, name, value)
    after = values_of(record)
    changed = [name for name in values if before[name] != after[name]]
    if changed:
        type(record)._base_manager.filter(pk=record.pk).update(
            **{name: values[name] for name in changed}, search_text=record.make_search_text()
        )
    if changed or always:
        journal.note(
            type(record), record.pk, {name: before[name] for name in changed},
            {name: after[name] for name in changed}, client,
        )  # fmt: skip
