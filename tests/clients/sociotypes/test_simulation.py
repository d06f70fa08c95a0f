"""The rule on simulated people: the accuracies that the specification prints, within .01."""

import numpy as np
import pytest

from clients.sociotypes.rules.instrument import CURRENT
from clients.sociotypes.rules.reliability import reliability
from clients.sociotypes.rules.scoring import STATUSES, Status, score_many
from tests.clients.sociotypes.worlds import EASY, HARD, MEDIUM, World, respondents

N = 40_000
PUBLISHED = [
    # world, argmax of the scales, our rule, alphas
    (EASY, 0.865, 0.917, (0.80, 0.83)),
    (MEDIUM, 0.738, 0.779, (0.69, 0.73)),
    (HARD, 0.647, 0.673, (0.65, 0.71)),
]


def drawn(world: World, n: int = N):
    kinds, answers = respondents(world, n, np.random.default_rng(20261124))
    return kinds, answers, score_many(answers)


@pytest.mark.parametrize(("world", "argmax", "rule", "alphas"), PUBLISHED)
def test_accuracy_is_that_of_the_table(world, argmax, rule, alphas):
    kinds, answers, found = drawn(world)
    assert np.mean(found.scales.argmax(axis=1) == kinds) == pytest.approx(argmax, abs=0.01)
    assert np.mean(found.p.argmax(axis=1) == kinds) == pytest.approx(rule, abs=0.01)
    seen = [row.alpha for row in reliability(answers)]
    assert (min(seen) > alphas[0] - 0.03, max(seen) < alphas[1] + 0.03) == (True, True)


def test_the_rule_beats_the_highest_scale_in_every_world():
    for world, *_ in PUBLISHED:
        kinds, _, found = drawn(world, 5_000)
        assert np.mean(found.p.argmax(axis=1) == kinds) > np.mean(found.scales.argmax(axis=1) == kinds)


def test_confusion_and_readiness_of_the_medium_world():
    kinds, _, found = drawn(MEDIUM)
    published = np.array([[91, 6, 2, 1], [9, 73, 10, 7], [2, 12, 75, 11], [0, 3, 17, 81]]) / 100
    seen = np.array([[np.mean(found.p.argmax(axis=1)[kinds == k] == j) for j in range(4)] for k in range(4)])
    assert np.abs(seen - published).max() < 0.06
    means = [found.readiness[kinds == k].mean() for k in range(4)]
    assert means == pytest.approx([77, 50, 35, 25], abs=6)
    assert means == sorted(means, reverse=True)


def test_firm_answers_are_right_more_often():
    kinds, _, found = drawn(MEDIUM)
    right = found.p.argmax(axis=1) == kinds
    firm = found.status == STATUSES.index(Status.FIRM)
    assert right[firm].mean() > 0.83
    assert right[firm].mean() > right[~firm].mean() + 0.2
    flat = np.mean(found.status == STATUSES.index(Status.UNDETERMINED))
    assert flat < 0.05


def test_in_a_tie_the_true_type_is_among_the_two():
    kinds, _, found = drawn(MEDIUM)
    tied = found.status == STATUSES.index(Status.TIE)
    among = (found.top[tied] == kinds[tied]) | (found.second[tied] == kinds[tied])
    assert among.mean() > 0.85


@pytest.mark.parametrize(("missing", "classified"), [(1, (1.0, 1.0)), (2, (0.79, 0.85)), (3, (0.46, 0.54))])
def test_missing_answers(missing, classified):
    rng = np.random.default_rng(7)
    _, answers = respondents(MEDIUM, 5_000, rng)
    for row in answers:
        row[rng.choice(12, missing, replace=False)] = np.nan
    known = np.mean(score_many(answers).status != STATUSES.index(Status.INCOMPLETE))
    assert classified[0] <= known <= classified[1]


def test_who_ticks_the_same_all_along_is_always_flagged():
    _, _answers, found = drawn(MEDIUM)
    assert found.straight.mean() < 0.004
    rng = np.random.default_rng(3)
    strays = np.repeat(rng.integers(1, 6, (1_000, 1)), 12, axis=1).astype(float)
    for row in strays:
        row[rng.choice(12, 2, replace=False)] = rng.integers(1, 6, 2)
    assert score_many(strays).straight.all()


def test_random_answers_are_not_told_by_twelve_statements():
    """The page says so: fewer than one random answer in seven is found."""
    random = np.random.default_rng(5).integers(1, 6, (5_000, len(CURRENT.items))).astype(float)
    found = score_many(random)
    assert 0.03 < np.mean(found.inconsistent) < 0.14
