"""The run: sums of the rollup, lines in force, one complete published run a day."""

import json
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from clients.models import Client
from sales.models import ClientDay
from segmentation.models import ClientSegment, GridThresholds, SegmentationRun
from segmentation.rules.grid import Preset, Thresholds
from segmentation.selectors import active_thresholds, published_run, segment_of
from segmentation.selectors.proposals import propose_thresholds
from segmentation.services import activate_thresholds, classify_clients
from tests.conftest import Cast
from tests.factories.records import make_client
from tests.segmentation.records import AS_OF, NOW, client_with, four_corners, sell

pytestmark = pytest.mark.django_db


def rows_of(run: SegmentationRun) -> list[tuple[Any, ...]]:
    fields = (
        "client_id", "segment", "revenue_cents", "margin_rate", "cost_coverage", "assumed_share", "tenure_days",
    )  # fmt: skip
    return list(ClientSegment.objects.filter(run=run).order_by("client_id").values_list(*fields))


def segments() -> dict[str, str]:
    run = published_run()
    return dict(ClientSegment.objects.filter(run=run).values_list("client__name", "segment"))


def test_the_first_run_draws_the_lines_and_places_everybody() -> None:
    corners = four_corners()
    run = classify_clients(as_of=AS_OF, now=NOW)

    assert segments() == {client.name: segment for segment, client in corners.items()}
    lines = active_thresholds()
    assert lines is not None
    assert (lines.preset, lines.revenue_cents, lines.automatic) == ("abc", 300_000, True)
    # ΣM / ΣRc over the four clients whose costs are known
    assert lines.margin_rate == (200_000 + 30_000 + 40_000 + 3_000) / 940_000
    assert run.counts["segments"] == dict.fromkeys(corners, 1)


def test_values_kept_of_a_client() -> None:
    client = make_client(name="Hestia")
    sell(client, 100_000, 0.30, days_ago=100, assumed=40_000)
    sell(client, -20_000, 0.30, days_ago=10)
    sell(client, 30_000, None, days_ago=5)
    sell(client, 999, 0.9, days_ago=364)  # the day before W0
    sell(client, 999, 0.9, days_ago=-1)  # after the day
    classify_clients(as_of=AS_OF, now=NOW)

    row = segment_of(client)
    assert row is not None
    assert (row.revenue_cents, row.tenure_days) == (110_000, 364)
    assert row.margin_rate == pytest.approx(0.30)
    assert row.cost_coverage == 120_000 / 150_000
    assert row.assumed_share == 40_000 / 120_000


def test_new_silent_and_unknown_clients_wait_to_be_qualified() -> None:
    four_corners()
    never = make_client(name="never")
    new = make_client(name="new")
    sell(new, 10**6, 0.5, days_ago=90)
    silent = make_client(name="silent")
    sell(silent, 10**6, 0.5, days_ago=500)
    returned = make_client(name="returned")
    ClientDay.objects.filter(pk=sell(returned, -500, 0.5, days_ago=200).pk).update(orders=0)
    classify_clients(as_of=AS_OF, now=NOW)

    placed = {name: segment_of(client) for name, client in [
        ("never", never), ("new", new), ("silent", silent), ("returned", returned),
    ]}  # fmt: skip
    assert {name: row and row.segment for name, row in placed.items()} == dict.fromkeys(placed, "to_qualify")
    codes = {
        name: [reason.code for reason in row.classification.because] for name, row in placed.items() if row
    }
    assert codes == {
        "never": ["no_order"], "new": ["new"], "silent": ["nothing_sold"], "returned": ["no_order"],
    }  # fmt: skip


def test_a_rerun_is_identical_and_replaces() -> None:
    four_corners()
    first = classify_clients(as_of=AS_OF, now=NOW)
    before = rows_of(first)
    second = classify_clients(as_of=AS_OF, now=NOW + timedelta(hours=1))

    assert rows_of(second) == before
    assert list(SegmentationRun.objects.filter(published=True)) == [second]
    assert GridThresholds.objects.count() == 1
    # The run before stays for pages being built, and goes with the next.
    assert rows_of(first) == before
    third = classify_clients(as_of=AS_OF, now=NOW + timedelta(hours=2))
    assert set(SegmentationRun.objects.values_list("pk", flat=True)) == {second.pk, third.pk}


def test_later_runs_keep_the_lines() -> None:
    four_corners()
    classify_clients(as_of=AS_OF, now=NOW)
    client_with(9_000_000, 0.9, name="giant")
    classify_clients(as_of=AS_OF + timedelta(days=1), now=NOW + timedelta(days=1))
    lines = active_thresholds()
    assert lines is not None
    assert (GridThresholds.objects.count(), lines.revenue_cents) == (1, 300_000)


def test_automatic_lines_wait_for_revenue_and_costs() -> None:
    run = classify_clients(as_of=AS_OF, now=NOW)
    assert (run.thresholds.revenue_cents, run.thresholds.margin_rate) == (None, None)
    client = client_with(100_000, None, name="uncosted")
    ClientDay.objects.filter(client=client).update(rc=0, abs_rc=0, cost=0)
    run = classify_clients(as_of=AS_OF, now=NOW + timedelta(hours=1))
    assert (run.thresholds.revenue_cents, run.thresholds.margin_rate) == (100_000, None)
    assert segments() == {"uncosted": "to_qualify"}
    classify_clients(as_of=AS_OF, now=NOW + timedelta(hours=2))
    assert GridThresholds.objects.count() == 2  # nothing new to draw: no new version
    client_with(50_000, 0.2, name="costed")
    run = classify_clients(as_of=AS_OF, now=NOW + timedelta(hours=3))
    assert run.thresholds.lines.complete


def test_proposals_count_and_name_who_moves(cast: Cast) -> None:
    four_corners(owner=cast.alice)
    run = classify_clients(as_of=AS_OF, now=NOW)
    abc, medians, typed = propose_thresholds(run, cast.diane, Thresholds(70_000, 0.05))
    assert (abc.thresholds, abc.moved, list(abc.movers)) == (run.thresholds.lines, 0, [])
    assert medians.thresholds == Thresholds(190_000, 0.25)
    assert typed.counts == {"whale": 0, "thoroughbred": 1, "athlete": 3, "dilemma": 0, "to_qualify": 1}
    assert [(mover.client.name, mover.before, mover.after) for mover in typed.movers] == [
        ("Boréas", "whale", "athlete"),
        ("Circé", "thoroughbred", "athlete"),
        ("Dédale", "dilemma", "thoroughbred"),
    ]
    assert typed.moved == 3


def test_activating_is_versioned_and_places_everybody_again(cast: Cast) -> None:
    four_corners()
    classify_clients(as_of=AS_OF, now=NOW)
    typed = Thresholds(70_000, 0.05)
    for _ in range(2):  # a double click
        lines = activate_thresholds(preset=Preset.TYPED, as_of=AS_OF, by=cast.diane, now=NOW, typed=typed)
    assert (lines.activated_by, lines.lines, lines.preset) == (cast.diane, typed, "typed")
    assert GridThresholds.objects.count() == 2
    assert segments()["Boréas"] == "athlete"
    run = published_run()
    assert run is not None
    assert (run.thresholds, run.as_of) == (lines, AS_OF)


def test_a_person_confirms_automatic_lines_as_a_version_of_its_own(cast: Cast) -> None:
    four_corners()
    automatic = classify_clients(as_of=AS_OF, now=NOW).thresholds
    confirmed = activate_thresholds(preset=Preset.ABC, as_of=AS_OF, by=cast.oscar, now=NOW)
    assert (confirmed.lines, confirmed.automatic) == (automatic.lines, False)
    assert confirmed.pk != automatic.pk


def test_lines_without_ground_are_refused(cast: Cast) -> None:
    with pytest.raises(ValueError, match="no lines"):
        activate_thresholds(preset=Preset.ABC, as_of=AS_OF, by=cast.diane, now=NOW)
    with pytest.raises(ValueError, match="no lines"):
        activate_thresholds(preset=Preset.TYPED, as_of=AS_OF, by=cast.diane, now=NOW)
    assert GridThresholds.objects.count() == 0


def test_35_nights_and_month_ends_are_kept() -> None:
    make_client()
    first = date(2026, 1, 1)
    for number in range(100):
        classify_clients(as_of=first + timedelta(days=number), now=NOW)
    last = first + timedelta(days=99)  # 10 April
    kept = set(SegmentationRun.objects.values_list("as_of", flat=True))
    nights = {last - timedelta(days=number) for number in range(35)}
    assert kept == nights | {date(2026, 1, 31), date(2026, 2, 28)}
    assert ClientSegment.objects.count() == len(kept)


def test_the_command_prints_lines_and_counts() -> None:
    four_corners()
    out = StringIO()
    call_command("classify_clients", "--as-of", AS_OF.isoformat(), "--json", stdout=out)
    found = json.loads(out.getvalue().splitlines()[-1])
    seconds = found.pop("seconds")
    counts = dict.fromkeys(["whale", "thoroughbred", "athlete", "dilemma", "to_qualify"], 1)
    lines = active_thresholds()
    assert lines is not None
    assert found == {
        "as_of": "2026-06-30", "clients": 5, "segments": counts, **counts,
        "thresholds": {
            "version": lines.pk, "preset": "abc", "revenue_cents": 300_000, "margin_rate": lines.margin_rate,
            "automatic": True,
        },
    }  # fmt: skip
    assert seconds >= 0


def test_the_published_segment_of_a_client_of_another_day() -> None:
    client = client_with(100_000, 0.3)
    earlier = classify_clients(as_of=AS_OF - timedelta(days=100), now=NOW)
    classify_clients(as_of=AS_OF, now=NOW)
    now, then = segment_of(client), segment_of(client, earlier)
    assert now is not None
    assert then is not None
    assert (now.revenue_cents, then.revenue_cents) == (100_000, 0)
    assert segment_of(Client.objects.create(ref="later", name="later")) is None
