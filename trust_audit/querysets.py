"""Who sees which site: a client's site as the client is seen, the firm's own and competitors' by all."""

from typing import Any, Self

from django.db.models import Q, QuerySet

from accounts.querysets import visible_q
from accounts.rights import may
from accounts.rules import Act
from trust_audit.states import OPEN_ACTIONS, AuditState, SiteKind


class OfSiteQuerySet(QuerySet[Any]):
    """Rows that hang on a site; subclasses name the path to it."""

    site_path = "site__"

    def visible_to(self, user: Any, act: Act = Act.SEE) -> Self:
        if not may(user, act):
            return self.none()
        shared = ~Q(**{f"{self.site_path}kind": SiteKind.CLIENT.value})
        return self.filter(shared | visible_q(user, client=f"{self.site_path}client__", act=act))


class SiteQuerySet(OfSiteQuerySet):
    site_path = ""


class AuditQuerySet(OfSiteQuerySet):
    def signed(self) -> Self:
        return self.filter(state=AuditState.SIGNED.value)


class OfAuditQuerySet(OfSiteQuerySet):
    site_path = "audit__site__"


class OfResultQuerySet(OfSiteQuerySet):
    site_path = "result__audit__site__"


class ActionQuerySet(OfSiteQuerySet):
    def open(self) -> Self:
        return self.filter(state__in=[state.value for state in OPEN_ACTIONS])
