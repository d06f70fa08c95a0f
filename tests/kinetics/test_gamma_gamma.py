import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import gammaln

from kinetics.rules import gamma_gamma
from kinetics.rules.gamma_gamma import GammaGamma, ValueFitFailed
from tests.kinetics.simulation import CDNOW_VALUES, order_values


def test_published_value_of_an_order_without_a_repeat() -> None:
    model = GammaGamma(p=6.25, q=3.7443, gamma=15.4413)
    assert float(gamma_gamma.expected_value(model, 0, 0)) == pytest.approx(35.17, abs=0.01)


def sample(clients: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(946)
    n = 1 + rng.poisson(1.5, clients)
    values = order_values(CDNOW_VALUES, n, rng)
    return n.astype(float), np.array([row.mean() for row in values])


def test_the_fit_agrees_with_an_independent_one() -> None:
    n, mean = sample(946)

    def textbook(logs: np.ndarray) -> float:
        p, q, g = np.exp(logs)
        return -float((
            gammaln(p * n + q) - gammaln(p * n) - gammaln(q) + q * np.log(g) + (p * n - 1) * np.log(mean)
            + p * n * np.log(n) - (p * n + q) * np.log(g + n * mean)
        ).sum())  # fmt: skip

    reference = minimize(textbook, np.log([3.0, 3.0, 10.0]), method="Nelder-Mead",
                         options={"maxiter": 4000, "xatol": 1e-9, "fatol": 1e-9})  # fmt: skip
    fitted = gamma_gamma.fit(n, mean)
    ours = [fitted.model.p, fitted.model.q, fitted.model.gamma]
    assert ours == pytest.approx(np.exp(reference.x), rel=2e-3)
    assert fitted.log_likelihood == pytest.approx(-reference.fun, abs=1e-3)


def test_known_parameters_are_recovered() -> None:
    fitted = gamma_gamma.fit(*sample(40_000)).model
    assert [fitted.p, fitted.q, fitted.gamma] == pytest.approx([6.25, 3.74, 15.44], rel=0.05)


def test_nothing_to_fit_is_said() -> None:
    with pytest.raises(ValueFitFailed):
        gamma_gamma.fit([], [])
