"""The sum of the overview: known clients, equal windows only."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import QueryDict

from clients.models import Client
from common.lists.pages import list_page
from common.lists.state import ListState
from kinetics.lists import MOVED
from kinetics.selectors import overview
from kinetics.services import recompute_kinetics
from sales.models import ClientDay
from tests.conftest import Cast
from tests.factories.records import make_client
from tests.kinetics.days import AS_OF, add_day

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 3, 1, 2, tzinfo=UTC)


def back(days: int) -> date:
    return AS_OF - timedelta(days=days)


def sell(client: Client, *days: tuple[int, int]) -> None:
    ClientDay.objects.bulk_create([add_day(client, back(ago), cents) for ago, cents in days])


def test_the_change_compares_equal_windows(cast: Cast) -> None:
    old, short, silent, new, _never = (make_client(owner=cast.alice) for _ in range(5))
    sell(old, (900, 70_000), (500, 10_000), (100, 15_000))  # + 5,000 over 364 days
    # 400 days known: 196 against the 196 before, so that the first order counts in neither.
    sell(short, (400, 1_000), (250, 4_000), (10, 2_500))  # − 1,500
    sell(silent, (800, 1_000), (400, 9_000))  # − 9,000
    sell(new, (30, 50_000))  # nothing to compare with
    found = overview(cast.alice, recompute_kinetics(as_of=AS_OF, now=NOW))
    assert (found.clients, found.compared, found.change_cents) == (5, 3, -5_500)
    assert found.lost_cents == 5_500

    def listed(query: str) -> list[tuple[Client, int]]:
        state = ListState.read(MOVED, QueryDict(query), cast.alice)
        return [(row.record, row.record.moved) for row in list_page(state).rows]

    assert listed("") == [(silent, -9_000), (short, -1_500), (old, 5_000)]
    assert listed("scope=fell") == [(silent, -9_000), (short, -1_500)]
    assert listed("scope=rose&sort=-moved") == [(old, 5_000)]


def test_nobody_to_compare_is_no_change_of_zero(cast: Cast) -> None:
    sell(make_client(owner=cast.alice), (30, 50_000))
    found = overview(cast.alice, recompute_kinetics(as_of=AS_OF, now=NOW))
    assert (found.compared, found.change_cents, found.lost_cents) == (0, None, None)
