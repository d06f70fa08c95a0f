"""The one rule of who sees which client. Every list, page, export, search, chart and mail starts here."""

from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q, QuerySet, Subquery

from accounts.rights import reach
from accounts.rules import Act, Reach

if TYPE_CHECKING:
    from accounts.models import User

ACTIVE = "active"
"""State of a client that is neither merged into another nor erased (``clients.rules.ClientState``)."""


def visible_q(user: Any, *, client: str = "", act: Act = Act.SEE) -> Q:
    """Condition on rows with whose client ``user`` may do ``act``.

    ``client`` is the lookup path from the row to its client ("" for clients themselves,
    "client__" or "order__client__" for what hangs on them). Merged and erased clients are nobody's
    to see; an anonymous or inactive user sees none.
    """
    scope = reach(user, act)
    if scope == Reach.NONE:
        return Q(pk__in=[])
    active = Q(**{f"{client}state": ACTIVE})
    if scope == Reach.ALL:
        return active
    own = Q(**{f"{client}owner_id": user.pk})
    if scope == Reach.TEAM and user.team_id:
        own |= Q(**{f"{client}team_id": user.team_id})
    return active & own


def gone(clients: Any) -> QuerySet[Any]:
    """Numbers of the few clients (their model) that are merged or erased: two ranges of an index."""
    rows: QuerySet[Any] = clients.objects.filter(Q(state__lt=ACTIVE) | Q(state__gt=ACTIVE))
    return rows.order_by().values("pk")


class OwnedQuerySet(QuerySet[Any]):
    """Rows that belong to a client; subclasses name the path to it."""

    client_path = ""

    def visible_to(self, user: "User | Any", act: Act = Act.SEE) -> Self:
        if self.client_path and reach(user, act) == Reach.ALL:
            return self.filter(self._of_active_clients())
        return self.filter(visible_q(user, client=self.client_path, act=act))

    def _of_active_clients(self) -> Q:
        """The same condition said without a join: the rows then keep the order an index gives, and a page of a
        million orders reads fifty."""
        path = self.client_path.removesuffix("__")
        model: Any = self.model
        for step in path.split("__"):
            model = model._meta.get_field(step).related_model
        return Q(**{f"{path}__isnull": False}) & ~Q(**{f"{path}__in": gone(model)})


class UserQuerySet(QuerySet[Any]):
    def with_rights(self) -> Self:
        """Users who bring the stored table of rights along (``User.rights_said``)."""
        from accounts.models import RightsTable

        return self.annotate(rights_loaded=Subquery(RightsTable.objects.values("said")[:1]))

    def visible_to(self, user: Any) -> Self:
        """Oneself; account managers also their team; directors and administrators all."""
        scope = reach(user, Act.SEE)
        if scope == Reach.NONE:
            return self.none()
        if scope == Reach.ALL:
            return self
        own = Q(pk=user.pk)
        if scope == Reach.TEAM and user.team_id:
            own |= Q(team_id=user.team_id)
        return self.filter(own)


class TeamQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own; directors and administrators all."""
        scope = reach(user, Act.SEE)
        if scope == Reach.NONE:
            return self.none()
        return self if scope == Reach.ALL else self.filter(pk=user.team_id)
