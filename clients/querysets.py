from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from django.db import connection
from django.db.models import Q, QuerySet

from accounts.querysets import OwnedQuerySet, gone, visible_q
from accounts.rights import reach, sees_all
from accounts.rules import Act, Reach
from common.text import clean, searchable

REF_LENGTH = 64


class SearchedQuerySet(OwnedQuerySet):
    def matching(self, text: str) -> Self:
        """Every word is found somewhere in ``search_text``, accents or not; or ``text`` is the reference of a
        record that went into the one found."""
        words = searchable(text).split()[:8]
        if not words:
            return self
        # Asked for by itself: as a part of the condition it would cost the others their index.
        led = self.led_to(_spellings(text))
        asked = _all_in(words) | Q(pk__in=led) if led else _all_in(words)
        if connection.vendor != "sqlite":
            return self.filter(asked)
        # Without an index of parts of words: one pass over the texts, rather than one by one in the page's order.
        return self.filter(pk__in=self.model.objects.filter(asked).order_by().values("pk"))

    def led_to(self, refs: Sequence[str]) -> list[int]:
        """Numbers of those into which the merged records with ``refs`` went, whoever may see them."""
        raise NotImplementedError


def _all_in(words: Sequence[str]) -> Q:
    return Q(*(Q(search_text__contains=word) for word in words))


def _spellings(text: str) -> list[str]:
    """Of a whole reference, which an index finds only as it was written."""
    ref = clean(text)
    return sorted({ref, ref.lower(), ref.upper()}) if len(ref) <= REF_LENGTH else []


class ClientQuerySet(SearchedQuerySet):
    """Clients; searched by name, reference, place, e-mail or phone."""

    def passed_by(self, user: Any) -> Self:
        """``visible_to``, said for a pass over the whole table: without the few that are gone, rather than one by one
        by an index of those that are active."""
        if reach(user, Act.SEE) != Reach.ALL:
            return self.visible_to(user)
        return self.exclude(pk__in=gone(self.model))

    def led_to(self, refs: Sequence[str]) -> list[int]:
        merged = self.model.objects.filter(ref__in=refs, merged_into__isnull=False)
        return list(merged.values_list("merged_into_id", flat=True))


class PersonQuerySet(SearchedQuerySet):
    """People of clients; searched by name, job, reference, e-mail or phone."""

    client_path = "client__"

    def led_to(self, refs: Sequence[str]) -> list[int]:
        from clients.models import MergedPerson

        return list(MergedPerson.objects.filter(ref__in=refs).values_list("person_id", flat=True))


class OfClientQuerySet(OwnedQuerySet):
    """What hangs on a client by the field ``client``."""

    client_path = "client__"


class OfPersonQuerySet(OwnedQuerySet):
    client_path = "person__client__"


class UnitQuerySet(QuerySet[Any]):
    client_path = "memberships__client__"

    def matching(self, text: str) -> Self:
        """Every word is found somewhere in ``search_text``, accents or not."""
        rows = self
        for word in searchable(text).split()[:8]:
            rows = rows.filter(search_text__contains=word)
        return rows

    def visible_to(self, user: Any, act: Act = Act.SEE) -> Self:
        """Units with a client one may see; who sees all also those still without members.

        Which members and which sums are shown is filtered again by client.
        """
        if reach(user, act) == Reach.NONE:
            return self.none()
        if reach(user, act) == Reach.ALL:
            return self
        from clients.models import UnitMembership

        mine = UnitMembership.objects.filter(visible_q(user, client="client__", act=act))
        return self.filter(pk__in=mine.values("unit_id"))


class SavedViewQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own and those shared with one's team or with everybody. A view names no client: what it
        lists is filtered for its reader."""
        shared = Q(is_shared=True) & (Q(owner__team_id=None) | Q(owner__team_id=user.team_id))
        return self.filter(Q(owner_id=user.pk) | (Q(is_shared=True) if sees_all(user) else shared))


class BatchQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own; who sees all also those of others."""
        if reach(user, Act.SEE) == Reach.NONE:
            return self.none()
        return self if sees_all(user) else self.filter(by_id=user.pk)


class ExportFileQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own alone: the journal's line tells others that there was an export, not what is in it."""
        return self.filter(owner_id=user.pk) if reach(user, Act.SEE) > Reach.NONE else self.none()

    def ready(self, now: datetime) -> Self:
        """Written, and not yet cleared away."""
        return self.exclude(stored_as="").filter(expires_at__gt=now)


class RoundQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own; account managers also those of their team; who sees all, all. Whom a round names is
        filtered again by client."""
        scope = reach(user, Act.SEE)
        if scope == Reach.NONE:
            return self.none()
        if scope == Reach.ALL:
            return self
        own = Q(created_by_id=user.pk)
        if scope == Reach.TEAM and user.team_id:
            own |= Q(created_by__team_id=user.team_id)
        return self.filter(own)
