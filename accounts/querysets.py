"""The one rule of who sees which client. Every list, page, export, search, chart and mail starts here."""

from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q, QuerySet

from accounts.rules import SEES_ALL, SEES_TEAM

if TYPE_CHECKING:
    from accounts.models import User


def visible_q(user: Any, *, client: str = "") -> Q:
    """Condition on rows whose client ``user`` may see.

    ``client`` is the lookup path from the row to its client ("" for clients themselves,
    "client__" or "order__client__" for what hangs on them).
    Sales see their own clients; account managers also their team's; directors and administrators
    all; an anonymous or inactive user none.
    """
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Q(pk__in=[])
    if user.role in SEES_ALL:
        return Q()
    own = Q(**{f"{client}owner_id": user.pk})
    if user.role in SEES_TEAM and user.team_id:
        return own | Q(**{f"{client}team_id": user.team_id})
    return own


class OwnedQuerySet(QuerySet[Any]):
    """Rows that belong to a client; subclasses name the path to it."""

    client_path = ""

    def visible_to(self, user: "User | Any") -> Self:
        return self.filter(visible_q(user, client=self.client_path))


class UserQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Oneself; account managers also their team; directors and administrators all."""
        if user.role in SEES_ALL:
            return self
        own = Q(pk=user.pk)
        if user.role in SEES_TEAM and user.team_id:
            own |= Q(team_id=user.team_id)
        return self.filter(own)


class TeamQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own; directors and administrators all."""
        return self if user.role in SEES_ALL else self.filter(pk=user.team_id)
