"""What may be done with many clients: another owner, a team, a tag, a task for each."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Team, User
from accounts.rules import Act
from clients.bulk.forms import AssignForm, ExportForm, TagForm, TaskForm, UntagForm
from clients.bulk.registry import BulkAct, Chunk, Values, add_bulk_act
from clients.bulk.services import tell
from clients.exporting import export_list
from clients.models import Batch, Change, Client, Tag, Task
from clients.rules import ChangeAct
from common.lists.state import ListState

CLIENT, TASK = "clients.client", "clients.task"


def _changed(chunk: Chunk, client_id: int, before: Values, after: Values) -> Change:
    return Change(
        batch=chunk.batch, client_id=client_id, model=CLIENT, record_id=client_id, by=chunk.user,
        act=ChangeAct.UPDATED.value, before=dict(before), after=dict(after), at=chunk.now,
    )  # fmt: skip


# Another owner or team


def _assigned(values: Values) -> dict[str, int | None]:
    return {f"{name}_id": values[name] for name in ("owner", "team") if name in values}


def assign(chunk: Chunk) -> int:
    wanted = _assigned(chunk.values)
    rows = Client.objects.select_for_update().filter(pk__in=chunk.ids).order_by("pk")
    changes = []
    for client in rows.values("pk", *wanted):
        pk = client.pop("pk")
        differing = {name: value for name, value in client.items() if value != wanted[name]}
        if differing:
            changes.append(_changed(chunk, pk, differing, {name: wanted[name] for name in differing}))
    ids = [change.record_id for change in changes]
    Client.objects.filter(pk__in=ids).update(**wanted, updated_at=chunk.now)
    return tell(changes)


def unassign(batch: Batch, changes: Sequence[Change], user: Any, now: datetime) -> int:
    """Back to the owner before, where the new one is still there; one UPDATE per owner before."""
    groups: dict[tuple[tuple[str, Any], ...], list[Change]] = {}
    for change in changes:
        key = (*sorted((change.before or {}).items()), *sorted((change.after or {}).items()))
        groups.setdefault(key, []).append(change)
    return sum(_give_back(batch, group, user, now) for group in groups.values())


def _give_back(batch: Batch, group: Sequence[Change], user: Any, now: datetime) -> int:
    before, after = group[0].before or {}, group[0].after or {}
    still = Client.objects.visible_to(user, act=Act.ASSIGN).filter(
        pk__in=[change.record_id for change in group], **after
    )
    ids = list(still.select_for_update().order_by("pk").values_list("pk", flat=True))
    chunk = Chunk(batch, user, ids, {}, now)
    Client.objects.filter(pk__in=ids).update(**before, updated_at=now)
    return tell([_changed(chunk, pk, after, before) for pk in ids])


def _assign_sentence(values: Values, count: int, user: Any) -> str:
    owner = User.objects.filter(pk=values.get("owner") or 0).first()
    team = Team.objects.filter(pk=values.get("team") or 0).first()
    if "owner" in values and "team" in values:
        text = ngettext(
            "%(count)s client gets %(owner)s as owner and goes to the team %(team)s.",
            "%(count)s clients get %(owner)s as owner and go to the team %(team)s.",
            count,
        )
    elif "owner" in values:
        text = ngettext(
            "%(count)s client gets %(owner)s as owner.", "%(count)s clients get %(owner)s as owner.", count
        )
    else:
        text = ngettext(
            "%(count)s client goes to the team %(team)s.", "%(count)s clients go to the team %(team)s.", count
        )
    return text % {"count": count, "owner": owner or _("nobody"), "team": team or "–"}


# Tags


def _tagged(ids: Sequence[int], tag_id: int) -> set[int]:
    links = Client.tags.through.objects.filter(tag_id=tag_id, client_id__in=ids)
    return set(links.values_list("client_id", flat=True))


def _put_tag(batch: Batch, ids: Sequence[int], tag: Tag, user: Any, now: datetime) -> int:
    new = [pk for pk in ids if pk not in _tagged(ids, tag.pk)]
    links = [Client.tags.through(client_id=pk, tag_id=tag.pk) for pk in new]
    Client.tags.through.objects.bulk_create(links, ignore_conflicts=True)
    chunk = Chunk(batch, user, new, {}, now)
    return tell([_changed(chunk, pk, {"tags": None}, {"tags": tag.name}) for pk in new])


def _take_tag(batch: Batch, ids: Sequence[int], tag: Tag, user: Any, now: datetime) -> int:
    there = sorted(_tagged(ids, tag.pk))
    Client.tags.through.objects.filter(tag_id=tag.pk, client_id__in=there).delete()
    chunk = Chunk(batch, user, there, {}, now)
    return tell([_changed(chunk, pk, {"tags": tag.name}, {"tags": None}) for pk in there])


def tag(chunk: Chunk) -> int:
    word, _created = Tag.objects.get_or_create(name=chunk.values["tag"])
    return _put_tag(chunk.batch, chunk.ids, word, chunk.user, chunk.now)


def untag(chunk: Chunk) -> int:
    word = Tag.objects.filter(name=chunk.values["tag"]).first()
    return _take_tag(chunk.batch, chunk.ids, word, chunk.user, chunk.now) if word else 0


def undo_tags(batch: Batch, changes: Sequence[Change], user: Any, now: datetime) -> int:
    """All changes of a batch are of one tag and one direction."""
    put = bool((changes[0].after or {}).get("tags"))
    name = str(((changes[0].after if put else changes[0].before) or {}).get("tags"))
    mine = Client.objects.visible_to(user, act=Act.EDIT).filter(
        pk__in=[change.record_id for change in changes]
    )
    ids = list(mine.order_by("pk").values_list("pk", flat=True))
    if not put:
        return _put_tag(batch, ids, Tag.objects.get_or_create(name=name)[0], user, now)
    word = Tag.objects.filter(name=name).first()
    return _take_tag(batch, ids, word, user, now) if word else 0


def _tag_sentence(values: Values, count: int, user: Any) -> str:
    text = ngettext(
        "%(count)s client gets the tag “%(tag)s”.", "%(count)s clients get the tag “%(tag)s”.", count
    )
    return text % {"count": count, "tag": values["tag"]}


def _untag_sentence(values: Values, count: int, user: Any) -> str:
    text = ngettext(
        "%(count)s client loses the tag “%(tag)s”, where it has it.",
        "%(count)s clients lose the tag “%(tag)s”, where they have it.",
        count,
    )
    return text % {"count": count, "tag": values["tag"]}


# A task for each


def add_tasks(chunk: Chunk) -> int:
    """``origin`` names batch and client: a second try writes no second task."""
    clients = Client.objects.filter(pk__in=chunk.ids).order_by("pk").values_list("pk", "owner_id")
    origins = {f"bulk:{chunk.batch.pk}:{pk}": pk for pk, _owner in clients}
    known = set(Task.objects.filter(origin__in=origins).values_list("origin", flat=True))
    owner_of = dict(clients)
    new = [
        Task(
            client_id=pk, title=chunk.values["title"], note=chunk.values["note"], due_on=date.fromisoformat(chunk.values["due_on"]),
            owner_id=chunk.values["owner"] or owner_of[pk] or chunk.user.pk, origin=origin,
            created_by=chunk.user, remind_by_mail=chunk.values["remind"],
        )
        for origin, pk in origins.items() if origin not in known
    ]  # fmt: skip
    Task.objects.bulk_create(new, batch_size=500)
    made = Task.objects.filter(origin__in=[task.origin for task in new])
    return tell([
        Change(
            batch=chunk.batch, client_id=task.client_id, model=TASK, record_id=task.pk, by=chunk.user,
            act=ChangeAct.CREATED.value, before=None, at=chunk.now,
            after={"title": task.title, "due_on": task.due_on.isoformat(), "owner_id": task.owner_id},
        )
        for task in made
    ])  # fmt: skip


def _task_sentence(values: Values, count: int, user: Any) -> str:
    text = ngettext(
        "%(count)s task “%(title)s” is written, for one client.",
        "%(count)s tasks “%(title)s” are written, one for each client.",
        count,
    )
    return text % {"count": count, "title": values["title"]}


# A file of the ticked rows


def _export_sentence(values: Values, count: int, user: Any) -> str:
    text = ngettext(
        "%(count)s row is written to a file; the journal keeps a line of it.",
        "%(count)s rows are written to a file; the journal keeps a line of it.",
        count,
    )
    return text % {"count": count}


def export_rows(
    *, state: ListState, ids: Sequence[int] | None, values: Values, user: Any, now: datetime
) -> Any:
    return export_list(state=state, ids=ids, content=values["content"], by=user, now=now)


def register_export(list_key: str) -> None:
    """The rows of the list ``list_key`` can be ticked and exported; its queryset takes an act."""
    add_bulk_act(BulkAct(
        "export", list_key, gettext_lazy("Export"), "download", 90, Act.EXPORT, _export_sentence, None, ExportForm,
        respond=export_rows,
    ))  # fmt: skip


def register() -> None:
    for list_key in ("clients", "people", "tasks", "interactions"):
        register_export(list_key)
    add_bulk_act(BulkAct(
        "assign", "clients", gettext_lazy("Change owner or team"), "person-check", 10, Act.ASSIGN,
        _assign_sentence, assign, AssignForm, unassign,
    ))  # fmt: skip
    add_bulk_act(BulkAct(
        "tag", "clients", gettext_lazy("Add a tag"), "tag", 20, Act.EDIT, _tag_sentence, tag, TagForm, undo_tags,
    ))  # fmt: skip
    add_bulk_act(BulkAct(
        "untag", "clients", gettext_lazy("Remove a tag"), "tag", 30, Act.EDIT, _untag_sentence, untag,
        UntagForm, undo_tags,
    ))  # fmt: skip
    add_bulk_act(BulkAct(
        "task", "clients", gettext_lazy("Create a task for each"), "check2-square", 40, Act.EDIT, _task_sentence,
        add_tasks, TaskForm,
    ))  # fmt: skip
