"""The table of states, and the night's vectors against the plain arithmetic of the drawer."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.reasons import Reason
from common.wording import explain
from kinetics.labels import REASONS
from kinetics.rules import because, evidence
from kinetics.rules.indicators import (
    PROFIT_STATES,
    REVENUE_STATES,
    MarginWindow,
    profit_change,
    revenue_change,
    window_days,
    window_lengths,
)
from kinetics.states import ExpectedState, ProfitState, RevenueState

NEVER = math.nan
TABLE = [
    # tenure, R0, R1, state, g
    (NEVER, 0, 0, RevenueState.PROSPECT, None),
    (0, 500, 0, RevenueState.NEW, None),
    (363, 500, 0, RevenueState.NEW, None),
    (364, 300, 200, RevenueState.SHORT, 0.5),
    (727, 300, 200, RevenueState.SHORT, 0.5),
    (728, 300, 200, RevenueState.MEASURED, 0.5),
    (900, 300, 0, RevenueState.REACTIVATED, None),
    (400, 300, 0, RevenueState.REACTIVATED, None),
    (900, 0, 200, RevenueState.SILENT, -1.0),
    (900, 0, 0, RevenueState.DORMANT, None),
    (900, 300, -50, RevenueState.NEGATIVE_BASE, None),
    (900, -20, 0, RevenueState.NEGATIVE_BASE, None),
    (900, -20, 200, RevenueState.MEASURED, -1.1),
]


@pytest.mark.parametrize(("tenure", "r0", "r1", "state", "growth"), TABLE)
def test_states_of_revenue(
    tenure: float, r0: int, r1: int, state: RevenueState, growth: float | None
) -> None:
    change = revenue_change([tenure], [r0], [r1], 1.1)
    assert REVENUE_STATES[change.state[0]] == state
    assert (None if np.isnan(change.growth[0]) else round(float(change.growth[0]), 6)) == growth
    index = float(change.index[0])
    assert math.isnan(index) or -1 <= index <= 1


def test_against_the_portfolio() -> None:
    change = revenue_change([800, 500], [110, 110], [100, 100], 1.1)
    assert change.relative[0] == pytest.approx(0.0)
    assert np.isnan(change.relative[1])  # less than two years


@pytest.mark.parametrize(
    ("tenure", "days"), [(363, None), (364, 182), (377, 182), (378, 189), (727, 357), (728, 364), (5000, 364)]
)
def test_lengths_of_the_windows(tenure: int, days: int | None) -> None:
    assert window_days(tenure) == days
    vector = window_lengths([tenure])[0]
    assert (None if np.isnan(vector) else int(vector)) == days


@given(st.integers(0, 2000), st.integers(-10_000, 10_000), st.integers(-10_000, 10_000))
def test_the_drawer_says_what_the_night_says(tenure: int, r0: int, r1: int) -> None:
    change = revenue_change([tenure], [r0], [r1], None)
    known_r1 = None if np.isnan(change.r1[0]) else int(change.r1[0])
    verdict = because.explain_revenue(tenure=tenure, r0=r0, r1=known_r1, days=window_days(tenure))
    assert verdict.state == REVENUE_STATES[change.state[0]]
    growth = float(change.growth[0])
    assert (verdict.growth is None and math.isnan(growth)) or verdict.growth == growth
    assert all(explain(reason, REASONS) for reason in verdict.because)


unit = st.floats(1e-6, 1)


@given(st.none() | st.floats(-5, 5), unit, st.none() | unit, st.integers(0, 20))
def test_the_drawer_gives_the_same_evidence(
    z: float | None, p: float, gap: float | None, orders: int
) -> None:
    p_known = None if z is None else p
    code = evidence.evidence_codes(
        [np.nan if z is None else z], [np.nan if z is None else p], [np.nan if gap is None else gap], [orders]
    )[0]
    verdict = because.explain_evidence(z=z, change_p=p_known, gap=gap, orders=orders)
    assert verdict.evidence == evidence.EVIDENCES[code]
    assert all(explain(reason, REASONS) for reason in verdict.because)


def window(rev: int, rc: int, cost: int, assumed: int = 0) -> MarginWindow:
    return MarginWindow(*(np.array([float(v)]) for v in (rev, abs(rev), rc, abs(rc), cost, assumed)))


PROFITS = [
    (window(1000, 0, 0), window(1000, 1000, 600), ProfitState.UNKNOWN),
    (window(-100, -100, -60), window(1000, 1000, 600), ProfitState.NO_BASE),
    (window(1000, 790, 500), window(1000, 1000, 600), ProfitState.PARTIAL),
    (window(1000, 1000, 500), window(1000, 790, 600), ProfitState.PARTIAL),
    (window(1000, 1000, 500), window(0, 0, 0), ProfitState.ONE_WINDOW),
    (window(1000, 800, 500), window(1000, 1000, 600), ProfitState.MEASURED),
]


@pytest.mark.parametrize(("now", "before", "state"), PROFITS)
def test_states_of_profitability(now: MarginWindow, before: MarginWindow, state: ProfitState) -> None:
    assert PROFIT_STATES[profit_change(now, before, [900]).state[0]] == state


@given(*[st.integers(1, 10**9)] * 2, *[st.floats(0.01, 0.99)] * 2)
def test_volume_and_rate_add_up_to_the_change_of_margin(r0: int, r1: int, m0: float, m1: float) -> None:
    change = profit_change(window(r0, r0, round(r0 * (1 - m0))), window(r1, r1, round(r1 * (1 - m1))), [900])
    total = r0 * change.rate[0] - r1 * change.rate_before[0]
    assert change.volume[0] + change.by_rate[0] == pytest.approx(total, rel=1e-9, abs=1e-3)


def test_no_split_below_two_years() -> None:
    change = profit_change(window(1000, 1000, 600), window(500, 500, 300), [500])
    assert np.isnan(change.volume[0])
    assert change.change[0] == pytest.approx(0.0)


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_sentence_prints_without_its_values_being_known(code: str) -> None:
    class Anything(dict[str, object]):
        def items(self):  # type: ignore[no-untyped-def]
            return [(name, None) for name in NAMES]

    assert explain(Reason(code, Anything()), REASONS)


NAMES = [
    "tenure", "r0_cents", "r1_cents", "change_cents", "days", "growth_rate", "chance", "orders", "order_cents",
    "refund_rate", "p_rate", "alive_rate", "repeats", "factor_rate", "margin_cents", "now_rate", "before_rate",
    "coverage_rate", "change_points", "needed_rate", "volume_cents", "by_rate_cents", "assumed_rate", "weeks",
    "needed", "repeaters", "bias_rate", "deviance", "naive", "lift",
]  # fmt: skip


def test_expected_revenue_is_the_product_of_its_parts() -> None:
    verdict = because.explain_expected(
        state=ExpectedState.MODEL, orders=2.5, order_cents=10_000, refund_rate=0.1, factor=0.9, repeats=3,
        p_alive=0.8, p_order=0.7,
    )  # fmt: skip
    assert verdict.cents == 22_500
    assert [reason.code for reason in verdict.because] == [
        "expected.product", "expected.some", "expected.alive", "expected.factor",
    ]  # fmt: skip
