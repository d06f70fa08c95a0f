from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from accounts.models import RightsChange, RightsTable, User
from accounts.rules import Act, Reach, Role, choices_for, reach_of

RESET_PAUSE = timedelta(minutes=5)


def may_send_reset(*, user: User, now: datetime) -> bool:
    """Whether a reset mail may go out; notes that it does, so that two requests at once send one."""
    due = Q(reset_requested_at=None) | Q(reset_requested_at__lte=now - RESET_PAUSE)
    return bool(User.objects.filter(due, pk=user.pk).update(reset_requested_at=now))


class RightsStale(Exception):
    """Somebody changed the table after it was read."""


class RightsRefused(Exception):
    """A reach that the role may not have; nothing was changed."""


def said_now() -> tuple[dict[str, dict[str, int]], int]:
    """What is stored of rights, and its version."""
    row = RightsTable.objects.filter(pk=1).first()
    return (row.said, row.version) if row else ({}, 0)


@transaction.atomic
def change_rights(
    *, wanted: Mapping[tuple[Role, Act], Reach], seen: int, by: User, now: datetime
) -> list[RightsChange]:
    """Store the reaches that differ and note each change; returns them.

    ``seen`` is the version the writer had read. Raises ``RightsStale``, and ``RightsRefused`` for a reach
    beyond the ceiling, for a fixed role, and for somebody who would take away the own right to configure.
    """
    RightsTable.objects.get_or_create(pk=1)
    row = RightsTable.objects.select_for_update().get(pk=1)
    if row.version != seen:
        raise RightsStale
    before = {key: reach_of(*key, row.said) for key in wanted}
    said = {role: dict(acts) for role, acts in row.said.items()}
    for (role, act), reach in wanted.items():
        if reach not in choices_for(role, act):
            raise RightsRefused
        said.setdefault(role.value, {})[act.value] = int(reach)
    if reach_of(by.role, Act.CONFIGURE, said) == Reach.NONE:
        raise RightsRefused
    changes = [
        RightsChange(role=role.value, act=act.value, before=before[role, act], after=after, by=by, at=now)
        for role, act in wanted
        if (after := reach_of(role, act, said)) != before[role, act]
    ]
    if changes:
        RightsTable.objects.filter(pk=1).update(said=said, version=F("version") + 1)
    return RightsChange.objects.bulk_create(changes)
