"""The sums of the last window equal those of the windows the models use, client by client."""

from datetime import timedelta

import numpy as np
import pytest

from bench.population import AS_OF, write_population
from clients.models import Client
from clients.rules import ClientState
from common.periods import WINDOW_DAYS
from sales.models import ClientDay
from sales.trade import trade_of
from sales.windows import fetch_all
from sales.year import bought_before, observed_since, years_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def days() -> None:
    """Clients of every kind of record: a day of refunds alone, records that begin late, one merged away."""
    write_population(400)
    ClientDay.objects.filter(client_id=7).update(orders=0, rev=-500, rc=-500, cost=-200)
    ClientDay.objects.filter(client_id__in=(8, 9)).delete()
    Client.objects.filter(pk__lte=30).update(observed_from=AS_OF - timedelta(days=90))
    Client.objects.filter(pk=12).update(state=ClientState.MERGED.value, merged_into=13)


@pytest.mark.parametrize("back", [0, 1, 200])
def test_the_year_equals_the_windows(days: None, back: int) -> None:
    as_of = AS_OF - timedelta(days=back)
    windows = fetch_all(as_of)
    ids = windows.client_id
    year, before = years_of((as_of, as_of - timedelta(days=WINDOW_DAYS)), ids)
    pairs = [
        (year.rev, windows.rev0), (year.rc, windows.rc0), (year.cost, windows.cost0), (year.bought, windows.days0 > 0),
        (before.rev, windows.rev1), (before.rc, windows.rc1), (before.cost, windows.cost1),
        (before.bought, windows.days1 > 0),
    ]  # fmt: skip
    assert [bool(np.array_equal(ours, theirs)) for ours, theirs in pairs] == [True] * len(pairs)
    assert (year.rev.any(), (year.rev != year.rc).any(), before.bought.any()) == (True,) * 3


@pytest.mark.parametrize("back", [0, 1, 200, 2000])
def test_the_trade_equals_the_windows(days: None, back: int, monkeypatch: pytest.MonkeyPatch) -> None:
    as_of = AS_OF - timedelta(days=back)
    windows = fetch_all(as_of)
    monkeypatch.setattr("sales.trade.id_ranges", lambda size: iter([(0, 7), (7, 300), (300, 400)]))
    trade = trade_of(as_of)
    pairs = [
        (trade.client_id, windows.client_id), (trade.start, windows.start), (trade.last_day, windows.last_day),
        (trade.days, windows.days0), (trade.rev, windows.rev0), (trade.abs_rev, windows.abs_rev0),
        (trade.rc, windows.rc0), (trade.abs_rc, windows.abs_rc0), (trade.cost, windows.cost0),
        (trade.assumed, windows.assumed0),
    ]  # fmt: skip
    assert [bool(np.array_equal(ours, theirs)) for ours, theirs in pairs] == [True] * len(pairs)
    assert np.array_equal(trade.tenure(as_of), windows.tenure(as_of), equal_nan=True)
    assert (trade.rev != trade.abs_rev).any() == (back < 2000)


@pytest.mark.parametrize("back", [0, 100, 364, 700])
def test_who_came_before_a_day(days: None, back: int) -> None:
    windows = fetch_all(AS_OF)
    day = AS_OF - timedelta(days=back)
    ordinal, bought = day.toordinal(), windows.first_day > 0
    earlier = bought_before(day, windows.client_id)
    assert earlier.tolist() == (bought & (windows.first_day < ordinal)).tolist()
    late = ~earlier | observed_since(day, windows.client_id)
    assert late[bought].tolist() == (windows.start >= ordinal)[bought].tolist()


def test_only_who_is_asked_for(days: None) -> None:
    windows = fetch_all(AS_OF)
    some = windows.client_id[5:300:7]
    place = np.searchsorted(windows.client_id, some)
    (year,) = years_of([AS_OF], some)
    assert year.rev.tolist() == windows.rev0[place].tolist()
    day = AS_OF - timedelta(days=200)
    assert bought_before(day, some).tolist() == bought_before(day, windows.client_id)[place].tolist()
    (none,) = years_of([AS_OF], np.zeros(0, dtype=np.int64))
    assert none.rev.tolist() == []
