"""A line of the weekly list becomes something to do by a day."""

from datetime import date, datetime
from typing import Any

from accounts.models import User
from attention.models import ListLine
from attention.rules.lines import origin_of
from clients.models import Client, Task
from clients.services import open_task


def open_line_task(*, line: ListLine, title: str, due_on: date, by: Any, at: datetime) -> Task:
    """The task of that line, made when it is new; asked for again it stays as it is."""
    return open_task(
        client=line.client, title=title, due_on=due_on, owner=_doer(line, by), by=by, at=at,
        origin=origin_of(line.pk),
    )  # fmt: skip


def _doer(line: ListLine, by: Any) -> Any:
    """Whose list it is, unless the client is out of that person's sight by now."""
    owner: User = line.weekly_list.owner
    return owner if Client.objects.visible_to(owner).filter(pk=line.client_id).exists() else by
