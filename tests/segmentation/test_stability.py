"""The dead band and the wait: rules, runs over days, events, and the bench's measure in small."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from bench.stability import Measured, simulate
from clients.models import Client
from sales.models import ClientDay
from segmentation.models import ClientSegment, GridThresholds, SegmentEvent
from segmentation.rules.grid import SEGMENT_CODES, Features, Preset, Segment, Thresholds, classify_all
from segmentation.rules.history import moves
from segmentation.rules.stability import DWELL_DAYS, NONE, Standings, settle
from segmentation.selectors.explained import history_of, reasons_of
from segmentation.selectors.runs import segment_of
from segmentation.services import activate_thresholds, classify_clients, propose_when_due
from tests.conftest import Cast
from tests.factories.records import make_client
from tests.segmentation.records import AS_OF, NOW, client_with, four_corners, sell

LINES = Thresholds(100_000, 0.30)
CODE = {segment: number for number, segment in enumerate(SEGMENT_CODES)}


def features(*points: tuple[int, float]) -> Features:
    count = len(points)
    return Features(
        client_ids=np.arange(1, count + 1), revenue_cents=np.array([point[0] for point in points]),
        margin_rate=np.array([point[1] for point in points], dtype=float), cost_coverage=np.ones(count),
        assumed_share=np.zeros(count), tenure_days=np.full(count, 500),
    )  # fmt: skip


def standing(*segments: Segment) -> Standings:
    return Standings.plain(np.array([CODE[segment] for segment in segments], dtype=np.int8))


def named(standings: Standings) -> list[Segment]:
    return [SEGMENT_CODES[code] for code in standings.codes]


@pytest.mark.parametrize(
    ("before", "revenue", "margin", "points_to"),
    [
        (Segment.ATHLETE, 90_000, 0.28, Segment.ATHLETE),  # on the lower edge of both bands
        (Segment.ATHLETE, 89_999, 0.30, Segment.THOROUGHBRED),
        (Segment.ATHLETE, 100_000, 0.2799, Segment.WHALE),
        (Segment.DILEMMA, 109_999, 0.3199, Segment.DILEMMA),
        (Segment.DILEMMA, 110_000, 0.30, Segment.WHALE),
        (Segment.DILEMMA, 100_000, 0.3201, Segment.THOROUGHBRED),
        (Segment.WHALE, 95_000, 0.31, Segment.WHALE),
        (Segment.TO_QUALIFY, 100_000, 0.30, Segment.ATHLETE),  # no band for who stood nowhere
        (Segment.TO_QUALIFY, 99_999, 0.2999, Segment.DILEMMA),
    ],
)
def test_the_band_favours_where_a_client_stands(
    before: Segment, revenue: int, margin: float, points_to: Segment
) -> None:
    settled = settle(features((revenue, margin)), LINES, standing(before), day=1000)
    waits = before not in (points_to, Segment.TO_QUALIFY)
    assert named(settled) == [before if waits else points_to]
    assert settled.pending.tolist() == [CODE[points_to] if waits else NONE]
    assert settled.since.tolist() == [1000 if waits else 0]


def test_the_segment_follows_when_it_lasted_fourteen_days() -> None:
    standings, seen = standing(Segment.ATHLETE), []
    for day in range(1000, 1000 + DWELL_DAYS + 1):
        standings = settle(features((50_000, 0.40)), LINES, standings, day)
        seen.append(named(standings)[0])
    assert seen == [Segment.ATHLETE] * DWELL_DAYS + [Segment.THOROUGHBRED]
    assert (standings.pending.tolist(), standings.since.tolist()) == ([NONE], [0])


def test_one_day_back_starts_the_wait_again() -> None:
    standings = standing(Segment.ATHLETE)
    for day in range(1000, 1013):
        standings = settle(features((50_000, 0.40)), LINES, standings, day)
    standings = settle(features((95_000, 0.40)), LINES, standings, 1013)
    assert standings.since.tolist() == [0]
    standings = settle(features((50_000, 0.40)), LINES, standings, 1014)
    assert (named(standings), standings.since.tolist()) == ([Segment.ATHLETE], [1014])


def test_a_night_that_was_missed_changes_nothing_of_the_wait() -> None:
    standings = settle(features((50_000, 0.40)), LINES, standing(Segment.ATHLETE), 1000)
    assert named(settle(features((50_000, 0.40)), LINES, standings, 1014)) == [Segment.THOROUGHBRED]


values = st.tuples(st.integers(0, 250_000), st.floats(-0.5, 0.9))


@given(st.lists(values, min_size=1, max_size=30), st.sampled_from(SEGMENT_CODES))
def test_whoever_keeps_its_figures_ends_where_the_band_leaves_it(
    points: list[tuple[int, float]], before: Segment
) -> None:
    """After the wait nothing moves any more, and beyond the bands the plain classes hold."""
    found = features(*points)
    standings = standing(*([before] * len(points)))
    for day in (1000, 1014, 1028):
        standings = settle(found, LINES, standings, day)
    again = settle(found, LINES, standings, 1042)
    assert again.codes.tolist() == standings.codes.tolist()
    plain = classify_all(found, LINES)
    clear = [abs(revenue - 100_000) > 10_000 and abs(margin - 0.30) > 0.0201 for revenue, margin in points]
    assert standings.codes[clear].tolist() == plain[clear].tolist()


def test_the_line_is_the_cause_when_the_old_one_would_have_left_the_client() -> None:
    found = features((50_000, 0.40), (20_000, 0.40))
    before = standing(Segment.THOROUGHBRED, Segment.ATHLETE)
    after = Standings.plain(classify_all(found, Thresholds(40_000, 0.30)))
    moved = moves(found, before, after, lines_before=LINES, moved=True, day=1000)
    assert moved.index.tolist() == [0, 1]
    # The second waits under the old lines too, but on its own account: they would not yet have moved it.
    assert moved.by_line.tolist() == [True, True]


def test_at_most_seven_tenths_of_a_change_a_client_and_year() -> None:
    measured: Measured = simulate(clients=2_000, nights=180, seed=7)
    assert measured.changes_per_year <= 0.7
    assert measured.changes_per_year < measured.plain_changes_per_year


def night(number: int) -> date:
    return AS_OF + timedelta(days=number)


def segments_on(day: date) -> dict[str, str]:
    rows = ClientSegment.objects.filter(run__as_of=day, run__published=True)
    return dict(rows.values_list("client__name", "segment"))


@pytest.mark.django_db
def test_runs_carry_the_wait_from_night_to_night_and_note_the_change_once() -> None:
    corners = four_corners()
    athlete = corners["athlete"]
    classify_clients(as_of=AS_OF, now=NOW)
    ClientDay.objects.filter(client=athlete, rev=500_000).update(rev=200_000, gross=200_000, abs_rev=200_000, rc=200_000, abs_rc=200_000, cost=120_000)  # fmt: skip
    for number in range(1, 15):
        classify_clients(as_of=night(number), now=NOW)
        assert segments_on(night(number))["Atalante"] == "athlete"
    row = segment_of(athlete)
    assert row is not None
    assert (row.pending, row.pending_since) == ("thoroughbred", night(1))
    with override("en"):
        assert "The figures have pointed to another segment since" in reasons_of(row)[-1]
    for _again in range(2):
        classify_clients(as_of=night(15), now=NOW)
    assert segments_on(night(15))["Atalante"] == "thoroughbred"
    (event,) = history_of(athlete)
    assert (event.before, event.after, event.cause, event.as_of) == (
        "athlete", "thoroughbred", "value", night(15),
    )  # fmt: skip
    assert (event.revenue_cents, event.margin_rate, event.rule_version) == (200_000, 0.40, "grid-2")


@pytest.mark.django_db
def test_moved_lines_place_everybody_at_once_and_are_the_cause(cast: Cast) -> None:
    four_corners()
    classify_clients(as_of=AS_OF, now=NOW)
    classify_clients(as_of=night(1), now=NOW)
    activate_thresholds(
        preset=Preset.TYPED, as_of=night(1), by=cast.diane, now=NOW, typed=Thresholds(70_000, 0.05)
    )
    found = SegmentEvent.objects.order_by("client__name").values_list(
        "client__name", "before", "after", "cause"
    )
    assert list(found) == [
        ("Boréas", "whale", "athlete", "threshold"),
        ("Circé", "thoroughbred", "athlete", "threshold"),
        ("Dédale", "dilemma", "thoroughbred", "threshold"),
    ]
    classify_clients(as_of=night(2), now=NOW)
    assert SegmentEvent.objects.count() == 3


@pytest.mark.django_db
def test_who_is_new_or_badly_costed_is_to_qualify_and_never_a_dilemma() -> None:
    four_corners()
    sell(make_client(name="fresh"), 100, 0.01, days_ago=20)
    classify_clients(as_of=AS_OF, now=NOW)
    assert segments_on(AS_OF)["fresh"] == "to_qualify"
    dilemma = Client.objects.get(name="Dédale")
    sell(dilemma, 200_000, None, days_ago=1)
    for number in range(1, 16):
        classify_clients(as_of=night(number), now=NOW)
    # Waits like every change, then it is one to qualify.
    assert (segments_on(night(14))["Dédale"], segments_on(night(15))["Dédale"]) == ("dilemma", "to_qualify")


@pytest.mark.django_db
def test_once_a_quarter_new_lines_are_proposed_and_wait_for_a_person(cast: Cast) -> None:
    four_corners()
    classify_clients(as_of=AS_OF, now=NOW)
    assert propose_when_due(as_of=AS_OF) is None
    client_with(9_000_000, 0.9, name="giant")
    later = night(91)
    run = classify_clients(as_of=later, now=NOW)
    proposal = propose_when_due(as_of=later)
    assert proposal is not None
    assert (proposal.preset, proposal.activated_at, proposal.revenue_cents) == ("abc", None, 9_000_000)
    assert propose_when_due(as_of=later) == proposal  # asked twice: the same one
    assert run.thresholds.revenue_cents == 300_000  # nothing moved by itself
    activate_thresholds(preset=Preset.ABC, as_of=later, by=cast.diane, now=NOW)
    assert GridThresholds.objects.filter(activated_at__isnull=True).count() == 0
    assert segments_on(later)["Atalante"] == "dilemma"
