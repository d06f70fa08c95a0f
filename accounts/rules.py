"""Roles: what a person may do, and with whose clients. Pure."""

from enum import IntEnum, StrEnum


class Role(StrEnum):
    SALES = "sales"
    ACCOUNT_MANAGER = "account_manager"
    DIRECTOR = "director"
    ADMINISTRATOR = "administrator"


class Act(StrEnum):
    SEE = "see"
    EDIT = "edit"
    ASSIGN = "assign"  # hand a client to another owner or team, and bring in new clients
    EXPORT = "export"
    IMPORT = "import"
    MERGE = "merge"
    ERASE = "erase"
    CONFIGURE = "configure"  # thresholds, assumptions, retention: what counts for everybody


class Reach(IntEnum):
    """Whose clients an act extends to; each reach holds those before it."""

    NONE = 0
    OWN = 1
    TEAM = 2
    ALL = 3


RIGHTS: dict[Role, dict[Act, Reach]] = {
    Role.SALES: {Act.SEE: Reach.OWN, Act.EDIT: Reach.OWN, Act.EXPORT: Reach.OWN, Act.MERGE: Reach.OWN},
    Role.ACCOUNT_MANAGER: {act: Reach.TEAM for act in Act if act != Act.CONFIGURE},
    Role.DIRECTOR: dict.fromkeys(Act, Reach.ALL),
    Role.ADMINISTRATOR: dict.fromkeys(Act, Reach.ALL),
}
USES_ADMIN_SITE = frozenset({Role.ACCOUNT_MANAGER, Role.ADMINISTRATOR})


def reach_of(role: str, act: Act) -> Reach:
    """How far ``act`` goes for a role; ``NONE`` for a role nobody knows."""
    return RIGHTS.get(role, {}).get(act, Reach.NONE)  # type: ignore[call-overload,no-any-return]
