"""The one question of rights: may this person do this, and with whose clients?

Pages, admin, search, exports, charts and mails ask here or filter with ``visible_to(user, act=…)``,
which rests on the same table: ``accounts.rules.RIGHTS`` and what the installation stores instead.
"""

from typing import Any

from accounts.rules import Act, Reach, reach_of


def reach(user: Any, act: Act) -> Reach:
    """Whose clients ``act`` extends to; ``NONE`` for nobody and for a user who was switched off."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Reach.NONE
    return reach_of(user.role, act, user.rights_said)


def may(user: Any, act: Act) -> bool:
    """Whether ``user`` may do ``act`` with any client at all; with which, says ``visible_to``."""
    return reach(user, act) > Reach.NONE


def may_with(user: Any, act: Act, client: Any) -> bool:
    """The same of one client that is at hand: ``visible_to`` without asking the database."""
    scope = reach(user, act)
    if scope in (Reach.NONE, Reach.ALL):
        return scope == Reach.ALL
    in_team = scope == Reach.TEAM and user.team_id is not None and client.team_id == user.team_id
    return client.owner_id == user.pk or in_team


def sees_others(user: Any) -> bool:
    """Whether lists hold clients of other owners, so that naming the owner says something."""
    return reach(user, Act.SEE) > Reach.OWN


def sees_all(user: Any) -> bool:
    return reach(user, Act.SEE) == Reach.ALL
