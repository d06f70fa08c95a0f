from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binom

from kinetics.rules import evidence
from kinetics.rules.because import explain_evidence
from kinetics.states import Evidence


def brute_force(values: list[float], r0: float, pi: float) -> float:
    total = 0.0
    for pattern in product([0, 1], repeat=len(values)):
        later = sum(value for value, inside in zip(values, pattern, strict=True) if inside)
        if later <= r0 + 1e-6:
            total += pi ** sum(pattern) * (1 - pi) ** (len(values) - sum(pattern))
    return total


@given(st.lists(st.integers(-500, 5000), min_size=1, max_size=8), st.integers(0, 8), st.floats(0.1, 0.9))
def test_exact_enumeration(values: list[int], later: int, pi: float) -> None:
    r0 = float(sum(values[:later]))
    found = evidence.sign_flip_exact([values], [r0], pi)
    assert float(found[0]) == pytest.approx(min(brute_force(values, r0, pi), 1.0), abs=1e-12)


@pytest.mark.parametrize(("n", "p"), [(4, 0.0625), (5, 0.03125), (6, 0.015625), (7, 0.0078125)])
def test_all_orders_in_the_earlier_window(n: int, p: float) -> None:
    assert float(evidence.sign_flip_exact([[100.0] * n], [0.0], 0.5)[0]) == p
    assert float(evidence.count_p(0, n, 0.5)) == pytest.approx(p)
    z = evidence.sign_flip_z(0, 100 * n, 100**2 * n, 0.5)
    assert float(evidence.p_of_z(z, n, 0.5)) >= p  # n < 5 never .05, n < 7 never .01


def test_more_days_than_can_be_enumerated_are_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        evidence.sign_flip_exact([[1.0] * 13], [0.0], 0.5)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.05, 0.95))
def test_counts_alone(n0: int, n1: int, pi: float) -> None:
    n = n0 + n1
    lower, upper = binom.cdf(n0, n, pi), binom.sf(n0 - 1, n, pi)
    expected = lower if n0 <= pi * n else upper
    assert float(evidence.count_p(n0, n1, pi)) == pytest.approx(expected, abs=1e-9)


def test_silence_needs_a_repeat() -> None:
    found = evidence.gap_p(0.5, 4.0, [0, 1, 12], [0, 20, 50], [30, 60, 52])
    assert np.isnan(found[0])
    assert found[1] == pytest.approx((24 / 64) ** 1.5)
    assert found[2] == pytest.approx((54 / 56) ** 12.5)


CASES = [
    # z, p, gap, orders, evidence
    (-3.0, 0.001, 0.5, 10, Evidence.ALERT),
    (-2.0, 0.03, 0.5, 10, Evidence.WATCH),
    (-1.0, 0.2, 0.5, 10, Evidence.STABLE),
    (3.0, 0.001, 0.5, 10, Evidence.STABLE),  # a rise is no alert
    (-2.0, 0.03, 0.5, 4, Evidence.NOT_ENOUGH),
    (np.nan, np.nan, 0.005, 2, Evidence.ALERT),  # the silence of a rare buyer
    (np.nan, np.nan, 0.04, 2, Evidence.WATCH),
    (np.nan, np.nan, np.nan, 1, Evidence.NOT_ENOUGH),
]


@pytest.mark.parametrize(("z", "p", "gap", "orders", "expected"), CASES)
def test_states_of_evidence(z: float, p: float, gap: float, orders: int, expected: Evidence) -> None:
    code = evidence.evidence_codes([z], [p], [gap], [orders])[0]
    assert evidence.EVIDENCES[code] == expected


def codes_of_stable_buyers(count: int, seed: int) -> NDArray[np.int8]:
    """Evidence of Gamma-Poisson buyers, six orders a year on average, after two years of no change."""
    rng = np.random.default_rng(seed)
    shape, alpha = 1.5, 1.5 / (6 / 52)
    found = np.zeros((count, 4))
    for row, rate in zip(found, rng.gamma(shape, 1 / alpha, count), strict=True):
        days = np.r_[0, 1 + np.flatnonzero(rng.random(727) < rate / 7)]
        values = rng.gamma(2.0, 50.0, len(days))
        r0, r1 = values[days >= 364].sum(), values[days < 364].sum()
        z = float(evidence.sign_flip_z(r0, r1, (values**2).sum(), 0.5))
        p = float(evidence.p_of_z(z, len(days), 0.5))
        if z < 0 and len(days) <= evidence.EXACT_ORDERS:
            p = float(evidence.sign_flip_exact([values], [r0], 0.5)[0])
        row[:] = z, p, float(evidence.gap_p(shape, alpha, len(days) - 1, days[-1] / 7, 104)), len(days)
    return evidence.evidence_codes(*found.T)


def test_stable_buyers_seldom_raise_an_alert() -> None:
    """Both tests together: at most 1 % of stable clients in alert on a given night (kinetics 6)."""
    codes = codes_of_stable_buyers(10_000, seed=11)
    assert (codes == evidence.EVIDENCES.index(Evidence.ALERT)).mean() <= 0.01


REASONS = [
    # z, p of the change, p of the silence, orders; reasons
    (-3.0, 0.004, 0.7, 10, ["evidence.alert", "change.fell"]),
    (-0.1, 0.48, 0.004, 10, ["evidence.alert", "change.fell", "gap.silence"]),
    (-0.1, 0.52, 0.004, 10, ["evidence.alert", "gap.silence"]),
    (1.0, 0.2, 0.03, 10, ["evidence.watch", "gap.silence"]),  # a rise does not explain a watch
    (1.0, 0.2, 0.3, 10, ["evidence.stable", "change.rose", "gap.silence"]),
    (0.1, 0.5, 0.9, 10, ["evidence.stable"]),
    (-2.0, 0.04, 0.3, 4, ["change.fell", "gap.silence", "evidence.few"]),
    (None, None, None, 1, ["evidence.few"]),
]


@pytest.mark.parametrize(("z", "p", "gap", "orders", "codes"), REASONS)
def test_reasons_speak_for_the_evidence(
    z: float | None, p: float | None, gap: float | None, orders: int, codes: list[str]
) -> None:
    verdict = explain_evidence(z=z, change_p=p, gap=gap, orders=orders)
    assert [reason.code for reason in verdict.because] == codes


def test_margin_change_needs_five_days_in_each_window() -> None:
    window = (0.3, 1000.0, 100.0**2 * 10, 30.0 * 100 * 10, 100.0**2 * 10)
    z = evidence.margin_z((*window, [4, 5]), (*window, [9, 5]), [0.1, 0.1])
    assert np.isnan(z[0])
    assert z[1] > 0
