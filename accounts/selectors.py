from dataclasses import dataclass

from django.utils.functional import Promise

from accounts.defaults import DEMO_DOMAIN, DEMO_PASSWORD
from accounts.labels import ACTS, REACHES, ROLES
from accounts.models import User
from accounts.rules import Act, Role, reach_of


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
class RightsRow:
    """What one act reaches for each role, in the order of ``Role``."""

    act: str | Promise
    reaches: list[str | Promise]


def rights_table() -> list[RightsRow]:
    """The table of rights as people read it; the pages ask the same table."""
    return [RightsRow(ACTS[act], [REACHES[reach_of(role, act)] for role in Role]) for act in Act]
