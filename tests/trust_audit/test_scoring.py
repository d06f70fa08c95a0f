"""The score: worked examples of the method, and invariants over random audits."""

import random
from fractions import Fraction

import pytest

from trust_audit.checklists import shipped
from trust_audit.rules.checklist import Family, Item, Mode, Profile
from trust_audit.rules.comparison import Change, Side, compare
from trust_audit.rules.gains import Effort, gains, if_fixed, strengths
from trust_audit.rules.scoring import CapKind, EvidenceKind, Mark, Score, State, freshness, score_audit

FULL = shipped().items(Profile.GOODS_B2C, Mode.FULL)
KINDS = list(EvidenceKind)
AUDITS = 20_000


def all_at(level: int, evidence: EvidenceKind = EvidenceKind.FILE, **other: int) -> dict[str, Mark]:
    levels = {item.code: level for item in FULL} | {code.replace("_", "-"): at for code, at in other.items()}
    return {code: Mark(at, evidence=evidence) for code, at in levels.items()}


def shown(score: Score) -> tuple:
    return (round(float(score.overall), 1), score.grade, score.state)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        (all_at(4), (100.0, "A", State.FINAL)),
        (all_at(2), (50.0, "D", State.FINAL)),
        (all_at(0), (0.0, "E", State.FINAL)),
        (all_at(4, EvidenceKind.CLAIM), (100.0, "B*", State.FINAL)),
        (all_at(4, TEC_01=0), (39.0, "E", State.FINAL)),
        (all_at(4, BRD_01=0), (54.0, "D", State.FINAL)),
        # No seal at all: the weakest family holds it at 45, a D.
        (all_at(4) | {i.code: Mark(0) for i in FULL if i.family == Family.SEAL}, (45.0, "D", State.FINAL)),
    ],
)
def test_worked_examples(marks: dict[str, Mark], expected: tuple):
    assert shown(score_audit(FULL, marks)) == expected


def test_the_reason_of_a_cap_is_said():
    score = score_audit(FULL, all_at(4, TEC_01=0))
    assert (round(float(score.raw), 1), [(c.kind, c.name, c.limit) for c in score.caps]) == (
        97.3, [(CapKind.BLOCKING, "TEC-01", 39)],
    )  # fmt: skip
    assert [(one.code, one.values["name"]) for one in score.because] == [("capped_by_criterion", "TEC-01")]


def test_every_second_criterion_gives_an_interval_and_no_grade():
    marks = {item.code: Mark(3, evidence=EvidenceKind.FILE) for item in FULL[::2]}
    score = score_audit(FULL, marks)
    figures = [round(float(one), 1) for one in (score.overall, score.low, score.high)]
    assert (figures, score.grade, score.state) == ([75.0, 37.3, 87.6], None, State.NO_GRADE)


def test_a_family_by_hand():
    """Three criteria of 5, 4 and 1: levels 4 and 2, one untested; one more does not apply."""
    items = [Item(f"SEAL-0{n}", Family.SEAL, weight) for n, weight in enumerate((5, 4, 1, 3), start=1)]
    marks = {
        "SEAL-01": Mark(4, evidence=EvidenceKind.REVIEWED),
        "SEAL-02": Mark(2, evidence=EvidenceKind.URL, age_days=270),
        "SEAL-04": Mark(4, applies=False),
    }
    one = score_audit(items, marks).families[Family.SEAL]
    assert (one.score, one.coverage, one.low, one.high) == (
        Fraction(700, 9), Fraction(9, 10), Fraction(70), Fraction(80),
    )  # fmt: skip
    assert one.confidence == pytest.approx((5 * 1 + 4 * 0.5 * 0.5) / 10)
    assert (one.tested, one.applicable) == (2, 3)


def test_nothing_tested_has_no_score():
    score = score_audit(FULL, {})
    assert (score.raw, score.overall, score.low, score.high, score.grade) == (None, None, 0, 100, None)
    assert [one.code for one in score.because] == ["nothing_tested"]


def test_nothing_that_applies_has_no_interval():
    score = score_audit(FULL, {item.code: Mark(applies=False) for item in FULL})
    assert (score.overall, score.low, score.high, score.coverage) == (None, None, None, 0)


@pytest.mark.parametrize(("days", "factor"), [(0, 1.0), (90, 1.0), (270, 0.5), (450, 0.25)])
def test_evidence_fades(days: int, factor: float):
    assert freshness(days) == factor


@pytest.mark.parametrize(
    ("tested", "state"), [(4, State.PROVISIONAL), (5, State.FINAL), (3, State.PROVISIONAL)]
)
def test_the_lines_of_coverage(tested: int, state: State):
    """Of five equal criteria four make 80%: final is reached at exactly that; see also the half below."""
    items = [Item(f"TEC-0{n}", Family.TECHNOLOGY, 2) for n in range(1, 6)]
    marks = {item.code: Mark(3) for item in items[:tested]}
    assert score_audit(items, marks).state == (State.FINAL if tested >= 4 else state)


def test_half_a_coverage_gets_no_grade():
    items = [Item(f"TEC-0{n}", Family.TECHNOLOGY, 2) for n in range(1, 5)]
    assert score_audit(items, {item.code: Mark(4) for item in items[:2]}).state == State.NO_GRADE


def random_audit(chance: random.Random) -> tuple[list[Item], dict[str, Mark]]:
    items = [
        Item(item.code, item.family, chance.randint(1, 5), item.cap)
        for item in FULL
        if chance.random() < 0.8 or item.code == "TEC-01"
    ]
    full = chance.random()
    marks = {
        item.code: Mark(
            chance.choice([0, 0, 1, 2, 3, 4, 4, 4, Fraction(5, 2)]),
            applies=chance.random() < 0.9,
            evidence=chance.choice(KINDS),
            age_days=chance.randrange(900),
        )
        for item in items
        if chance.random() < full
    }
    return items, marks


def violations(chance: random.Random) -> list[str]:
    items, marks = random_audit(chance)
    score, found = score_audit(items, marks), []
    if not 0 <= score.confidence <= float(score.coverage) + 1e-12 <= 1 + 1e-12:
        found.append("0 ≤ Q ≤ K ≤ 1")
    for one in score.families.values():
        if one.score is not None and not 0 <= one.low <= one.score <= one.high <= 100:
            found.append("0 ≤ low ≤ S ≤ high ≤ 100")
    if score.overall is None:
        return found
    if not 0 <= score.overall <= score.raw <= 100 or score.low > score.high:
        found.append("0 ≤ O ≤ R ≤ 100")
    tested = [code for code, mark in marks.items() if mark.tested and mark.level < 4]
    if tested:
        code = chance.choice(tested)
        if if_fixed(items, marks, [code]).overall < score.overall:
            found.append(f"raising {code} lowers O")
    # Levels that answer everything tell no more than the interval said.
    for level, bound in ((0, score.low), (4, score.high)):
        filled = {item.code: marks[item.code] if item.code in marks else Mark(level) for item in items}
        if score_audit(items, filled).raw != bound:
            found.append(f"untested at {level} is the end of the interval")
    return found


@pytest.mark.slow
def test_no_random_audit_breaks_the_invariants():
    chance = random.Random(20261124)
    assert [found for _ in range(AUDITS) if (found := violations(chance))] == []


def test_gains_are_exact_when_all_is_tested_and_no_cap_holds():
    marks = all_at(3, ORD_04=1, NAV_05=2)
    before = score_audit(FULL, marks)
    for gain in gains(FULL, marks):
        assert if_fixed(FULL, marks, [gain.code]).overall - before.overall == gain.points


def test_what_blocks_comes_first_then_points_for_effort():
    marks = all_at(4, TEC_01=0, NAV_07=0, SEAL_01=0, ORD_09=3)
    order = gains(FULL, marks, {"SEAL-01": Effort.LARGE, "NAV-07": Effort.SMALL, "ORD-09": Effort.SMALL})
    assert [(one.code, one.quick_win) for one in order] == [
        ("TEC-01", False), ("NAV-07", True), ("SEAL-01", False), ("ORD-09", False),
    ]  # fmt: skip
    assert round(float(order[0].points), 2) == round(100 / 6 * 5 / 31, 2)


def test_fixing_what_caps_frees_the_score():
    marks = all_at(4, TEC_01=0)
    assert [float(if_fixed(FULL, marks, codes).overall) for codes in ([], ["TEC-01"])] == [39.0, 100.0]


def test_strengths_are_the_heavy_and_high():
    assert strengths(FULL, all_at(0, BRD_01=4, NAV_07=4, ORD_09=3)) == ["BRD-01", "ORD-09", "NAV-07"]


def test_comparison_by_hand():
    before = Side("1", FULL, all_at(2) | {"SEAL-01": Mark(None), "BRD-02": Mark(3)})
    after = Side(
        "1", FULL, all_at(2, SEAL_01=4, TEC_01=0, NAV_01=4) | {"NAV-07": Mark(None), "BRD-02": Mark(applies=False)}
    )  # fmt: skip
    found = compare(before, after)
    picked = {
        code: found.changes[code] for code in ("SEAL-01", "TEC-01", "NAV-01", "NAV-07", "BRD-02", "PRE-01")
    }
    assert picked == {
        "SEAL-01": Change.NEWLY_TESTED, "TEC-01": Change.REGRESSED, "NAV-01": Change.IMPROVED,
        "NAV-07": Change.NO_LONGER_TESTED, "BRD-02": Change.BECAME_NOT_APPLICABLE, "PRE-01": Change.UNCHANGED,
    }  # fmt: skip
    same = found.like_for_like
    assert ({"SEAL-01", "NAV-07", "BRD-02"} & set(same.codes), len(same.codes)) == (set(), 44)
    assert (
        same.raw_delta
        == same.after.raw - same.before.raw
        == Fraction(100, 6) * (Fraction(5 * 2, 26 * 4) - Fraction(5 * 2, 31 * 4))
    )
    assert found.reported == found.after.overall - found.before.overall == 39 - found.before.raw
    assert [(one.code, one.values["name"]) for one in found.alerts] == [("blocking_fell_to_zero", "TEC-01")]


def test_a_family_that_loses_ten_points_is_alerted():
    worse = all_at(3, **{item.code.replace("-", "_"): 2 for item in FULL if item.family == Family.NAVIGATION})
    found = compare(Side("1", FULL, all_at(3)), Side("1", FULL, worse))
    assert [(one.code, one.values) for one in found.alerts] == [
        ("family_lost", {"name": "NAV", "points": 25.0})
    ]
    assert found.families[Family.NAVIGATION] == -25


def test_other_checklists_are_not_compared_like_for_like():
    found = compare(Side("1", FULL, all_at(3)), Side("2", FULL, all_at(4)))
    assert (found.reported, found.like_for_like) == (25, None)


def test_contributions_add_up_in_random_comparisons():
    chance = random.Random(7)
    for _ in range(300):
        items, old = random_audit(chance)
        new = {code: Mark(chance.randint(0, 4)) for code in old}
        found = compare(Side("1", items, old), Side("1", items, new)).like_for_like
        if found is not None:
            assert found.raw_delta == found.after.raw - found.before.raw
