from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from accounts.defaults import DEMO_DOMAIN, DEMO_PASSWORD
from accounts.labels import ACTS, REACHES, ROLES
from accounts.models import RightsChange, User
from accounts.rules import Act, Reach, Role, Said, choices_for, reach_of


@dataclass(frozen=True)
class DemoLogin:
    name: str
    email: str
    role: str | Promise
    team: str
    password: str = DEMO_PASSWORD


def demo_logins() -> list[DemoLogin]:
    """Whom a visitor of the demo may be; the page asks only in demo mode."""
    users = User.objects.filter(email__endswith=f"@{DEMO_DOMAIN}", is_active=True).select_related("team")
    order = list(Role)
    return [
        DemoLogin(user.name, user.email, ROLES[Role(user.role)], user.team.name if user.team else "")
        for user in sorted(users[:40], key=lambda user: (order.index(Role(user.role)), user.name))
    ]


@dataclass(frozen=True)
class RightsCell:
    """One act of one role: how far it goes, how far it may be opened, and whether that was changed here."""

    name: str
    role: str | Promise
    reach: Reach
    choices: Sequence[tuple[int, str | Promise]]
    is_own: bool

    @property
    def label(self) -> str | Promise:
        return REACHES[self.reach]


@dataclass(frozen=True)
class RightsRow:
    """What one act reaches for each role, in the order of ``Role``."""

    act: str | Promise
    cells: list[RightsCell]


def rights_table(said: Said) -> list[RightsRow]:
    """The table of rights as people read it; the pages ask the same table."""
    return [RightsRow(ACTS[act], [_cell(role, act, said) for role in Role]) for act in Act]


def _cell(role: Role, act: Act, said: Said) -> RightsCell:
    here = reach_of(role, act, said)
    choices = [(int(reach), REACHES[reach]) for reach in choices_for(role, act)]
    return RightsCell(f"{role.value}-{act.value}", ROLES[role], here, choices, here != reach_of(role, act))


def rights_changes() -> list[dict[str, Any]]:
    """The latest changes of the table in words, the newest first."""
    rows = RightsChange.objects.select_related("by").order_by("-at", "-pk")[:50]
    return [
        {
            "at": row.at, "by": row.by, "role": row.get_role_display(), "act": row.get_act_display(),
            "before": row.get_before_display(), "after": row.get_after_display(),
        }
        for row in rows
    ]  # fmt: skip
