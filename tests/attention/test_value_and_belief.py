import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention.rules.belief import PRIOR, TRANSITIONS, first_look, smooth
from attention.rules.value import (
    Basis,
    Margin,
    appraise,
    choose_margin,
    evidence_weight,
    kappa,
)
from kinetics.states import Evidence

shares = st.floats(0, 1)


def test_one_week_of_alert_as_written_in_the_spec() -> None:
    (row,) = smooth(np.array([[1.0, 0.0, 0.0]]), [1], [Evidence.ALERT])
    moved = np.array([0.985, 0.015, 0.0]) * np.sqrt([0.05, 0.20, 0.75])
    assert row == pytest.approx(moved / moved.sum())


def test_the_first_look_counts_in_full() -> None:
    alert, nothing = first_look([Evidence.ALERT, Evidence.NOT_ENOUGH])
    weighted = PRIOR * [0.05, 0.20, 0.75]
    assert alert == pytest.approx(weighted / weighted.sum())
    assert nothing == pytest.approx(PRIOR)


def test_no_evidence_only_moves_with_the_weeks() -> None:
    before = np.array([[0.2, 0.5, 0.3]])
    (row,) = smooth(before, [2], [Evidence.NOT_ENOUGH])
    assert row == pytest.approx((before @ TRANSITIONS @ TRANSITIONS)[0])


def test_the_prior_is_where_the_moves_lead() -> None:
    assert pytest.approx(PRIOR) == PRIOR @ TRANSITIONS
    assert PRIOR.sum() == pytest.approx(1.0)


def test_weeks_of_one_evidence_settle_the_belief() -> None:
    belief = PRIOR.reshape(1, 3)
    for _ in range(8):
        belief = smooth(belief, [1], [Evidence.ALERT])
    assert belief[0, 0] < 0.02
    for _ in range(20):
        belief = smooth(belief, [1], [Evidence.STABLE])
    assert belief[0, 0] > 0.9


@given(st.lists(st.tuples(shares, shares, shares), min_size=1, max_size=8), st.data())
def test_beliefs_stay_probabilities(rows: list[tuple[float, float, float]], data: st.DataObject) -> None:
    before = np.array(rows) + 1e-9
    before /= before.sum(axis=1, keepdims=True)
    weeks = [data.draw(st.integers(0, 200)) for _ in rows]
    evidence = [data.draw(st.sampled_from(list(Evidence))) for _ in rows]
    after = smooth(before, weeks, evidence)
    assert after.sum(axis=1) == pytest.approx(np.ones(len(rows)))
    assert (after >= 0).all()


def test_loss_rates() -> None:
    assert kappa(1.0) == pytest.approx(0.003)
    assert kappa(0.0) == pytest.approx(0.03)
    assert kappa(0.5) == pytest.approx(0.0165)


@pytest.mark.parametrize(
    ("p_values", "weight"),
    [((None, None), 0.0), ((1.0,), 0.0), ((0.1,), 0.5), ((0.01,), 1.0), ((0.0,), 1.0), ((None, 0.1), 0.5)],
)
def test_evidence_counts_by_its_logarithm(p_values: tuple[float | None, ...], weight: float) -> None:
    assert evidence_weight(*p_values) == pytest.approx(weight)


@pytest.mark.parametrize(
    ("own", "coverage", "portfolio", "expected"),
    [
        (0.4, 0.9, 0.3, Margin(Basis.CLIENT, 0.4)),
        (0.4, 0.5, 0.3, Margin(Basis.PORTFOLIO, 0.3)),
        (None, None, 0.3, Margin(Basis.PORTFOLIO, 0.3)),
        (0.4, 0.5, None, Margin(Basis.REVENUE, 1.0)),
    ],
)
def test_whose_margin(
    own: float | None, coverage: float | None, portfolio: float | None, expected: Margin
) -> None:
    assert choose_margin(own=own, coverage=coverage, portfolio=portfolio) == expected


@pytest.mark.parametrize(
    ("stable", "week", "parts"),
    [
        (1.0, 400_000 * 0.003, {}),
        (0.0, (400_000 + 100_000) * 0.03, {"retain": 400_000, "recover": 100_000}),
        (0.6, 400_000 * (0.6 * 0.003 + 0.4 * 0.03) + 40_000 * 0.03, {"retain": 160_000, "recover": 40_000}),
    ],
)
def test_a_client_by_hand(stable: float, week: float, parts: dict[str, int]) -> None:
    value = appraise(
        expected_cents=1_000_000, shortfall_cents=500_000, weight=0.5, margin=Margin(Basis.CLIENT, 0.4),
        stable=stable,
    )  # fmt: skip
    assert value.week_cents == pytest.approx(week)
    assert value.parts == parts
    assert value.base_cents == 500_000


def test_a_negative_margin_is_worth_no_hour() -> None:
    value = appraise(
        expected_cents=10**6, shortfall_cents=10**6, weight=1.0, margin=Margin(Basis.CLIENT, -0.1), stable=0.0
    )
    assert (value.week_cents, value.stake_cents, value.parts) == (0.0, 0, {})


@given(
    st.integers(0, 10**12),
    st.integers(0, 10**12),
    shares,
    shares,
    st.floats(-1, 1),
    st.sampled_from(list(Basis)),
)
def test_value_at_stake_is_additive_and_never_above_its_base(
    expected: int, shortfall: int, weight: float, stable: float, rate: float, basis: Basis
) -> None:
    value = appraise(
        expected_cents=expected, shortfall_cents=shortfall, weight=weight, margin=Margin(basis, rate),
        stable=stable,
    )  # fmt: skip
    assert value.stake_cents == sum(value.parts.values())
    assert 0 <= value.stake_cents <= value.base_cents + 2
    assert value.week_cents >= 0
