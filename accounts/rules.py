"""Roles: what a person may do, and with whose clients. Pure."""

from collections.abc import Mapping
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
"""The table as it is delivered; an installation stores where it differs (``accounts.models.RightsTable``)."""
USES_ADMIN_SITE = frozenset({Role.ACCOUNT_MANAGER, Role.ADMINISTRATOR})
FIXED = frozenset({Role.ADMINISTRATOR})
"""Roles whose rights nobody changes: somebody must always be able to open what was closed."""
CEILINGS: dict[Role, dict[Act, Reach]] = {
    Role.SALES: {
        Act.SEE: Reach.ALL, Act.EDIT: Reach.TEAM, Act.ASSIGN: Reach.TEAM, Act.EXPORT: Reach.TEAM,
        Act.IMPORT: Reach.TEAM, Act.MERGE: Reach.TEAM,
    },
    Role.ACCOUNT_MANAGER: {act: Reach.ALL for act in Act if act not in (Act.ERASE, Act.CONFIGURE)}
    | {Act.ERASE: Reach.TEAM},
    Role.DIRECTOR: dict.fromkeys(Act, Reach.ALL),
}  # fmt: skip
"""How far each role may be opened at most. Sales never erase and never set what counts for everybody."""

Said = Mapping[str, Mapping[str, int]]
"""Where an installation differs: reach by act, by role."""


def reach_of(role: str, act: Act, said: Said | None = None) -> Reach:
    """How far ``act`` goes for a role; ``NONE`` for a role nobody knows. Whatever is stored, nothing goes
    beyond the ceiling of the role, and nobody does more than look at what he does not see."""
    table = RIGHTS.get(role)  # type: ignore[call-overload]
    if table is None:
        return Reach.NONE
    if role in FIXED or not said:
        return table.get(act, Reach.NONE)
    wanted = _wanted(Role(role), act, said)
    return wanted if act == Act.CONFIGURE else min(wanted, _wanted(Role(role), Act.SEE, said))


def _wanted(role: Role, act: Act, said: Said) -> Reach:
    stored = said.get(role, {}).get(act)
    if stored is None or stored not in Reach._value2member_map_:
        wanted = RIGHTS[role].get(act, Reach.NONE)
    else:
        wanted = Reach(stored)
    return max(min(wanted, CEILINGS[role].get(act, Reach.NONE)), floor_of(act))


def floor_of(act: Act) -> Reach:
    """Whoever works here sees at least the own clients."""
    return Reach.OWN if act == Act.SEE else Reach.NONE


def choices_for(role: Role, act: Act) -> list[Reach]:
    """What may be chosen; a single one is no choice. To configure concerns everybody: all or nothing."""
    if role in FIXED:
        return [RIGHTS[role][act]]
    ceiling = CEILINGS[role].get(act, Reach.NONE)
    found = [reach for reach in Reach if floor_of(act) <= reach <= ceiling]
    return [reach for reach in found if reach in (Reach.NONE, Reach.ALL)] if act == Act.CONFIGURE else found
