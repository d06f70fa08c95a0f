"""The scoring of sociotype-12 against its golden vectors and its own rules."""

import itertools
import json
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.sociotypes.rules.ageing import age_weight, expires_on, fades_from, plus_months
from clients.sociotypes.rules.instrument import CURRENT, SCALES, Sociotype
from clients.sociotypes.rules.observed import TRAITS_OF, Certainty, observed_confidence, observed_p
from clients.sociotypes.rules.scoring import Channel, Flag, Status, score

PHILE, MOUTON, NO, NUL = Sociotype

GOLDEN = [
    ([5, 1, 5, 2, 1, 1, 5, 2, 5, 4, 1, 1], (5, 2, 1, 1), PHILE, 0.999, 100.0, Status.FIRM),
    ([3, 3, 4, 5, 3, 2, 3, 5, 3, 2, 2, 2], (3, 4.667, 2.667, 2), MOUTON, 0.928, 58.3, Status.FIRM),
    ([1, 5, 3, 3, 4, 2, 1, 3, 2, 3, 2, 5], (1.667, 3, 5, 2.333), NO, 0.963, 25.0, Status.FIRM),
    ([1, 4, 1, 1, 5, 5, 2, 2, 1, 5, 5, 4], (1, 1.333, 4, 5), NUL, 0.970, 6.2, Status.FIRM),
    ([3, 4, 4, 4, 3, 2, 2, 4, 3, 3, 2, 3], (3, 3.667, 3.667, 2), MOUTON, 0.534, 52.1, Status.PROBABLE),
]


@pytest.mark.parametrize(("answers", "scales", "kind", "p1", "readiness", "status"), GOLDEN)
def test_golden_vectors(answers, scales, kind, p1, readiness, status):
    found = score(answers, seconds=120)
    assert tuple(round(value, 3) for value in found.scales.values()) == scales
    assert (found.type, found.acts_as, found.also, found.status) == (kind, kind, None, status)
    assert (round(max(found.p), 3), round(found.readiness, 1)) == (p1, readiness)
    assert (found.flags, found.answered) == ((), 12)


def test_the_second_type_of_the_last_vector():
    assert round(sorted(score(GOLDEN[-1][0]).p)[-2], 3) == 0.403


def test_a_flat_profile_has_no_type():
    found = score([3] * 12)
    assert (found.status, found.type, found.acts_as, found.base_confidence) == (
        Status.UNDETERMINED, None, None, None,
    )  # fmt: skip
    assert [reason.code for reason in found.because] == ["profile_flat"]


def test_the_instrument_keeps_its_promises():
    items = CURRENT.items
    assert [item.key for item in items] == [
        "A1",
        "D1",
        "O3",
        "S1",
        "A3",
        "O1",
        "D3",
        "S2",
        "A2",
        "S3",
        "O2",
        "D2",
    ]
    assert [item.key for item in items if item.reversed] == ["O3", "A3", "D3", "S3"]
    assert [sum(item.scale == scale for item in items) for scale in SCALES] == [3, 3, 3, 3]
    neighbours = list(itertools.pairwise(items))
    assert [(a.key, b.key) for a, b in neighbours if a.reversed and b.reversed] == []
    assert [(a.key, b.key) for a, b in neighbours if a.scale == b.scale] == []
    assert {len(item.text) for item in items} == {2}


answer = st.one_of(st.none(), st.integers(1, 5))
sheets = st.lists(answer, min_size=12, max_size=12)


def oracle(answers):
    """The steps of the specification, one by one, in plain Python."""
    import math

    means = {}
    for scale in SCALES:
        given_ = [
            (6 - value if item.reversed else value)
            for item, value in zip(CURRENT.items, answers, strict=True)
            if item.scale == scale and value is not None
        ]
        if len(given_) < 2:
            return None
        means[scale] = sum(given_) / len(given_)
    middle = sum(means.values()) / 4
    centred = [value - middle for value in means.values()]
    weights = []
    for prototype in ((1, -0.5, -1, -1), (0, 1, 0, 0), (-0.5, 0, 1, 0), (-1, -0.5, 0, 1)):
        mean = sum(prototype) / 4
        distance = sum((c - (q - mean)) ** 2 for c, q in zip(centred, prototype, strict=True))
        weights.append(math.exp(-0.8 * distance))
    return [weight / sum(weights) for weight in weights], max(means.values()) - min(means.values())


@given(sheets)
def test_every_sheet_scores_as_the_steps_say(answers):
    found, expected = score(answers), oracle(answers)
    if expected is None:
        assert (found.status, found.p, found.readiness) == (Status.INCOMPLETE, None, None)
        return
    p, spread = expected
    assert np.allclose(found.p, p, atol=1e-12)
    first, second = sorted(p, reverse=True)[:2]
    if abs(spread - 0.67) < 1e-9 or abs(first - second - 0.1) < 1e-9:
        return
    if spread < 0.67:
        wanted = Status.UNDETERMINED
    elif first - second < 0.10:
        wanted = Status.TIE
    else:
        wanted = Status.FIRM if first >= 0.65 else Status.PROBABLE if first >= 0.5 else Status.WEAK
    assert found.status == wanted


@given(sheets)
def test_a_tie_acts_as_the_less_ready_of_both(answers):
    found = score(answers)
    order = list(Sociotype)
    if found.status == Status.TIE:
        assert found.acts_as == max(found.type, found.also, key=order.index)
    else:
        assert (found.also, found.acts_as) == (None, found.type)


@given(st.lists(st.integers(2, 4), min_size=12, max_size=12))
def test_saying_yes_to_everything_a_little_more_changes_no_type(answers):
    """All scales are keyed alike, so agreeing by one more moves all of them alike and cancels."""
    assert np.allclose(score(answers).p, score([value + 1 for value in answers]).p)


def test_two_of_three_answers_are_needed_on_each_scale():
    whole = GOLDEN[0][0]
    one_less = [None if i == 0 else value for i, value in enumerate(whole)]
    two_less = [None if CURRENT.items[i].key in ("A1", "A2") else value for i, value in enumerate(whole)]
    assert (score(one_less).status, score(two_less).status) == (Status.FIRM, Status.INCOMPLETE)
    assert score(two_less).scales == {"A": None, "S": 2, "D": 1, "O": 1}
    assert score(two_less).because[0].values == {"scales": "A"}


@pytest.mark.parametrize(
    ("channel", "answered", "expected"),
    [(Channel.SELF, 12, 100), (Channel.PHONE, 12, 90), (Channel.OBSERVED, 12, 60), (Channel.SELF, 11, 100 * 11 / 12)],
)  # fmt: skip
def test_confidence_weighs_the_channel_and_what_was_answered(channel, answered, expected):
    answers = [None] * (12 - answered) + GOLDEN[0][0][12 - answered :]
    found = score(answers, channel=channel)
    assert found.base_confidence == pytest.approx(expected * max(found.p))


@pytest.mark.parametrize(
    ("answers", "seconds", "channel", "flags"),
    [
        ([4] * 10 + [1, 2], 90, Channel.SELF, (Flag.STRAIGHT,)),
        ([4] * 9 + [1, 2, 3], 90, Channel.SELF, (Flag.STRAIGHT,)),  # nine alike, but in a row
        ([4, 4, 4, 4, 4, 4, 2, 4, 4, 4, 2, 2], 90, Channel.SELF, ()),
        ([None, 4, 4, 4, 4, None, 4, 4, 4, 1, 2, 3], 90, Channel.SELF, (Flag.STRAIGHT,)),
        (GOLDEN[0][0], 23.9, Channel.SELF, (Flag.FAST,)),
        (GOLDEN[0][0], 24, Channel.SELF, ()),
        (GOLDEN[0][0], 5, Channel.PHONE, ()),
        (GOLDEN[0][0], None, Channel.SELF, ()),
        ([5, 5, 5, 5, 5, 1, 5, 5, 5, 5, 5, 1], 90, Channel.SELF, (Flag.STRAIGHT, Flag.INCONSISTENT)),
    ],
)
def test_flags(answers, seconds, channel, flags):
    assert score(answers, seconds=seconds, channel=channel).flags == flags


def test_inconsistency_is_the_mean_gap_of_the_scales():
    # A: |5 − 1| = 4, S: |5 − 1| = 4, D: |1 − 1| = 0, O: |1 − 2| = 1: mean 2.25.
    at = {
        "A1": 5,
        "A2": 5,
        "A3": 5,
        "S1": 5,
        "S2": 5,
        "S3": 5,
        "D1": 1,
        "D2": 1,
        "D3": 5,
        "O1": 1,
        "O2": 1,
        "O3": 4,
    }
    answers = [at[key] for key in CURRENT.keys]
    assert Flag.INCONSISTENT in score(answers).flags
    less = at | {"O3": 5}
    assert Flag.INCONSISTENT not in score([less[key] for key in CURRENT.keys]).flags


def test_months_end_where_the_month_does():
    assert [plus_months(date(2026, 8, 31), n).isoformat() for n in (6, 12, 18, 17)] == [
        "2027-02-28", "2027-08-31", "2028-02-29", "2028-01-31",
    ]  # fmt: skip


def test_age_fades_from_month_twelve_to_eighteen():
    day = date(2026, 1, 15)
    fades, ends = fades_from(day), expires_on(day)
    assert (fades, ends) == (date(2027, 1, 15), date(2027, 7, 15))
    half = date.fromordinal((fades.toordinal() + ends.toordinal()) // 2)
    assert (age_weight(day, day), age_weight(day, fades), age_weight(day, ends)) == (1, 1, 0.5)
    assert age_weight(day, half) == pytest.approx(0.75, abs=0.003)
    assert age_weight(day, date(2027, 7, 16)) == 0


def test_an_observation_weighs_what_it_is_sure_of():
    assert observed_p(NO, Certainty.SURE) == pytest.approx((0.05, 0.05, 0.85, 0.05))
    assert observed_confidence(Certainty.LIKELY) == pytest.approx(39)
    assert sum(len(traits) for traits in TRAITS_OF.values()) == 10


def test_scores_are_plain_json(tmp_path):
    from clients.sociotypes.files import as_json

    assert json.loads(json.dumps(as_json("x", score(GOLDEN[0][0]))))["type"] == "technophile"
