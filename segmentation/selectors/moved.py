"""Who changed its segment, among the clients the reader may see."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum

from clients.models import Client
from clients.personal.profiling import profiled_q
from common.paging import Page
from segmentation.models import SegmentEvent
from segmentation.rules.history import Cause

PAGE_ROWS = 50
PERIODS = (30, 91, 364)
DEFAULT_PERIOD = 91


@dataclass(frozen=True)
class MovedFilter:
    """State of the page's address; empty means all."""

    days: int = DEFAULT_PERIOD
    before: str = ""
    after: str = ""
    cause: Cause | None = None
    owner: int | None = None
    search: str = ""
    page: int = 1


@dataclass(frozen=True)
class PathCount:
    before: str
    after: str
    clients: int
    revenue_cents: int


@dataclass(frozen=True, kw_only=True)
class MovedPage(Page[SegmentEvent]):
    total: int


def moved_events(user: Any, chosen: MovedFilter, as_of: date) -> QuerySet[SegmentEvent]:
    events = SegmentEvent.objects.visible_to(user).filter(
        profiled_q(), as_of__gt=as_of - timedelta(days=chosen.days), as_of__lte=as_of
    )
    said = {"before": chosen.before, "after": chosen.after, "cause": chosen.cause and chosen.cause.value}
    events = events.filter(**{name: value for name, value in said.items() if value})
    if chosen.owner is not None:
        events = events.filter(client__owner=chosen.owner)
    if chosen.search:
        events = events.filter(client__in=Client.objects.matching(chosen.search))
    return events.order_by("-as_of", "-revenue_cents", "-pk")


def moved_page(user: Any, chosen: MovedFilter, as_of: date) -> MovedPage:
    events = moved_events(user, chosen, as_of)
    total = events.order_by().count()
    number = min(chosen.page, max(1, -(-total // PAGE_ROWS)))
    start = (number - 1) * PAGE_ROWS
    rows = list(events.select_related("client__owner")[start : start + PAGE_ROWS])
    return MovedPage(
        rows=rows, number=number, size=PAGE_ROWS, has_next=start + PAGE_ROWS < total, total=total
    )


def paths(user: Any, chosen: MovedFilter, as_of: date) -> list[PathCount]:
    """From where to where, most revenue first."""
    found = (
        moved_events(user, chosen, as_of)
        .order_by()
        .values("before", "after")
        .annotate(clients=Count("pk"), revenue=Sum("revenue_cents"))
    )
    rows = [PathCount(row["before"], row["after"], row["clients"], row["revenue"]) for row in found]
    return sorted(rows, key=lambda row: (-row.revenue_cents, row.before, row.after))
