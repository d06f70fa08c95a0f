"""The list of likely pairs as its page shows it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.reader import Reader, reader
from accounts.rules import Act
from clients.dossier import Dossier
from clients.duplicates.words import sentences
from clients.models import DuplicatePair, PersonPair
from common.paging import Page
from common.prepared import prepared

PAGE_SIZE = 25
COUNT_CAP = 1000


@dataclass(frozen=True)
class Row:
    pair: DuplicatePair | PersonPair
    reasons: list[str]


@dataclass(frozen=True, kw_only=True)
class PairPage(Page[Row]):
    """``count`` stops at ``COUNT_CAP``; ``capped`` says that there are more."""

    count: int
    capped: bool
    dismissed: bool


def pair_page(user: Any, *, number: int, dismissed: bool) -> PairPage:
    """Pairs both of whose clients ``user`` may merge, the likeliest first. Three queries."""
    rows = DuplicatePair.objects.visible_to(user).select_related("left__owner", "right__owner")
    return _page(rows, number, dismissed)


def person_page(user: Any, *, number: int, dismissed: bool) -> PairPage:
    """Pairs of people of clients that ``user`` may merge, the likeliest first."""
    rows = PersonPair.objects.visible_to(user).select_related("left__client__owner", "right__client__owner")
    return _page(rows, number, dismissed)


def _page(rows: Any, number: int, dismissed: bool) -> PairPage:
    mine = rows.filter(dismissed_at__isnull=not dismissed)
    counted = mine.order_by().values("pk")[: COUNT_CAP + 1].count()
    start = (number - 1) * PAGE_SIZE
    ids = list(mine.order_by("-score", "pk").values_list("pk", flat=True)[start : start + PAGE_SIZE + 1])
    pairs = list(rows.filter(pk__in=ids).order_by("-score", "pk"))
    return PairPage(
        rows=[Row(pair, sentences(pair.reasons)) for pair in pairs[:PAGE_SIZE]], number=number, size=PAGE_SIZE,
        has_next=len(pairs) > PAGE_SIZE, count=min(counted, COUNT_CAP), capped=counted > COUNT_CAP,
        dismissed=dismissed,
    )  # fmt: skip


def panel(dossier: Dossier) -> dict[str, Any] | None:
    """Of the client's page: with whom it is likely one; nothing when there is no such pair."""
    client = dossier.client
    rows = [
        (pair.right if pair.left_id == client.pk else pair.left, sentences(pair.reasons))
        for pair in _pairs(client.pk, reader(dossier.user))
    ]
    return {"likely": rows} if rows else None


@prepared
def _pairs(client: int, who: Reader) -> QuerySet[DuplicatePair]:
    pairs = DuplicatePair.objects.visible_to(who, act=Act.MERGE).open()
    found = pairs.filter(left=client) | pairs.filter(right=client)
    return found.select_related("left", "right").order_by("-score", "pk")[:5]
