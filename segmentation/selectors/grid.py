"""The grid page from one run's stored rows, only ever of clients the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, FloatField, Q, QuerySet, Sum
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.rights import sees_all
from common.paging import Page
from segmentation.labels import LETTERS, SEGMENT_NOTES, SEGMENTS
from segmentation.models import ClientSegment, ClientSegmentQuerySet, SegmentationRun
from segmentation.registry import current_bubble_size
from segmentation.rules.grid import Segment, SegmentSum
from segmentation.selectors.runs import run_up_to

MAX_BUBBLES = 1000  # more would hide each other, and weigh
PAGE_ROWS = 25
TRAIL_DAYS = 91
SORTS = {
    "revenue": F("revenue_cents"),
    "margin": F("margin_rate"),
    "name": F("client__name"),
    "segment": F("segment"),
}
_NUMBERS = {segment.value: number for number, segment in enumerate(Segment)}  # a bubble weighs less with it
DEFAULT_SORT = "-revenue"


@dataclass(frozen=True)
class GridFilter:
    """State of the page's URL. ``sort`` is a key of ``SORTS``, with a minus for largest first. ``clients``: ids of
    those that the list of clients shows under the same questions; None: nothing is asked but the segment."""

    segment: Segment | None = None
    clients: QuerySet[Any] | None = None
    sort: str = DEFAULT_SORT
    page: int = 1
    log_scale: bool = True


@dataclass(frozen=True)
class Tile:
    segment: Segment
    label: str | Promise
    note: str | Promise
    clients: int
    revenue_cents: int
    margin_rate: float | None
    share: float | None  # of the revenue of all tiles


@dataclass(frozen=True, kw_only=True)
class GridPage(Page[ClientSegment]):
    total: int

    @property
    def has_assumed(self) -> bool:
        return any(row.assumed_share for row in self.rows)


@dataclass(frozen=True)
class Bubbles:
    """What the chart draws; ``left_out`` counts clients without a margin or, on a log scale, revenue."""

    data: dict[str, Any]
    drawn: int
    left_out: int
    capped: bool


def visible_rows(
    run: SegmentationRun, user: Any, clients: QuerySet[Any] | None = None
) -> ClientSegmentQuerySet:
    rows: ClientSegmentQuerySet = ClientSegment.objects.filter(run=run).visible_to(user)
    return rows if clients is None else rows.filter(client__in=clients)


def tiles(run: SegmentationRun, user: Any, clients: QuerySet[Any] | None = None) -> list[Tile]:
    """One tile per segment, of ``clients`` alone when they are given. The margin rate weighs each known rate with
    the client's revenue."""
    whole = clients is None and sees_all(user)
    found = _sums_of_run(run, user) if whole else _sums_of(visible_rows(run, user, clients))
    nothing = SegmentSum(0, 0, None, None)
    total = sum(sums.revenue_cents for sums in found.values())
    return [_tile(segment, found.get(segment.value, nothing), total) for segment in Segment]


def _sums_of_run(run: SegmentationRun, user: Any) -> dict[str, SegmentSum]:
    """The night's own sums, for who sees every client: no second pass over all rows. Less those who object to
    profiling, so that a tile counts what its list shows."""
    found = {name: SegmentSum(**sums) for name, sums in run.counts["sums"].items()}
    for name, theirs in _sums_of(ClientSegment.objects.filter(run=run).withheld_from(user)).items():
        if name in found:
            found[name] = found[name].less(theirs)
    return found


def _sums_of(rows: ClientSegmentQuerySet) -> dict[str, SegmentSum]:
    known = Q(margin_rate__isnull=False, revenue_cents__gt=0)
    revenue = Cast("revenue_cents", FloatField())
    found = rows.values("segment").annotate(
        clients=Count("client_id"), revenue=Sum("revenue_cents"),
        margin=Sum(F("margin_rate") * revenue, filter=known), base=Sum("revenue_cents", filter=known),
    )  # fmt: skip
    return {
        row["segment"]: SegmentSum(
            row["clients"],
            int(row["revenue"]),
            row["margin"],
            None if row["base"] is None else int(row["base"]),
        )
        for row in found
    }


def _tile(segment: Segment, sums: SegmentSum, total: int) -> Tile:
    return Tile(
        segment=segment, label=SEGMENTS[segment], note=SEGMENT_NOTES[segment],
        clients=sums.clients, revenue_cents=sums.revenue_cents,
        margin_rate=sums.margin_weight / sums.known_cents if sums.margin_weight and sums.known_cents else None,
        share=sums.revenue_cents / total if total > 0 else None,
    )  # fmt: skip


def filtered_rows(run: SegmentationRun, user: Any, chosen: GridFilter) -> ClientSegmentQuerySet:
    rows = visible_rows(run, user, chosen.clients)
    return rows.filter(segment=chosen.segment.value) if chosen.segment else rows


def ordered_rows(run: SegmentationRun, user: Any, chosen: GridFilter) -> ClientSegmentQuerySet:
    """With the client's name; unknown margins come last either way."""
    key, falls = chosen.sort.removeprefix("-"), chosen.sort.startswith("-")
    last = True if key == "margin" else None  # elsewhere it would keep PostgreSQL from the index
    order = SORTS[key].desc(nulls_last=last) if falls else SORTS[key].asc(nulls_last=last)
    return filtered_rows(run, user, chosen).select_related("client").order_by(order, "client_id")


def grid_page(run: SegmentationRun, user: Any, chosen: GridFilter, counted: Sequence[Tile]) -> GridPage:
    """One page of the table; the tiles, counted under the same questions, tell the total."""
    total = sum(tile.clients for tile in counted if chosen.segment in (None, tile.segment))
    number = min(chosen.page, max(1, -(-total // PAGE_ROWS)))
    start = (number - 1) * PAGE_ROWS
    ordered = ordered_rows(run, user, chosen)
    # Ids first: a far page would else fetch the client of every row it skips.
    page = list(ordered.values_list("client_id", flat=True)[start : start + PAGE_ROWS])
    placed = ClientSegment.objects.filter(run=run, client__in=page).select_related("client")
    found = {row.client_id: row for row in placed}
    rows = [found[pk] for pk in page if pk in found]
    return GridPage(rows=rows, number=number, size=PAGE_ROWS, has_next=start + PAGE_ROWS < total, total=total)


def bubbles(run: SegmentationRun, user: Any, chosen: GridFilter, total: int) -> Bubbles:
    """The largest clients of the filter that have a place in the grid, at most ``MAX_BUBBLES``."""
    drawable = filtered_rows(run, user, chosen).filter(margin_rate__isnull=False)
    if chosen.log_scale:
        drawable = drawable.filter(revenue_cents__gt=0)
    drawn = list(
        drawable.order_by("-revenue_cents", "client_id")
        .values_list("client_id", "client__name", "revenue_cents", "margin_rate", "segment")[: MAX_BUBBLES + 1]
    )  # fmt: skip
    capped = len(drawn) > MAX_BUBBLES
    drawn = drawn[:MAX_BUBBLES]
    provider = current_bubble_size()
    sizes = provider.sizes([point[0] for point in drawn]) if provider else {}
    trails = _trails(run, [point[0] for point in drawn])
    points = [
        [pk, name, revenue, round(margin, 4), sizes.get(pk) if sizes else revenue, _NUMBERS[segment]]
        for pk, name, revenue, margin, segment in drawn
    ]
    data = {
        "points": points,
        "trails": {
            pk: [*trail[:2], _NUMBERS[trail[2]]]
            for pk, _name, _revenue, _margin, segment in drawn
            if (trail := trails.get(pk)) and trail[2] != segment
        },
        "segments": [segment.value for segment in Segment],
        "lines": {"revenue": run.thresholds.revenue_cents, "margin": run.thresholds.margin_rate},
        "log": chosen.log_scale,
        "labels": _chart_labels(str(provider.label) if provider and sizes else None),
    }
    return Bubbles(data, len(points), 0 if capped else total - len(points), capped)


def _trails(run: SegmentationRun, client_ids: Sequence[int]) -> dict[int, tuple[int, float, str]]:
    """Revenue, margin rate and segment a quarter before, of those the grid placed then."""
    earlier = run_up_to(run.as_of - timedelta(days=TRAIL_DAYS))
    if earlier is None or earlier.as_of < run.as_of - timedelta(days=2 * TRAIL_DAYS):
        return {}
    rows = ClientSegment.objects.filter(run=earlier, client__in=client_ids, margin_rate__isnull=False)
    return {
        pk: (revenue, round(margin, 4), segment)
        for pk, revenue, margin, segment in rows.values_list(
            "client_id", "revenue_cents", "margin_rate", "segment"
        )
    }


def _chart_labels(size: str | None) -> dict[str, Any]:
    return {
        "segments": {segment.value: str(label) for segment, label in SEGMENTS.items()},
        "letters": {segment.value: letter for segment, letter in LETTERS.items()},
        "revenue": str(_("Revenue, last 52 weeks")),
        "revenueLog": str(_("Revenue, last 52 weeks (log scale)")),
        "margin": str(_("Margin rate")),
        "size": size,
        "none": str(_("No client to draw")),
        "trail": str(_("A quarter ago")),
    }
