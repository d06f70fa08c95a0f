"""SQLite = PostgreSQL = plain Python (the suite runs on both), client by client."""

from datetime import date

import pytest

from kinetics.rules.indicators import window_days
from sales.windows import Windows, fetch_all, fetch_windows
from tests.kinetics.days import AS_OF, Plain, random_clients

pytestmark = pytest.mark.django_db


def expected(plain: Plain) -> dict[str, float]:
    bought, start = plain.bought, plain.start
    after = [day for day in bought if start and day.day > start]
    w0, w1 = plain.within(364, 0), plain.within(728, 364)
    tenure = max((AS_OF - start).days, 0) if start else 0
    length = window_days(tenure) if 364 <= tenure < 728 else None
    short0, short1 = (plain.within(length, 0), plain.within(2 * length, length)) if length else ([], [])
    found: dict[str, float] = {
        "first_day": bought[0].day.toordinal() if bought else 0,
        "last_day": bought[-1].day.toordinal() if bought else 0,
        "start": start.toordinal() if start else 0,
        "days": len(bought),
        "days_after": len(after),
        "value": sum(max(day.rev, 0) for day in bought),
        "value_days": sum(day.rev > 0 for day in bought),
        "value_after": sum(max(day.rev, 0) for day in after),
        "value_days_after": sum(day.rev > 0 for day in after),
        "value0": sum(max(day.rev, 0) for day in w0),
        "rev_squares": sum(day.rev**2 for day in w0 + w1),
        "short_rev0": sum(day.rev for day in short0),
        "short_rev1": sum(day.rev for day in short1),
        "short_days0": sum(day.orders > 0 for day in short0),
        "short_days1": sum(day.orders > 0 for day in short1),
        "short_squares": sum(day.rev**2 for day in short0 + short1),
    }
    for name, days in (("0", w0), ("1", w1)):
        for column in ("rev", "abs_rev", "rc", "abs_rc", "cost"):
            found[column + name] = sum(getattr(day, column) for day in days)
        found["assumed" + name] = sum(day.abs_rc_assumed for day in days)
        found["days" + name] = sum(day.orders > 0 for day in days)
        found["costed_days" + name] = sum(day.abs_rc > 0 for day in days)
        found["margin_squares" + name] = sum((day.rc - day.cost) ** 2 for day in days)
        found["margin_rc" + name] = sum((day.rc - day.cost) * day.rc for day in days)
        found["rc_squares" + name] = sum(day.rc**2 for day in days)
    return found


def test_every_sum_agrees_with_plain_python() -> None:
    plains = random_clients(200)
    windows = fetch_windows(AS_OF)
    assert windows.client_id.tolist() == [plain.client.pk for plain in plains]
    for i, plain in enumerate(plains):
        sums = expected(plain)
        found = {name: float(getattr(windows, name)[i]) for name in sums}
        assert found == pytest.approx(sums, rel=1e-12), plain.client.pk
        begin = window_days((AS_OF - plain.start).days) if plain.start else None
        values = windows.day_values[windows.values_from[i] : windows.values_to[i]]
        assert values.tolist() == [day.rev for day in plain.within(2 * (begin or 364), 0)]


def test_ranges_join_to_the_same_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    random_clients(30)
    whole = fetch_windows(AS_OF)
    last = int(whole.client_id[-1])
    parts = [fetch_windows(AS_OF, after=a, upto=a + 7) for a in range(int(whole.client_id[0]) - 1, last, 7)]
    joined = Windows.joined(parts)
    for name in vars(whole):
        if name not in ("day_values", "values_from", "values_to"):
            assert getattr(joined, name).tolist() == getattr(whole, name).tolist(), name
    for i in range(len(whole)):
        one = whole.day_values[whole.values_from[i] : whole.values_to[i]].tolist()
        assert joined.day_values[joined.values_from[i] : joined.values_to[i]].tolist() == one


def test_no_client_at_all() -> None:
    assert len(fetch_all(date(2025, 1, 1))) == 0


def test_orders_after_the_day_do_not_exist_yet() -> None:
    plains = random_clients(20)
    early = fetch_windows(date(2020, 1, 1))
    assert len(early) == len(plains)
    assert early.first_day.tolist() == [0] * len(plains)
