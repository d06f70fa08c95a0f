import numpy as np

from kinetics.rules import bgnbd, gamma_gamma
from kinetics.rules.interval import interval
from tests.kinetics.simulation import CDNOW, CDNOW_VALUES, order_values, purchase_days


def test_the_range_holds_about_eight_outcomes_of_ten() -> None:
    rng = np.random.default_rng(21)
    ages = np.full(6000, 40.0)
    days, later = purchase_days(CDNOW, ages, rng, horizon=52.0)
    x = np.array([len(row) for row in days], dtype=float)
    t_x = np.array([row[-1] if len(row) else 0 for row in days]) / 7
    values = order_values(CDNOW_VALUES, x.astype(int) + np.array(later), rng)
    total = np.array([row[: int(n)].sum() for row, n in zip(values, x, strict=True)])
    revenue = np.array([row[int(n) :].sum() for row, n in zip(values, x, strict=True)])
    low, high = interval(
        bgnbd.expected_transactions(CDNOW, 52, x, t_x, ages), bgnbd.p_order(CDNOW, 52, x, t_x, ages),
        CDNOW.r + x, gamma_gamma.expected_value(CDNOW_VALUES, x, total),
        *gamma_gamma.relative_variances(CDNOW_VALUES, x), p_alive=bgnbd.p_alive(CDNOW, x, t_x, ages),
    )  # fmt: skip
    assert (low <= high).all()
    often = x >= 2  # clients whose outcome is not mostly zero
    covered = ((revenue >= low - 1e-9) & (revenue <= high + 1e-9))[often].mean()
    assert 0.74 <= covered <= 0.92
