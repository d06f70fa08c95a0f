"""Buying units and who belongs to them from when to when."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from clients.models import BuyingUnit, Client, UnitMembership
from clients.services.records import save_record, standing


class Overlap(Exception):
    """The client belongs to a unit at that time; ``membership`` is the one in the way."""

    def __init__(self, membership: UnitMembership) -> None:
        super().__init__("a client belongs to one unit at a time")
        self.membership = membership


def save_unit(unit: BuyingUnit, *, by: Any, at: datetime, seen: str = "") -> None:
    """A unit's own changes are in nobody's history but its own (``Change.client`` is null)."""
    save_record(unit, by=by, at=at, client=None, seen=seen)


@transaction.atomic
def join_unit(*, unit: BuyingUnit, client: Client, joined_on: date, by: Any, at: datetime) -> UnitMembership:
    """The open membership, which begins on ``joined_on``; asked again it is found. Raises ``Overlap``."""
    client = standing(client)
    others = UnitMembership.objects.filter(client=client)
    same = others.filter(unit=unit, joined_on=joined_on, left_on=None).first()
    if same:
        return same
    if blocking := others.filter(Q(left_on=None) | Q(left_on__gt=joined_on)).order_by("joined_on").first():
        raise Overlap(blocking)
    membership = UnitMembership(unit=unit, client=client, joined_on=joined_on)
    save_record(membership, by=by, at=at, client=client)
    return membership


@transaction.atomic
def leave_unit(*, membership: UnitMembership, left_on: date, by: Any, at: datetime) -> UnitMembership:
    """End a membership: ``left_on`` is the first day outside, at the earliest the day after joining.
    Ended already, it stays as it is. A head who leaves decides no more."""
    current = UnitMembership.objects.select_for_update().get(pk=membership.pk)
    if current.left_on is not None:
        return current
    current.left_on = max(left_on, current.joined_on + timedelta(days=1))
    save_record(current, by=by, at=at, client=membership.client)
    unit = BuyingUnit.objects.select_for_update().get(pk=membership.unit_id)
    if unit.head and unit.head.client_id == membership.client_id:
        unit.head = None
        save_record(unit, by=by, at=at, client=None)
    return current
