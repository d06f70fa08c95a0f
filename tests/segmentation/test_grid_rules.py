"""The rules of the grid: tables of cases, and agreement of the two classifiers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.rules.grid import (
    SEGMENT_CODES,
    Features,
    Preset,
    Segment,
    Thresholds,
    classify_all,
    classify_client,
    count_segments,
)
from segmentation.rules.presets import abc_cut, propose

LINES = Thresholds(revenue_cents=5_000_000, margin_rate=0.3)


def place(
    revenue: int, margin: float | None, coverage: float | None = 1.0, tenure: int | None = 400
) -> Segment:
    return classify_client(
        revenue_cents=revenue,
        margin_rate=margin,
        cost_coverage=coverage,
        tenure_days=tenure,
        thresholds=LINES,
    ).segment


@pytest.mark.parametrize(
    ("revenue", "margin", "expected"),
    [
        (8_000_000, 0.40, Segment.ATHLETE),
        (8_000_000, 0.20, Segment.WHALE),
        (1_000_000, 0.40, Segment.THOROUGHBRED),
        (1_000_000, 0.20, Segment.DILEMMA),
        (5_000_000, 0.30, Segment.ATHLETE),  # on both lines
        (4_999_999, 0.30, Segment.THOROUGHBRED),
        (5_000_000, math.nextafter(0.3, 0), Segment.WHALE),
        (-20_000, -0.5, Segment.DILEMMA),
    ],
)
def test_a_value_on_a_line_is_high(revenue: int, margin: float, expected: Segment) -> None:
    assert place(revenue, margin) == expected


@pytest.mark.parametrize(
    ("margin", "coverage", "tenure", "codes"),
    [
        (None, None, None, ["no_order"]),
        (0.1, 1.0, 90, ["new"]),
        (0.1, 0.79, 400, ["costs_missing"]),
        (None, 0.0, 400, ["costs_missing"]),
        (None, 1.0, 400, ["margin_unknown"]),
        (None, None, 400, ["nothing_sold"]),
        (0.1, 0.5, 10, ["new", "costs_missing"]),
    ],
)
def test_what_is_not_known_well_enough_is_never_a_dilemma(
    margin: float | None, coverage: float | None, tenure: int | None, codes: list[str]
) -> None:
    found = classify_client(
        revenue_cents=100, margin_rate=margin, cost_coverage=coverage, tenure_days=tenure, thresholds=LINES
    )
    assert found.segment == Segment.TO_QUALIFY
    assert [reason.code for reason in found.because] == codes


def test_the_bounds_of_knowing_a_client_belong_to_known() -> None:
    assert place(1_000_000, 0.2, coverage=0.8, tenure=91) == Segment.DILEMMA


def test_lines_that_cannot_be_drawn_place_nobody() -> None:
    found = classify_client(
        revenue_cents=10**7, margin_rate=0.9, cost_coverage=1.0, tenure_days=400,
        thresholds=Thresholds(10_000, None),
    )  # fmt: skip
    assert found.segment == Segment.TO_QUALIFY
    assert [reason.code for reason in found.because] == ["lines_unknown"]


def test_an_assumed_margin_is_said() -> None:
    found = classify_client(
        revenue_cents=10**7, margin_rate=0.31, cost_coverage=1.0, tenure_days=400, thresholds=LINES,
        assumed_share=0.6,
    )  # fmt: skip
    assert [(reason.code, dict(reason.values)) for reason in found.because] == [
        ("revenue_high", {"value_cents": 10**7, "line_cents": 5_000_000}),
        ("margin_high", {"value_exact_rate": 0.31, "line_exact_rate": 0.3}),
        ("margin_assumed", {"share_rate": 0.6}),
    ]


def features(rows: list[tuple[int, float | None, float | None, int | None]]) -> Features:
    def floats(column: int) -> np.ndarray:
        return np.array([math.nan if row[column] is None else row[column] for row in rows], dtype=float)

    return Features(
        client_ids=np.arange(len(rows)), revenue_cents=np.array([row[0] for row in rows], dtype=np.int64),
        margin_rate=floats(1), cost_coverage=floats(2), assumed_share=np.full(len(rows), math.nan),
        tenure_days=np.array([-1 if row[3] is None else row[3] for row in rows], dtype=np.int64),
    )  # fmt: skip


near_line = st.sampled_from([None, 0.29999999999999993, 0.3, 0.30000000000000004, 0.0, 1.0])
rates = st.one_of(near_line, st.floats(-2, 1))
coverages = st.one_of(st.sampled_from([None, 0.0, 0.7999999999999999, 0.8, 1.0]), st.floats(0, 1))
tenures = st.one_of(st.sampled_from([None, 0, 90, 91, 92]), st.integers(0, 5000))
revenues = st.one_of(st.sampled_from([4_999_999, 5_000_000, 5_000_001]), st.integers(-(10**12), 10**12))
clients = st.lists(st.tuples(revenues, rates, coverages, tenures), max_size=40)
lines = st.one_of(
    st.just(LINES),
    st.builds(
        Thresholds, st.one_of(st.none(), st.integers(0, 10**9)), st.one_of(st.none(), st.floats(-1, 1))
    ),
)


@given(clients, lines)
def test_the_fast_classifier_agrees_with_the_explaining_one(
    rows: list[tuple[int, float | None, float | None, int | None]], thresholds: Thresholds
) -> None:
    fast = [SEGMENT_CODES[code] for code in classify_all(features(rows), thresholds)]
    slow = [
        classify_client(
            revenue_cents=revenue, margin_rate=margin, cost_coverage=coverage, tenure_days=tenure,
            thresholds=thresholds,
        )
        for revenue, margin, coverage, tenure in rows
    ]  # fmt: skip
    assert fast == [found.segment for found in slow]
    assert all(found.because for found in slow)


def test_counts_name_every_segment() -> None:
    codes = classify_all(features([(10**7, 0.5, 1.0, 400), (10**7, 0.1, 1.0, 400)]), LINES)
    assert count_segments(codes) == {
        "whale": 1, "thoroughbred": 0, "athlete": 1, "dilemma": 0, "to_qualify": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("revenues", "cut"),
    [
        ([50, 30, 20], 30),  # exactly 80 %
        ([60, 30, 10], 30),  # 60 % is not enough, 90 % is
        ([90, 10], 90),
        ([10] * 10, 10),
        ([100], 100),
        ([100, 0, -50], 100),
        ([], None),
        ([0, -5], None),
    ],
)
def test_abc_cut(revenues: list[int], cut: int | None) -> None:
    assert abc_cut(np.array(revenues, dtype=np.int64)) == cut


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=60))
def test_the_abc_cut_keeps_80_percent_and_no_client_too_many(revenues: list[int]) -> None:
    cut = abc_cut(np.array(revenues, dtype=np.int64))
    inside = [revenue for revenue in revenues if revenue >= cut]
    assert 5 * sum(inside) >= 4 * sum(revenues)
    assert 5 * sum(revenue for revenue in inside if revenue > cut) < 4 * sum(revenues)


def test_presets_on_known_clients() -> None:
    known = features(
        [
            (50_000, 0.10, 1.0, 400),
            (30_000, 0.20, 1.0, 400),
            (20_000, 0.60, 1.0, 400),
            (90_000, 0.99, 1.0, 10),  # too new for the medians, yet revenue for the ABC cut
        ]
    )
    assert propose(Preset.ABC, known, 0.25) == Thresholds(30_000, 0.25)
    assert propose(Preset.MEDIANS, known, 0.25) == Thresholds(30_000, 0.20)
    assert propose(Preset.MEDIANS, features([]), None) == Thresholds(None, None)
    with pytest.raises(ValueError, match="typed"):
        propose(Preset.TYPED, known, 0.25)
