"""Readiness and waves: the fixture, an oracle in plain Python, and what must always hold."""

import math
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.rules.readiness import (
    Assumptions,
    Clients,
    Sums,
    measured_hazard,
    measured_rho,
    per_client,
    readiness,
    sum_up,
)
from segmentation.rules.waves import Gate, Hold, Movers, Wave, holds, loss_of, priority, waves_of

NAN = float("nan")
FIXTURE = Assumptions(lead=0.5, market=0.4)


def clients(rows: list[tuple[float, tuple[float, ...] | None, float | None, int]]) -> Clients:
    """Rows of revenue, p (None: unknown), m (None: unknown), steps done."""
    return Clients(
        revenue=np.array([row[0] for row in rows], dtype=float),
        p=np.array([row[1] or (NAN,) * 4 for row in rows], dtype=float).reshape(len(rows), 4),
        known=np.array([row[1] is not None for row in rows], dtype=bool),
        online=np.array([NAN if row[2] is None else row[2] for row in rows], dtype=float),
        steps=np.array([row[3] for row in rows], dtype=float),
    )


probabilities = st.tuples(*[st.floats(0.01, 1)] * 4).map(lambda p: tuple(x / sum(p) for x in p))
one = st.tuples(st.floats(0, 1e9), st.none() | probabilities, st.none() | st.floats(0, 1), st.integers(0, 4))
portfolios = st.lists(one, min_size=1, max_size=25)


def oracle(rows: list, assumed: Assumptions) -> dict[str, float | None]:  # type: ignore[type-arg]
    """The formulas of the method, one client after the other."""
    whole = sum(r for r, _p, _m, _a in rows)
    known = sum(r for r, p, _m, _a in rows if p)
    ready = sum(r * sum(x * w for x, w in zip(p, assumed.rho, strict=True)) for r, p, _m, _a in rows if p)
    risk1 = sum(
        r * sum(x * h for x, h in zip(p, assumed.h1, strict=True)) * (1 - (m or 0)) * assumed.lead
        for r, p, m, _a in rows if p
    )  # fmt: skip
    risk2 = sum(
        r * sum(x * h for x, h in zip(p, assumed.h2, strict=True)) * (1 - a / 4) * (1 - (m or 0)) * assumed.market
        for r, p, m, a in rows if p
    )  # fmt: skip
    return {
        "coverage": known / whole if whole else None, "index": ready / known if known else None,
        "low": (ready + (whole - known) * 0.1) / whole if whole else 0.1,
        "high": (ready + (whole - known) * 0.9) / whole if whole else 0.9, "risk1": risk1, "risk2": risk2,
    }  # fmt: skip


def close(found: float | None, expected: float | None) -> bool:
    if found is None or expected is None:
        return found is expected
    return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-6)


@given(portfolios)
def test_the_sums_agree_with_the_formulas(rows: list) -> None:  # type: ignore[type-arg]
    found = clients(rows)
    result = readiness(sum_up(found, per_client(found, FIXTURE)), FIXTURE)
    expected = oracle(rows, FIXTURE)
    assert [
        name
        for name, value in (
            ("coverage", result.coverage), ("index", result.index.central), ("low", result.index.low),
            ("high", result.index.high), ("risk1", result.risk1), ("risk2", result.risk2),
        )
        if not close(value, expected[name])
    ] == []  # fmt: skip


@given(portfolios, portfolios)
def test_parts_add_up_to_the_whole(some: list, others: list) -> None:  # type: ignore[type-arg]
    def summed(rows: list) -> Sums:  # type: ignore[type-arg]
        found = clients(rows)
        return sum_up(found, per_client(found, FIXTURE))

    first, second, both = asdict(summed(some)), asdict(summed(others)), asdict(summed([*some, *others]))
    mixes = zip(first.pop("mix"), second.pop("mix"), both.pop("mix"), strict=True)
    assert all(close(a + b, c) for a, b, c in mixes)
    assert [name for name in both if not close(first[name] + second[name], both[name])] == []


@given(portfolios)
def test_the_bounds_hold_the_central_value_and_lie_within_the_assumptions(rows: list) -> None:  # type: ignore[type-arg]
    found = clients(rows)
    result = readiness(sum_up(found, per_client(found, FIXTURE)), FIXTURE)
    for bounded in (result.index, result.heads, result.migrated, result.laggards):
        assert bounded.low <= bounded.high + 1e-12
        if bounded.central is not None:
            assert bounded.low - 1e-9 <= bounded.central <= bounded.high + 1e-9


PHILE, NUL = (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0)
# The method gives the fixture's revenues, indices and risks, not its types: this is an instance that has them.
PORTFOLIO = [
    (120_000.0, (0.92, 0.08, 0.0, 0.0), 0.4021, 0), (60_000.0, (0.10, 0.80, 0.10, 0.0), 0.121, 0),
    (40_000.0, (0.0, 0.15, 0.75, 0.10), 0.0423, 1), (30_000.0, (0.0, 0.0, 0.10, 0.90), 0.08, 0),
    (20_000.0, (0.85, 0.15, 0.0, 0.0), 0.61, 0), (15_000.0, None, 0.30, 0),
    (10_000.0, (0.0, 0.70, 0.30, 0.0), 0.05, 0), (5_000.0, (0.0, 0.10, 0.20, 0.70), 0.42, 0),
]  # fmt: skip


def test_the_fixture_of_the_method_to_its_digits() -> None:
    found = clients(PORTFOLIO)
    result = readiness(sum_up(found, per_client(found, FIXTURE)), FIXTURE)
    index = result.index
    assert f"{result.coverage:.3f}" == "0.950"
    assert f"{index.central:.3f} [{index.low:.3f}–{index.high:.3f}]" == "0.627 [0.601–0.641]"
    assert f"{result.migrated.central:.3f}" == "0.263"
    assert (f"{result.risk1:.0f}", f"{result.risk1_rate:.2%}") == ("10881", "3.63%")
    assert (f"{result.risk2:.0f}", f"{result.risk2_rate:.2%}") == ("4955", "1.65%")


def test_nobody_known_has_bounds_and_no_central_value() -> None:
    found = clients([(100.0, None, None, 0)])
    result = readiness(sum_up(found, per_client(found, FIXTURE)), FIXTURE)
    assert (result.index.central, result.index.low, result.index.high) == (None, 0.1, 0.9)
    assert (result.coverage, result.risk1, result.laggards_warn) == (0.0, 0.0, False)
    assert result.risk1_most == 100 * 0.2 * 0.5


def test_laggards_beyond_forty_percent_are_warned_of() -> None:
    for share, warned in ((40.0, False), (41.0, True)):
        found = clients([(100 - share, PHILE, 0.0, 0), (share, NUL, 0.0, 0)])
        assert readiness(sum_up(found, per_client(found, FIXTURE)), FIXTURE).laggards_warn is warned


def test_steps_lower_the_second_risk_by_a_quarter_each() -> None:
    risks = []
    for steps in range(5):
        found = clients([(1000.0, NUL, 0.0, steps)])
        risks.append(readiness(sum_up(found, per_client(found, FIXTURE)), FIXTURE).risk2)
    assert risks == pytest.approx([100.0, 75.0, 50.0, 25.0, 0.0])


def test_measurement_replaces_assumptions() -> None:
    assert measured_rho((0.9, 0.6), (0, 90), (0, 18)) == (0.9, (6 + 18) / 100)
    assert measured_hazard((0.2, 0.1, 0.0), (19, 20, 50), (100, 100, 100)) == (0.2, 0.2, 0.0)


def movers(**given_: list) -> Movers:  # type: ignore[type-arg]
    count = len(given_["type"])
    plain = {
        "revenue": [100.0] * count, "firm": [True] * count, "tie": [False] * count, "athlete": [False] * count,
        "alert": [False] * count, "volunteer": [False] * count, "ambassador": [False] * count,
        "sector": [1] * count, "steps": [0] * count, "online": [NAN] * count,
    }  # fmt: skip
    return Movers(**{name: np.array(values) for name, values in (plain | given_).items()})


def test_pilots_are_firm_forerunners_within_a_tenth_and_no_athletes() -> None:
    found = movers(
        type=[0, 0, 0, 0, 1, 2, 3, -1, 0], revenue=[60.0, 30.0, 50.0, 9.0, 400.0, 200.0, 150.0, 100.0, 1.0],
        athlete=[True, False, False, False, False, False, False, False, False],
        firm=[True, True, True, False, True, True, True, False, True], tie=[False] * 8 + [True],
    )  # fmt: skip
    rank = found.revenue.copy()
    # 1,000 in all: 50 and 30 fit into 100, 60 is an athlete's, 9 is not firm.
    assert waves_of(found, rank).tolist() == [1, 0, 0, 1, 2, 3, 4, -1, -1]
    volunteer = movers(type=[0, 0], revenue=[5.0, 95.0], athlete=[True, False], volunteer=[True, False])
    assert waves_of(volunteer, volunteer.revenue).tolist() == [0, 1]


@given(
    st.lists(
        st.tuples(st.integers(-1, 3), st.floats(0, 1e6), st.booleans(), st.booleans()),
        min_size=1,
        max_size=40,
    )
)
def test_pilots_never_hold_more_than_a_tenth(rows: list) -> None:  # type: ignore[type-arg]
    found = movers(
        type=[row[0] for row in rows], revenue=[row[1] for row in rows], firm=[row[2] for row in rows],
        athlete=[row[3] for row in rows],
    )  # fmt: skip
    waves = waves_of(found, found.revenue)
    assert found.revenue[waves == Wave.PILOTS].sum() <= 0.1 * found.revenue.sum() + 1e-6
    assert not (waves[found.athlete] == Wave.PILOTS).any()
    assert (waves[found.type < 0] == Wave.ASK).all()


def test_what_keeps_a_client_from_being_moved() -> None:
    found = movers(
        type=[1, 0, 0, 1, 1, 2, 2, 3, 3], online=[0.5] + [NAN] * 8, athlete=[False, True] + [False] * 7,
        alert=[False, True] + [False] * 7, sector=[1, 1, 1, 7, 1, 1, 1, 1, 1],
        ambassador=[False, False, True] + [False] * 6, steps=[0, 0, 0, 0, 0, 1, 3, 3, 7],
    )  # fmt: skip
    waves = np.array([2, 1, 0, 2, 2, 3, 3, 4, 4])
    expected = [
        Hold.DONE,
        Hold.ALERT,
        Hold.CLOSED,
        Hold.NO_AMBASSADOR,
        Hold.NONE,
        Hold.STEPS,
        Hold.NONE,
        Hold.STEPS,
        Hold.NONE,
    ]
    assert holds(found, waves, frozenset({1, 2, 3, 4})).tolist() == expected


def test_the_next_wave_opens_behind_its_gate() -> None:
    gate = Gate(migrated_share=0.6, loss=0.05, loss_outside=0.03, is_open=True)
    assert gate.passed
    assert not Gate(0.59, 0.05, 0.03, True).passed
    assert not Gate(0.6, 0.0501, 0.03, True).passed
    assert not Gate(0.6, None, None, True).passed
    assert not Gate(0.6, 0.0, 0.0, False).passed
    assert (loss_of(80, 100), loss_of(120, 100), loss_of(5, 0)) == (pytest.approx(0.2), 0.0, None)


def test_who_brings_most_an_hour_comes_first() -> None:
    rank = priority(
        np.array([100.0, 100.0, 200.0]),
        np.array([0.9, 0.9, NAN]),
        np.array([0.0, 0.5, NAN]),
        np.array([1.0, 2.0, 1.0]),
    )
    assert rank.tolist()[:2] == [90.0, 22.5]
    assert math.isnan(rank[2])
