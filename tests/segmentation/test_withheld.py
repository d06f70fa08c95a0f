"""Numbers and the lists behind them agree when private clients object to profiling, and the page says who is missing."""

import re
from typing import Any

import numpy as np
import pytest
from django.urls import reverse

from clients.models import Client, Person
from segmentation.rules.grid import Segment
from segmentation.rules.matrix import CELLS, Cell
from segmentation.selectors.grid import GridFilter, grid_page, tiles
from segmentation.selectors.matrix import MatrixPage, matrix_page, matrix_run
from segmentation.selectors.playbooks import book_rows
from segmentation.selectors.readiness import ReadinessPage, readiness_page, readiness_run
from segmentation.selectors.runs import published_run
from tests.conftest import Cast
from tests.segmentation.test_migration import portfolio  # noqa: F401, a fixture
from tests.segmentation.test_objection import night, object_, people  # noqa: F401, a fixture
from tests.segmentation.test_pages import listed_in, text_of

pytestmark = pytest.mark.django_db


def matrix_of(user: Any) -> MatrixPage:
    run = matrix_run()
    assert run is not None
    return matrix_page(run, user)


def readiness_of(user: Any) -> ReadinessPage:
    run = readiness_run()
    assert run is not None
    return readiness_page(run, user)


@pytest.mark.parametrize("night_after", [False, True])
def test_each_cell_counts_what_its_list_shows(
    people: dict[str, Person],  # noqa: F811, the fixture
    cast: Cast,
    browser_of: Any,
    night_after: bool,
) -> None:
    object_(people, cast)
    if night_after:
        night()
    for user, withheld in ((cast.diane, 2), (cast.alice, 1), (cast.carl, 1)):
        found, browser = matrix_of(user), browser_of(user)
        counted = {cell: found.cells[cell].clients for cell in CELLS}
        listed = {
            cell: len(listed_in(browser.get(f"/clients/?matrix_cell={cell}").content.decode()))
            for cell in CELLS
        }
        assert (counted, found.withheld.clients) == (listed, withheld)
        parts = [found.by_segment, found.by_type]
        assert [
            sum(sums[cell].clients for part in by.values() for cell, sums in [(c, part) for c in CELLS])
            for by in parts
        ] == [found.clients] * 2
        assert sum(flow.clients for flow in found.flows) == found.clients


def test_the_matrix_says_who_is_missing_and_keeps_the_money(
    people: dict[str, Person],  # noqa: F811, the fixture
    cast: Cast,
    browser_of: Any,
) -> None:
    before = matrix_of(cast.diane)
    object_(people, cast)
    after = matrix_of(cast.diane)
    assert (before.withheld.clients, before.clients, after.clients) == (0, 5, 3)
    assert after.revenue_cents + after.withheld.revenue_cents == before.revenue_cents
    assert after.cells[Cell.MIGRATION].clients == 0
    text = text_of(browser_of(cast.diane).get(reverse("segmentation:matrix")).content.decode())
    assert re.search(r"2 clients who object to profiling \(.*?\) are in no cell and no list\.", text)


def test_readiness_takes_them_for_unknown_at_once_as_the_night_does(
    people: dict[str, Person],  # noqa: F811, the fixture
    cast: Cast,
    browser_of: Any,
) -> None:
    def shown(user: Any) -> tuple[Any, ...]:
        page = readiness_of(user)
        sums = page.sums
        return (
            [(row.clients, row.revenue_cents, row.online_cents, row.share) for row in page.types], sums.mix,
            (sums.clients, sums.revenue, sums.known_clients, sums.known_revenue, sums.online, sums.unknown_open),
            page.found.coverage, page.withheld,
        )  # fmt: skip

    before = shown(cast.diane)
    object_(people, cast)
    at_once = {user.email: shown(user) for user in (cast.diane, cast.alice, cast.carl)}
    night()
    for user in (cast.diane, cast.alice, cast.carl):
        for there, then in zip(at_once[user.email], shown(user), strict=True):
            assert np.array(there, dtype=float) == pytest.approx(np.array(then, dtype=float), abs=1e-6)
    assert (before[-1], at_once[cast.diane.email][-1], at_once[cast.carl.email][-1]) == (0, 2, 1)
    assert (before[0][1][0], at_once[cast.diane.email][0][1][0], at_once[cast.diane.email][0][-1][0]) == (
        1,
        0,
        2,
    )
    pages = {
        name: text_of(browser_of(cast.diane).get(reverse(f"segmentation:{name}")).content.decode())
        for name in ("readiness", "plan")
    }
    assert "2 clients object to profiling: counted as unknown, in no list." in pages["readiness"]
    assert "2 clients who object to profiling are in no wave and no list." in pages["plan"]


def test_tiles_and_playbooks_count_what_the_table_shows(people: dict[str, Person], cast: Cast) -> None:  # noqa: F811
    object_(people, cast)
    run = published_run()
    assert run is not None
    for user in (cast.diane, cast.alice):
        counted = tiles(run, user)
        rows = {
            tile.segment: len(grid_page(run, user, GridFilter(segment=tile.segment), counted).rows)
            for tile in counted
        }
        assert {tile.segment: tile.clients for tile in counted} == rows
        books = {row.segment: row.clients for row in book_rows(user)}
        assert books == {segment: rows[segment] for segment in books}
    assert sum(tile.clients for tile in tiles(run, cast.diane)) == Client.objects.count() - 2
    assert Segment.TO_QUALIFY in {tile.segment for tile in tiles(run, cast.diane)}
