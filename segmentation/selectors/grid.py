"""The grid page from one run's stored rows, only ever of clients the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from django.db.models import Count, F, FloatField, Q, QuerySet, Sum
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from accounts.rights import sees_all
from clients.models import Client
from common.paging import Page
from segmentation.labels import LETTERS, SEGMENT_NOTES, SEGMENTS
from segmentation.models import ClientSegment, ClientSegmentQuerySet, SegmentationRun
from segmentation.registry import current_bubble_size
from segmentation.rules.grid import SEGMENT_CODES, Segment, SegmentSum
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


@dataclass(frozen=True)
class Placed:
    """Columns of stored rows, largest revenue first: what tiles, table and bubbles read. ``segment``: its place in
    ``SEGMENT_CODES``; NaN: no margin is known."""

    client_ids: NDArray[np.int64]
    revenue_cents: NDArray[np.int64]
    margin_rate: NDArray[np.float64]
    segment: NDArray[np.int64]

    def only(self, which: Any) -> "Placed":
        return Placed(
            self.client_ids[which], self.revenue_cents[which], self.margin_rate[which], self.segment[which]
        )

    def of_segment(self, segment: Segment | None) -> "Placed":
        return self if segment is None else self.only(self.segment == SEGMENT_CODES.index(segment))

    def in_order(self, sort: str) -> NDArray[np.int64]:
        """Client ids as ``ordered_rows`` has them: unknown last, ties by id."""
        key, falls = sort.removeprefix("-"), sort.startswith("-")
        figures = self.revenue_cents if key == "revenue" else self.margin_rate
        # NaN sorts last, also when negated.
        return self.client_ids[np.lexsort((self.client_ids, -figures if falls else figures))]


_IN_MEMORY = {"revenue", "margin"}  # sorts that need no collation


def placed_rows(run: SegmentationRun, user: Any, chosen: GridFilter) -> Placed | None:
    """All rows under the questions of the list, read once for tiles, table and bubbles: to find out whom those
    questions mean costs more than the rows. None when nothing is asked: the night's sums and an index answer then."""
    if chosen.clients is None:
        return None
    rows = visible_rows(run, user, chosen.clients).order_by("-revenue_cents", "client_id")
    found = list(rows.values_list("client_id", "revenue_cents", "margin_rate", "segment"))
    ids, revenue, margin, segment = zip(*found, strict=True) if found else ((), (), (), ())
    codes = {code.value: number for number, code in enumerate(SEGMENT_CODES)}
    return Placed(
        np.array(ids, dtype=np.int64), np.array(revenue, dtype=np.int64), np.array(margin, dtype=np.float64),
        np.array([codes[name] for name in segment], dtype=np.int64),
    )  # fmt: skip


def _summed(placed: Placed) -> dict[str, SegmentSum]:
    """As ``_sums_of``."""
    found = {}
    for segment in SEGMENT_CODES:
        rows = placed.of_segment(segment)
        known = rows.only(~np.isnan(rows.margin_rate) & (rows.revenue_cents > 0))
        found[segment.value] = SegmentSum(
            len(rows.client_ids), int(rows.revenue_cents.sum()),
            float((known.margin_rate * known.revenue_cents).sum()), int(known.revenue_cents.sum()),
        )  # fmt: skip
    return found


def visible_rows(
    run: SegmentationRun, user: Any, clients: QuerySet[Any] | None = None
) -> ClientSegmentQuerySet:
    rows: ClientSegmentQuerySet = ClientSegment.objects.filter(run=run).visible_to(user)
    return rows if clients is None else rows.filter(client__in=clients)


def tiles(run: SegmentationRun, user: Any, placed: Placed | None = None) -> list[Tile]:
    """One tile per segment, of the ``placed`` alone when they are given. The margin rate weighs each known rate with
    the client's revenue."""
    if placed is not None:
        found = _summed(placed)
    else:
        found = _sums_of_run(run, user) if sees_all(user) else _sums_of(visible_rows(run, user))
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


def grid_page(
    run: SegmentationRun, user: Any, chosen: GridFilter, counted: Sequence[Tile],
    placed: Placed | None = None,
) -> GridPage:  # fmt: skip
    """One page of the table; the tiles, counted under the same questions, tell the total."""
    total = sum(tile.clients for tile in counted if chosen.segment in (None, tile.segment))
    number = min(chosen.page, max(1, -(-total // PAGE_ROWS)))
    start = (number - 1) * PAGE_ROWS
    # Ids first: a far page would else fetch the client of every row it skips.
    if placed is None or chosen.sort.removeprefix("-") not in _IN_MEMORY:
        ordered = ordered_rows(run, user, chosen).values_list("client_id", flat=True)
        page = list(ordered[start : start + PAGE_ROWS])
    else:
        page = placed.of_segment(chosen.segment).in_order(chosen.sort)[start : start + PAGE_ROWS].tolist()
    shown = ClientSegment.objects.filter(run=run, client__in=page).select_related("client")
    found = {row.client_id: row for row in shown}
    rows = [found[pk] for pk in page if pk in found]
    return GridPage(rows=rows, number=number, size=PAGE_ROWS, has_next=start + PAGE_ROWS < total, total=total)


def bubbles(
    run: SegmentationRun, user: Any, chosen: GridFilter, total: int, placed: Placed | None = None
) -> Bubbles:
    """The largest clients of the filter that have a place in the grid, at most ``MAX_BUBBLES``."""
    drawn = _drawn(run, user, chosen) if placed is None else _drawn_of(placed, chosen)
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


_Drawn = list[tuple[int, str, int, float, str]]  # client, name, revenue, margin rate, segment


def _drawn(run: SegmentationRun, user: Any, chosen: GridFilter) -> _Drawn:
    """One more than are drawn, when there are more."""
    drawable = filtered_rows(run, user, chosen).filter(margin_rate__isnull=False)
    if chosen.log_scale:
        drawable = drawable.filter(revenue_cents__gt=0)
    return list(
        drawable.order_by("-revenue_cents", "client_id")
        .values_list("client_id", "client__name", "revenue_cents", "margin_rate", "segment")[: MAX_BUBBLES + 1]
    )  # fmt: skip


def _drawn_of(placed: Placed, chosen: GridFilter) -> _Drawn:
    rows = placed.of_segment(chosen.segment)
    rows = rows.only(~np.isnan(rows.margin_rate) & ((rows.revenue_cents > 0) | (not chosen.log_scale)))
    rows = rows.only(slice(MAX_BUBBLES + 1))
    names = dict(Client.objects.filter(pk__in=rows.client_ids.tolist()).order_by().values_list("pk", "name"))
    figures = zip(
        rows.client_ids.tolist(), rows.revenue_cents.tolist(), rows.margin_rate.tolist(), rows.segment.tolist(),
        strict=True,
    )  # fmt: skip
    return [
        (pk, names[pk], cents, rate, SEGMENT_CODES[code].value)
        for pk, cents, rate, code in figures
        if pk in names
    ]


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
