"""BG/NBD against the published figures, exact arithmetic and an independent fit."""

from itertools import product

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime, minimize
from scipy.special import betaln, gammaln

from kinetics.rules import bgnbd
from kinetics.rules.bgnbd import BgNbd, FitFailed, History
from tests.kinetics.simulation import CDNOW, buyers


def test_published_figures_of_the_cdnow_sample() -> None:
    assert round(float(bgnbd.expected_transactions(CDNOW, 39, 2, 30.43, 38.86)), 3) == 1.226
    assert round(float(bgnbd.p_alive(CDNOW, 2, 30.43, 38.86)), 3) == 0.727
    assert bgnbd.expected_new(CDNOW, [1, 32, 78]) == pytest.approx([0.0532, 1.0437, 1.8576], rel=1e-3)
    # This one was published from the rounded parameters.
    rounded = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
    assert float(bgnbd.p_zero(rounded, 39)) == pytest.approx(0.5737864, abs=1e-7)


def exact(model: BgNbd, t: float, x: int, t_x: float, age: float) -> mpmath.mpf:
    """The textbook form, in fifty digits."""
    with mpmath.workdps(50):
        r, alpha, a, b = (mpmath.mpf(value) for value in (model.r, model.alpha, model.a, model.b))
        t, t_x, age = mpmath.mpf(t), mpmath.mpf(t_x), mpmath.mpf(age)
        first = (a + b + x - 1) / (a - 1)
        base = (alpha + age) / (alpha + age + t)
        series = mpmath.hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + age + t))
        gone = a / (b + x - 1) * ((alpha + age) / (alpha + t_x)) ** (r + x) if x else 0
        return first * (1 - base ** (r + x) * series) / (1 + gone)


MODELS = [CDNOW, BgNbd(1.8, 9.0, 0.3, 6.0), BgNbd(0.7, 3.0, 1.6, 4.0), BgNbd(3.5, 20.0, 1.000001, 12.0)]


@pytest.mark.parametrize("model", MODELS)
def test_expected_transactions_agree_with_exact_arithmetic(model: BgNbd) -> None:
    grid = list(product([1, 26, 52, 260], [0, 1, 3, 40, 700, 2000], [0.5, 1.0], [1, 60, 520]))
    for t, x, recent, age in grid:
        t_x = age * recent if x else 0.0
        ours = float(bgnbd.expected_transactions(model, t, x, t_x, age))
        theirs = float(exact(model, t, x, t_x, age))
        # 1e-8 relative; what is below 1e-12 orders is nothing on any scale.
        assert ours == pytest.approx(theirs, rel=1e-8, abs=1e-12), (t, x, t_x, age)


def test_everything_is_finite_on_the_whole_range() -> None:
    x, share, age, t = np.meshgrid(
        [0, 1, 2, 50, 699, 700, 701, 2000], [0.0, 0.3, 1.0], [0, 0.1, 52, 520], [0, 0.1, 52, 260]
    )
    for model in MODELS:
        orders = bgnbd.expected_transactions(model, t, x, share * age, age)
        some = bgnbd.p_order(model, t, x, share * age, age)
        assert np.isfinite(orders).all()
        assert (orders >= 0).all()
        assert ((some >= 0) & (some <= 1)).all()


@given(
    r=st.floats(0.05, 5), alpha=st.floats(0.2, 60), a=st.floats(0.05, 5), b=st.floats(0.2, 20),
    x=st.integers(0, 200), age=st.floats(0.1, 400), share=st.floats(0, 1), t=st.floats(0.1, 200),
)  # fmt: skip
def test_probabilities_and_monotony(
    r: float, alpha: float, a: float, b: float, x: int, age: float, share: float, t: float
) -> None:
    model, t_x = BgNbd(r, alpha, a, b), share * age if x else 0.0
    alive = float(bgnbd.p_alive(model, x, t_x, age))
    some = float(bgnbd.p_order(model, t, x, t_x, age))
    orders = float(bgnbd.expected_transactions(model, t, x, t_x, age))
    assert 0 <= alive <= 1
    assert 0 <= some <= alive + 1e-12
    assert orders >= some - 1e-6 * max(1, orders)  # E[Y] ≥ P(Y ≥ 1)
    assert float(bgnbd.expected_transactions(model, 2 * t, x, t_x, age)) >= orders - 1e-9


def test_the_gradient_is_the_derivative() -> None:
    rng = np.random.default_rng(3)
    ages = rng.uniform(5, 39, 200)
    history = History.of(*buyers(CDNOW, ages, rng), ages)
    likelihood = bgnbd._Likelihood(history)
    for logs in ([-1.0, 0.3, -0.2, 0.8], [0.5, 1.0, 6.0, -2.0]):
        found = likelihood(np.array(logs))[1]
        numeric = approx_fprime(np.array(logs), lambda at: likelihood(at)[0], 1e-7)
        assert found == pytest.approx(numeric, abs=2e-5)


def textbook_likelihood(logs: np.ndarray, x: np.ndarray, t_x: np.ndarray, age: np.ndarray) -> float:
    r, alpha, a, b = np.exp(logs)
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
    stays = common + betaln(a, b + x) - (r + x) * np.log(alpha + age)
    safe = np.maximum(x, 1)
    leaves = common + betaln(a + 1, b + safe - 1) - (r + x) * np.log(alpha + t_x)
    return -float(np.logaddexp(stays, np.where(x > 0, leaves, -np.inf)).sum())


def test_the_fit_agrees_with_an_independent_one() -> None:
    rng = np.random.default_rng(1997)
    ages = np.round(rng.uniform(27, 39, 2357) * 7) / 7
    x, t_x = buyers(CDNOW, ages, rng)
    reference = minimize(
        textbook_likelihood, np.log([0.5, 5.0, 1.0, 3.0]), args=(x, t_x, ages), method="Nelder-Mead",
        options={"maxiter": 4000, "xatol": 1e-9, "fatol": 1e-9},
    )  # fmt: skip
    fitted = bgnbd.fit(History.of(x, t_x, ages))
    ours = [fitted.model.r, fitted.model.alpha, fitted.model.a, fitted.model.b]
    assert ours == pytest.approx(np.exp(reference.x), rel=1e-3)
    assert fitted.log_likelihood == pytest.approx(-reference.fun, abs=1e-3)
    assert fitted.clients == 2357


def test_known_parameters_are_recovered() -> None:
    rng = np.random.default_rng(5)
    ages = np.round(rng.uniform(27, 78, 30_000) * 7) / 7
    model = bgnbd.fit(History.of(*buyers(CDNOW, ages, rng), ages)).model
    assert [model.r, model.alpha] == pytest.approx([CDNOW.r, CDNOW.alpha], rel=0.06)
    assert model.a / (model.a + model.b) == pytest.approx(CDNOW.a / (CDNOW.a + CDNOW.b), rel=0.08)


def test_immortal_buyers_do_not_run_away() -> None:
    rng = np.random.default_rng(8)
    ages = rng.uniform(50, 150, 500)
    x = rng.poisson(0.3 * ages).astype(float)
    model = bgnbd.fit(History.of(x, np.where(x > 0, ages * 0.99, 0), ages)).model
    assert model.a + model.b < 200


def test_nothing_to_fit_is_said() -> None:
    with pytest.raises(FitFailed):
        bgnbd.fit(History.of([], [], []))
    with pytest.raises(FitFailed):
        bgnbd.fit(History.of([0.0], [0.0], [0.0]))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(3, 5)), max_size=30))
def test_compressed_rows_count_every_client(rows: list[tuple[int, int, int]]) -> None:
    table = np.array(rows, dtype=float).reshape(-1, 3)
    history = History.of(*table.T)
    assert history.clients == len(rows)
    assert len(history.x) == len(set(rows))
