"""Whom a person may pick in a filter."""

from typing import Any

from accounts.models import User
from accounts.rights import sees_others

MAX_OFFERED = 200
"""A longer pick-list is not put into the page; the search, or a name in the list, filters too."""


def owners_for(user: Any) -> list[tuple[int, str]]:
    """Whose clients a manager may pick; empty beyond ``MAX_OFFERED``."""
    if not sees_others(user):
        return []
    people = User.objects.visible_to(user).filter(is_active=True).order_by("name", "pk")
    found = list(people.values_list("pk", "name")[: MAX_OFFERED + 1])
    return found if len(found) <= MAX_OFFERED else []
