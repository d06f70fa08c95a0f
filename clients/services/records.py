"""Save and delete one record with its history, in one transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction

from clients.history import record_change, record_deletion, values_of
from clients.models import Change, Client, Tag, Task
from clients.rules import ChangeAct, ClientState, TaskState
from common.conflicts import Vanished
from common.text import clean

LONGEST_TAG = 40
MAX_TAGS = 20
MOST_MERGES = 20
TAGS_OF_CLIENT = Client.tags.through._meta.label_lower
"""``Change.model`` of a change of a client's tags; ``record_id`` is the client's."""


class Stale(Exception):
    """Somebody changed the record after the page was made; ``stored`` is how it stands now."""

    def __init__(self, stored: models.Model) -> None:
        super().__init__(f"{stored._meta.label_lower} {stored.pk} was changed meanwhile")
        self.stored = stored


def standing(client: Client) -> Client:
    """The client as it stands now, held until the transaction ends: where it lives on when it was merged
    after it was read, so that nothing new hangs on what nobody sees. Raises ``Vanished``."""
    for _merge in range(MOST_MERGES):
        now = Client.objects.select_for_update().filter(pk=client.pk).first()
        if now is None or now.state == ClientState.ERASED:
            raise Vanished(f"client {client.pk}")
        if now.state != ClientState.MERGED:
            return client
        client = Client(pk=now.merged_into_id)
        client.refresh_from_db()
    raise Vanished(f"client {client.pk}")


@transaction.atomic
def save_record(
    record: Any, *, by: Any, at: datetime, client: Client | None, seen: str = ""
) -> Change | None:
    """Save a record and note what differs; ``None`` when nothing does.

    ``seen`` is the ``updated_at`` the writer had read, as ISO text; raises ``Stale`` when it has moved.
    """
    before = None
    if record.pk:
        stored = type(record)._default_manager.select_for_update().filter(pk=record.pk).first()
        if stored is None:
            raise Vanished(f"{record._meta.label_lower} {record.pk}")
        if seen and stored.updated_at.isoformat() != seen:
            raise Stale(stored)
        before = values_of(stored)
        if before == values_of(record):
            return None
    elif client is not None and hasattr(record, "client_id"):
        client = standing(client)
        record.client = client
    record.save()
    return record_change(record, before=before, by=by, at=at, client=client)


@transaction.atomic
def delete_record(record: Any, *, by: Any, at: datetime, client: Client | None) -> None:
    record_deletion(record, by=by, at=at, client=client)
    record.delete()


@transaction.atomic
def save_client(
    client: Client, *, tags: Iterable[str] | None = None, by: Any, at: datetime, seen: str = ""
) -> None:
    """Save a client with its tags (``None`` leaves them). The open tasks of an owner who hands the client
    over go along with it, for that owner may not see the client any more. Raises ``Stale``."""
    owner_before = Client.objects.filter(pk=client.pk).values_list("owner_id", flat=True).first()
    save_record(client, by=by, at=at, client=client, seen=seen)
    if owner_before and client.owner_id and owner_before != client.owner_id:
        open_tasks = Task.objects.filter(client=client, owner_id=owner_before, state=TaskState.OPEN)
        for task in open_tasks:
            task.owner_id = client.owner_id
            save_record(task, by=by, at=at, client=client)
    if tags is not None:
        _set_tags(client, tags_named(tags), by, at)


def tags_named(names: Iterable[str]) -> list[Tag]:
    """The tags of these names, made where they are new; the same word in other letters is the same tag."""
    wanted = {name.casefold(): name for name in (clean(name)[:LONGEST_TAG] for name in names) if name}
    found = []
    for name in list(wanted.values())[:MAX_TAGS]:
        tag = Tag.objects.filter(name__iexact=name).first()
        found.append(tag or Tag.objects.get_or_create(name=name)[0])
    return found


def _set_tags(client: Client, tags: list[Tag], by: Any, at: datetime) -> None:
    before = sorted(client.tags.values_list("name", flat=True))
    after = sorted({tag.name for tag in tags})
    if before == after:
        return
    client.tags.set(tags)
    tell_tags(client, before, after, by, at)


def tell_tags(client: Client, before: list[str], after: list[str], by: Any, at: datetime) -> None:
    """Note that the tags of a client are others now; the lists are in the order of the words."""
    Change.objects.create(
        client=client, model=TAGS_OF_CLIENT, record_id=client.pk, by=by, at=at, act=ChangeAct.UPDATED.value,
        before={"tags": before}, after={"tags": after},
    )  # fmt: skip
