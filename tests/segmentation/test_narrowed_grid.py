"""Under questions of the list the grid reads its rows once: tiles, table and bubbles then say what the database would."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from clients.models import Client
from segmentation.forms.grid import _SORT_CHOICES
from segmentation.models import ClientSegment, GridThresholds, SegmentationRun
from segmentation.rules.grid import Segment
from segmentation.selectors.grid import (
    GridFilter,
    Tile,
    _sums_of,
    _tile,
    bubbles,
    grid_page,
    placed_rows,
    tiles,
    visible_rows,
)
from tests.conftest import Cast
from tests.factories.records import make_client

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 30)
# Revenue and margin rate: ties, unknown margins, nothing sold, more given back than sold.
FIGURES = [(500, 0.2), (500, 0.4), (500, None), (0, 0.2), (-300, -0.1), (900, 0.0), (120, None), (120, 0.4)]


@pytest.fixture
def run(cast: Cast) -> SegmentationRun:
    thresholds = GridThresholds.objects.create(as_of=DAY)
    made = SegmentationRun.objects.create(as_of=DAY, thresholds=thresholds, computed_at=timezone.now())
    segments = list(Segment)
    for number in range(40):
        revenue, margin = FIGURES[number % len(FIGURES)]
        client = make_client(
            owner=cast.alice if number % 3 else cast.carl, kind="person" if number % 2 else "company"
        )
        ClientSegment.objects.create(
            run=made, client=client, segment=segments[number % 5 % len(segments)].value, revenue_cents=revenue,
            margin_rate=margin,
        )  # fmt: skip
    return made


def by_the_database(run: SegmentationRun, user: Any, clients: Any) -> list[Tile]:
    found = _sums_of(visible_rows(run, user, clients))
    total = sum(sums.revenue_cents for sums in found.values())
    return [_tile(segment, found[segment.value], total) for segment in Segment if segment.value in found]


@pytest.mark.parametrize("who", ["diane", "alice"])
@pytest.mark.parametrize("kind", ["company", "nobody"])
def test_one_reading_says_what_the_database_would(
    run: SegmentationRun, cast: Cast, who: str, kind: str
) -> None:
    user = getattr(cast, who)
    clients = Client.objects.visible_to(user).filter(kind=kind).order_by().values("pk")
    placed = placed_rows(run, user, GridFilter(clients=clients))
    counted = tiles(run, user, placed)
    shown = [tile for tile in counted if tile.clients]
    assert [replace(tile, margin_rate=None) for tile in shown] == [
        replace(tile, margin_rate=None) for tile in by_the_database(run, user, clients)
    ]
    assert [tile.margin_rate for tile in shown] == pytest.approx(
        [tile.margin_rate for tile in by_the_database(run, user, clients)]
    )
    seen = set()
    for sort, _key in _SORT_CHOICES:
        for segment in (None, Segment.WHALE):
            for log in (True, False):
                chosen = GridFilter(segment=segment, clients=clients, sort=sort, log_scale=log)
                ways = [
                    (grid_page(run, user, chosen, counted, way), bubbles(run, user, chosen, 40, way))
                    for way in (None, placed)
                ]
                assert ways[0] == ways[1], chosen
                seen |= {row.client_id for row in ways[1][0].rows}
    assert len(seen) == sum(tile.clients for tile in counted)
    assert (len(seen) > 5) == (kind == "company")
