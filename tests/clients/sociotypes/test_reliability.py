"""Cronbach's alpha, its interval and the statistics of the statements."""

import numpy as np
import pytest

from clients.sociotypes.rules.instrument import CURRENT
from clients.sociotypes.rules.reliability import cronbach_alpha, feldt_interval, reliability


def test_the_published_interval():
    """statpsych's published example: alpha .85 of 7 items and 89 answers."""
    assert [round(bound, 3) for bound in feldt_interval(0.85, k=7, n=89)] == [0.797, 0.893]


def test_alpha_by_hand():
    # Item variances 1, 1 and sum variance 3: 2·(1 − 2/3).
    assert cronbach_alpha(np.array([[1, 2], [2, 1], [3, 3]])) == pytest.approx(2 / 3)
    assert cronbach_alpha(np.array([[2, 2], [2, 2]])) is None


def answers(n, seed=3):
    rng = np.random.default_rng(seed)
    kind = rng.normal(3, 1, (n, 1))
    raw = np.clip(np.rint(kind + rng.normal(0, 0.7, (n, 12))), 1, 5)
    return np.where([item.reversed for item in CURRENT.items], 6 - raw, raw)


@pytest.mark.parametrize(
    ("n", "hidden", "uncertain"), [(29, True, True), (30, False, True), (100, False, False)]
)
def test_few_answers_are_hidden_then_grey(n, hidden, uncertain):
    found = reliability(answers(n))
    assert [(row.is_hidden, row.alpha is None, row.is_uncertain) for row in found] == [
        (hidden, hidden, uncertain)
    ] * 4


def test_statistics_of_the_statements():
    table = answers(200)
    first = reliability(table)[0]
    assert [item.key for item in first.items] == ["A1", "A3", "A2"]
    a1, a3, a2 = (table[:, CURRENT.position(key)] for key in ("A1", "A3", "A2"))
    assert first.items[0].item_rest == pytest.approx(np.corrcoef(a1, (6 - a3) + a2)[0, 1])
    assert first.items[1].alpha_without == pytest.approx(cronbach_alpha(np.column_stack([a1, a2])))
    assert first.low < first.alpha < first.high


def test_incomplete_answers_are_left_out():
    table = answers(40)
    table[:5, 3] = np.nan
    assert {row.answers for row in reliability(table)} == {35}
