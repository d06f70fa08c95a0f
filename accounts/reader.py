"""Who reads, as far as ``visible_to`` and ``may`` ask: equal for two who may do the same, and fit for a key."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reader:
    """Has nothing of a user but what rights are made of: a query for a reader cannot depend on more."""

    pk: int
    team_id: int | None
    role: str
    is_active: bool
    said: str
    is_authenticated: bool = True

    @property
    def rights_said(self) -> Any:
        return json.loads(self.said)


def reader(user: Any) -> Reader:
    return Reader(
        user.pk, user.team_id, user.role, user.is_active, json.dumps(user.rights_said, sort_keys=True)
    )
