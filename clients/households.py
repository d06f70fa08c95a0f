"""Reads of buying units and company families: members, their revenue, and how many are out of sight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.reader import Reader, reader
from clients import registry
from clients.families import family_of
from clients.models import BuyingUnit, Client, UnitMembership
from clients.rules import ClientState
from common.prepared import prepared


@dataclass(frozen=True)
class Member:
    """A client of a unit or family. Revenue is ``None`` when nothing was ever sold to it; ``depth`` is
    its place below the head of a family."""

    client: Client
    revenue: registry.Revenue | None
    membership: UnitMembership | None = None
    depth: int = 0

    @property
    def now(self) -> int | None:
        return self.revenue.now if self.revenue else None

    @property
    def before(self) -> int | None:
        return self.revenue.before if self.revenue else None


@dataclass(frozen=True)
class Circle:
    """Members in sight with the sums over them, and the number of those out of sight."""

    members: list[Member]
    hidden: int

    @property
    def now(self) -> int | None:
        return self._sum("now")

    @property
    def before(self) -> int | None:
        return self._sum("before")

    def _sum(self, name: str) -> int | None:
        known = [value for member in self.members if (value := getattr(member, name)) is not None]
        return sum(known) if known else None

    @property
    def growth(self) -> float | None:
        """Relative change against the 364 days before; ``None`` without a positive base."""
        return (
            self.now / self.before - 1 if self.before and self.before > 0 and self.now is not None else None
        )


def unit_circle(unit: BuyingUnit, user: Any, until: date) -> Circle:
    """Present members; those who left are told by ``past_members``."""
    memberships = list(_memberships(unit, user).filter(left_on=None))
    active = unit.memberships.filter(left_on=None, client__state=ClientState.ACTIVE).count()
    revenue = registry.revenue_of([one.client_id for one in memberships], until)
    members = [Member(one.client, revenue.get(one.client_id), one) for one in memberships]
    return Circle(members, active - len(members))


def past_members(unit: BuyingUnit, user: Any) -> list[UnitMembership]:
    return list(_memberships(unit, user).filter(left_on__isnull=False).order_by("-left_on"))


def _memberships(unit: BuyingUnit, user: Any) -> QuerySet[UnitMembership]:
    rows = UnitMembership.objects.visible_to(user).filter(unit=unit)
    return rows.select_related("client__owner").order_by("joined_on", "client__name", "pk")


def family_circle(client: Client, user: Any, until: date) -> Circle | None:
    """The whole family of a company, head first; ``None`` for a company that stands alone."""
    found, hidden = family_of(client, user)
    if len(found) + hidden < 2:
        return None
    seen = {one.pk: one for one in found}
    revenue = registry.revenue_of(list(seen), until)
    depths = _depths(seen)
    ordered = _tree_order(seen)
    members = [Member(seen[pk], revenue.get(pk), depth=depths[pk]) for pk in ordered]
    return Circle(members, hidden)


def _depths(seen: dict[int, Client]) -> dict[int, int]:
    """Below the nearest company in sight: what is hidden leaves no gap that would tell of it."""
    depths: dict[int, int] = {}
    for pk in seen:
        steps, at = 0, seen[pk].parent_id
        while at in seen and steps < len(seen):
            steps, at = steps + 1, seen[at].parent_id
        depths[pk] = steps
    return depths


def _tree_order(seen: dict[int, Client]) -> list[int]:
    """Each company right before its own subsidiaries, by name within; old data that goes in a circle last."""
    children: dict[int | None, list[int]] = {}
    for pk, client in sorted(seen.items(), key=lambda item: (item[1].name, item[0])):
        parent = client.parent_id if client.parent_id in seen else None
        children.setdefault(parent, []).append(pk)
    ordered: dict[int, None] = {}

    def visit(keys: Sequence[int]) -> None:
        for pk in keys:
            if pk not in ordered:
                ordered[pk] = None
                visit(children.get(pk, []))

    visit([*children.get(None, []), *sorted(seen)])
    return list(ordered)


def units_of(client: Client, user: Any) -> list[UnitMembership]:
    """Present and past units of a client, newest first."""
    return _units(client.pk, reader(user))


@prepared
def _units(client: int, who: Reader) -> QuerySet[UnitMembership]:
    rows = UnitMembership.objects.visible_to(who).filter(client=client)
    return rows.select_related("unit__head__client").order_by("-joined_on", "-pk")
