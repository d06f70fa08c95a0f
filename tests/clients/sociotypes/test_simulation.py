"""The rule on simulated people: the accuracies that the specification prints, within .01."""

import numpy as np
import pytest
from scipy.optimize import minimize

from clients.sociotypes.rules.instrument import CURRENT
from clients.sociotypes.rules.reliability import reliability
from clients.sociotypes.rules.scoring import STATUSES, Status, score_many
from tests.clients.sociotypes.worlds import EASY, HARD, MEANS, MEDIUM, World, respondents

N = 160_000  # an accuracy of so many is known to .001
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
    assert (min(seen) > alphas[0] - 0.03, max(seen) < alphas[1] + 0.04) == (True, True)


def test_the_rule_beats_the_highest_scale_in_every_world():
    for world, *_ in PUBLISHED:
        kinds, _, found = drawn(world, 5_000)
        assert np.mean(found.p.argmax(axis=1) == kinds) > np.mean(found.scales.argmax(axis=1) == kinds)


def test_confusion_and_readiness_of_the_medium_world():
    kinds, _, found = drawn(MEDIUM)
    published = np.array([[91, 6, 2, 1], [9, 73, 10, 7], [2, 12, 75, 11], [0, 3, 17, 81]]) / 100
    seen = np.array([[np.mean(found.p.argmax(axis=1)[kinds == k] == j) for j in range(4)] for k in range(4)])
    assert np.abs(seen - published).max() < 0.026
    means = [found.readiness[kinds == k].mean() for k in range(4)]
    assert means == pytest.approx([77, 50, 35, 25], abs=2.3)
    assert means == sorted(means, reverse=True)


def test_kappa_of_the_medium_world():
    kinds, _, found = drawn(MEDIUM)
    guess = found.p.argmax(axis=1)
    by_chance = sum(np.mean(kinds == k) * np.mean(guess == k) for k in range(4))
    assert (np.mean(guess == kinds) - by_chance) / (1 - by_chance) == pytest.approx(0.703, abs=0.01)


# Further published figures.


@pytest.mark.parametrize(
    ("world", "low", "high", "right"),
    [
        (MEDIUM, 0, 0.5, 0.48),
        (MEDIUM, 0.5, 0.65, 0.60),
        (MEDIUM, 0.65, 0.8, 0.77),
        (MEDIUM, 0.8, 1.01, 0.93),
        (HARD, 0.8, 1.01, 0.83),
    ],
)
def test_the_probabilities_mean_what_they_say(world, low, high, right):
    kinds, _, found = drawn(world)
    first = found.p.max(axis=1)
    inside = (first >= low) & (first < high)
    assert np.mean(found.p.argmax(axis=1)[inside] == kinds[inside]) == pytest.approx(right, abs=0.03)


@pytest.mark.parametrize(("world", "published"), [(EASY, 0.32), (MEDIUM, 0.55), (HARD, 0.78)])
def test_log_loss_is_the_published_one(world, published):
    kinds, _, found = drawn(world)
    assert -np.log(found.p[np.arange(len(kinds)), kinds]).mean() == pytest.approx(published, abs=0.026)


@pytest.mark.parametrize(("world", "right"), [(MEDIUM, 0.87), (HARD, 0.76)])
def test_firm_answers_are_right_more_often(world, right):
    kinds, _, found = drawn(world)
    hits = found.p.argmax(axis=1) == kinds
    firm = found.status == STATUSES.index(Status.FIRM)
    assert hits[firm].mean() == pytest.approx(right, abs=0.02)
    assert hits[firm].mean() > hits[~firm].mean() + 0.2


def test_how_many_are_firm_and_how_many_flat():
    _, _, found = drawn(MEDIUM)
    assert np.mean(found.status == STATUSES.index(Status.FIRM)) == pytest.approx(0.68, abs=0.01)
    assert 0.03 <= np.mean(found.status == STATUSES.index(Status.UNDETERMINED)) <= 0.04


def test_in_a_tie_the_true_type_is_among_the_two():
    kinds, _, found = drawn(MEDIUM)
    tied = found.status == STATUSES.index(Status.TIE)
    among = (found.top[tied] == kinds[tied]) | (found.second[tied] == kinds[tied])
    assert 0.85 < among.mean() < 0.96


def test_missing_answers():
    """One: all are classified, .77 of them rightly; two: 82 %; three: 50 %."""
    rng = np.random.default_rng(7)
    kinds, answers = respondents(MEDIUM, 20_000, rng)
    gone = rng.random(answers.shape).argsort(axis=1)
    known = []
    for missing in (1, 2, 3):
        np.put_along_axis(answers, gone[:, :missing], np.nan, axis=1)
        found = score_many(answers)
        if missing == 1:
            assert np.mean(found.p.argmax(axis=1) == kinds) == pytest.approx(0.77, abs=0.01)
        known.append(np.mean(found.status != STATUSES.index(Status.INCOMPLETE)))
    assert known == pytest.approx([1.0, 0.82, 0.50], abs=0.015)


def test_how_often_honest_people_are_flagged():
    for world in (EASY, MEDIUM, HARD):
        _, _, found = drawn(world)
        assert (found.straight.mean() <= 0.004, found.inconsistent.mean() <= 0.028) == (True, True)


def test_other_class_means():
    """300 worlds with means moved by N(0, .4): published .756 and .632 for the rule, .716 and .577 for the highest scale
    (mean, 5th percentile). A mean of as many worlds is itself known to .005: twice as many."""
    ours, highest = [], []
    for number in range(600):
        rng = np.random.default_rng(number)
        kinds, answers = respondents(MEDIUM, 2_000, rng, MEANS + rng.normal(0, 0.4, MEANS.shape))
        found = score_many(answers)
        ours.append(np.mean(found.p.argmax(axis=1) == kinds))
        highest.append(np.mean(found.scales.argmax(axis=1) == kinds))
    assert (np.mean(ours), np.mean(highest)) == pytest.approx((0.756, 0.716), abs=0.01)
    assert (np.percentile(ours, 5), np.percentile(highest, 5)) == pytest.approx((0.632, 0.577), abs=0.01)


def centred(answers: np.ndarray) -> np.ndarray:
    scales = score_many(answers).scales
    return scales - scales.mean(axis=1, keepdims=True)


def nearest(centres: np.ndarray, points: np.ndarray) -> np.ndarray:
    return ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)


def logistic(points: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Multinomial weights, last row the constant, with a ridge of 1."""
    wide, wanted = np.c_[points, np.ones(len(points))], np.eye(4)[kinds]
    ridge = np.r_[np.ones(points.shape[1]), 0][:, None]

    def slope(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(wide.shape[1], 4)
        odds = wide @ weights
        odds -= odds.max(axis=1, keepdims=True)
        p = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(len(kinds)), kinds]).sum() + (ridge * weights**2).sum() / 2
        return loss, (wide.T @ (p - wanted) + ridge * weights).ravel()

    found = minimize(slope, np.zeros(wide.shape[1] * 4), jac=True, method="L-BFGS-B")
    return found.x.reshape(wide.shape[1], 4)


@pytest.mark.parametrize(
    ("world", "centroid", "trained"), [(EASY, 0.928, 0.937), (MEDIUM, 0.798, 0.821), (HARD, 0.700, 0.732)]
)
def test_rules_trained_on_answers(world, centroid, trained):
    """On the centred scales, as our rule: the nearest centre of 200 answers, in the mean of 20 draws, and a
    logistic of 20,000; the centre of the hard world is .014 lower."""
    kinds, answers, _ = drawn(world)
    points, hits = centred(answers), []
    for number in range(20):
        their, told = respondents(world, 200, np.random.default_rng(number))
        few = centred(told)
        centres = np.array([few[their == kind].mean(axis=0) for kind in range(4)])
        hits.append(np.mean(nearest(centres, points) == kinds))
    assert np.mean(hits) == pytest.approx(centroid, abs=0.015)
    their, told = respondents(world, 20_000, np.random.default_rng(99))
    weights = logistic(centred(told), their)
    guess = (np.c_[points, np.ones(len(points))] @ weights).argmax(axis=1)
    assert np.mean(guess == kinds) == pytest.approx(trained, abs=0.01)


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
