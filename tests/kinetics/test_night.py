"""The nightly run: one complete run visible, whatever happens meanwhile."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.forms.models import model_to_dict

from kinetics import services
from kinetics.models import ClientIndicator, KineticsRun
from kinetics.selectors import published_run
from kinetics.services import RunSuperseded, recompute_kinetics
from kinetics.states import RunMode, RunState
from tests.factories.records import make_client
from tests.kinetics.days import AS_OF, add_day, random_clients

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2025, 3, 1, 2, tzinfo=UTC)


def rows_of(run: KineticsRun) -> list[dict[str, Any]]:
    rows = ClientIndicator.objects.filter(run=run).order_by("client_id")
    return [model_to_dict(row, exclude=["run"]) for row in rows]


def test_every_client_gets_a_row_and_a_rerun_is_identical() -> None:
    plains = random_clients(120)
    first = recompute_kinetics(as_of=AS_OF, now=NOW)
    before = rows_of(first)
    second = recompute_kinetics(as_of=AS_OF, now=NOW + timedelta(hours=1))
    assert rows_of(second) == before
    assert len(before) == len(plains)
    assert second.params == first.params
    assert published_run() == second
    assert ClientIndicator.objects.filter(run=first).count() == 0
    first.refresh_from_db()
    assert first.state == RunState.REPLACED


def test_stored_figures_of_known_clients() -> None:
    day = lambda back: AS_OF - timedelta(days=back)  # noqa: E731
    from sales.models import ClientDay

    old, short, never = make_client(), make_client(), make_client()
    ClientDay.objects.bulk_create([
        add_day(old, day(800), 9_000, cost=4_000), add_day(old, day(500), 10_000, cost=6_000),
        add_day(old, day(100), 15_000, refunded=3_000, cost=9_000),
        add_day(short, day(400), 1_000), add_day(short, day(250), 4_000), add_day(short, day(10), 2_000),
    ])  # fmt: skip
    run = recompute_kinetics(as_of=AS_OF, now=NOW)
    by_client = {row.client_id: row for row in ClientIndicator.objects.filter(run=run)}
    row = by_client[old.pk]
    assert (row.revenue_state, row.r0_cents, row.r1_cents, row.window_days) == (
        "measured",
        12_000,
        10_000,
        364,
    )
    assert row.growth_rate == pytest.approx(0.2)
    assert (row.margin_cents, row.margin_rate, row.margin_rate_before) == (6_000, 0.4, 0.4)
    assert (row.expected_state, row.repeat_days, row.first_day) == ("fallback", 2, day(800))
    assert row.p_alive is None
    row = by_client[short.pk]  # two windows of 7·⌊400/14⌋ = 196 days
    assert (row.revenue_state, row.r0_cents, row.r1_cents, row.window_days) == ("short", 2_000, 4_000, 196)
    assert (row.revenue_cents, row.profit_state) == (6_000, "unknown")
    row = by_client[never.pk]
    assert (row.revenue_state, row.expected_state, row.r0_cents, row.expected_cents) == (
        "prospect",
        "prospect",
        0,
        None,
    )
    assert run.counts["revenue"] == {"measured": 1, "short": 1, "prospect": 1}


class Killed(BaseException):
    """As a killed process: nothing of ours handles it."""


def test_a_killed_run_leaves_the_former_visible_and_no_litter() -> None:
    random_clients(20)
    former = recompute_kinetics(as_of=AS_OF, now=NOW)
    rows = rows_of(former)

    def die(done: int, total: int) -> None:
        if done == total:
            raise Killed  # everything is written, nothing published

    with pytest.raises(Killed):
        recompute_kinetics(as_of=AS_OF, now=NOW, progress=die)
    killed = KineticsRun.objects.get(state=RunState.BUILDING)
    assert ClientIndicator.objects.filter(run=killed).count() == 20
    assert published_run() == former
    assert rows_of(former) == rows

    last = recompute_kinetics(as_of=AS_OF, now=NOW)
    assert published_run() == last
    assert ClientIndicator.objects.exclude(run=last).count() == 0
    killed.refresh_from_db()
    assert killed.state == RunState.FAILED


def test_a_failing_run_says_so_and_leaves_the_former() -> None:
    random_clients(5)
    former = recompute_kinetics(as_of=AS_OF, now=NOW)

    def fail(done: int, total: int) -> None:
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        recompute_kinetics(as_of=AS_OF, now=NOW, progress=fail)
    failed = KineticsRun.objects.get(state=RunState.FAILED)
    assert failed.error == "RuntimeError: the disk is full"
    assert published_run() == former
    assert ClientIndicator.objects.filter(run=former).count() == 5


def test_readers_see_one_complete_run_while_another_is_built() -> None:
    random_clients(10)
    former = recompute_kinetics(as_of=AS_OF, now=NOW)
    seen = []

    def read(done: int, total: int) -> None:
        run = published_run()
        assert run is not None
        seen.append((run.pk, ClientIndicator.objects.filter(run=run).count()))

    recompute_kinetics(as_of=AS_OF, now=NOW, progress=read)
    assert set(seen) == {(former.pk, 10)}
    assert len(seen) == 2


def test_of_two_runs_of_a_date_only_the_later_start_publishes() -> None:
    random_clients(5)
    started = []

    def overtake(done: int, total: int) -> None:
        if not started:
            started.append(True)
            started.append(recompute_kinetics(as_of=AS_OF, now=NOW))

    with pytest.raises(RunSuperseded):
        recompute_kinetics(as_of=AS_OF, now=NOW, progress=overtake)
    assert published_run() == started[1]
    assert KineticsRun.objects.filter(state=RunState.PUBLISHED).count() == 1
    assert ClientIndicator.objects.exclude(run=started[1]).count() == 0


def test_nights_are_pruned_to_the_last_ones_and_month_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "KEPT_NIGHTS", 3)
    make_client()
    days = [date(2025, 1, 30), date(2025, 1, 31), *(date(2025, 2, day) for day in (1, 2, 3, 4))]
    for day in days:
        recompute_kinetics(as_of=day, now=NOW)
    kept = KineticsRun.objects.published().order_by("as_of").values_list("as_of", flat=True)
    assert list(kept) == [date(2025, 1, 31), *(date(2025, 2, day) for day in (2, 3, 4))]


def test_a_backfill_stays_apart_from_the_nights() -> None:
    random_clients(3)
    night = recompute_kinetics(as_of=date(2024, 6, 1), now=NOW)
    runs = services.backfill(first=date(2025, 1, 1), last=date(2025, 1, 20), step=7, now=NOW)
    assert [run.as_of for run in runs] == [date(2025, 1, 1), date(2025, 1, 8), date(2025, 1, 15)]
    assert {run.mode for run in runs} == {RunMode.BACKFILL}
    assert published_run() == night


def printed(*args: str) -> dict[str, Any]:
    out = StringIO()
    call_command(*args, "--json", stdout=out)
    return dict(json.loads(out.getvalue().splitlines()[-1]))


def test_the_commands_print_what_was_published() -> None:
    plains = random_clients(12)
    result = printed("recompute_kinetics", "--as-of", AS_OF.isoformat())
    run = published_run()
    assert run is not None
    assert (result["run"], result["clients"]) == (run.pk, 12)
    assert sum(result["states"]["revenue"].values()) == 12
    assert set(result["expected_revenue"]) >= {
        "model", "r", "alpha", "a", "b", "log_likelihood", "p", "q", "gamma", "clients", "unit",
    }  # fmt: skip
    one = printed("client_indicators", plains[0].client.ref)
    assert (one["client"], one["as_of"], one["rule_version"]) == (
        plains[0].client.ref,
        "2025-02-28",
        "kinetics-1",
    )
    assert {"revenue", "expected", "profit"} <= set(one)
    assert one["revenue"]["because"]
