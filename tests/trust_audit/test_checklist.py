"""The shipped checklist: complete in two languages, with the sums the method gives."""

import copy
from collections import Counter

import pytest

from trust_audit.checklists import shipped, shipped_data
from trust_audit.rules.checklist import EXPRESS, Automation, Family, Mode, Profile, Scale, read_checklist


def test_there_are_47_criteria_with_the_sums_of_the_method():
    weights = Counter()
    for one in shipped().criteria:
        weights[one.family] += one.weight
    assert (len(shipped().criteria), dict(weights), sum(weights.values())) == (
        47,
        {
            Family.SEAL: 23, Family.BRAND: 20, Family.NAVIGATION: 28, Family.ORDERS: 41,
            Family.PRESENTATION: 30, Family.TECHNOLOGY: 31,
        },
        173,
    )  # fmt: skip


def test_automation_and_caps_are_those_of_the_method():
    automation = Counter(one.automation for one in shipped().criteria)
    caps = {one.code: one.cap for one in shipped().criteria if one.cap is not None}
    assert automation == {Automation.PROPOSED: 18, Automation.HINTS: 20, Automation.HUMAN: 9}
    assert caps == {"BRD-01": 54, "ORD-01": 69, "ORD-06": 69, "TEC-01": 39, "TEC-02": 54}


def test_express_asks_the_heaviest_and_the_phone():
    heaviest = {one.code for one in shipped().criteria if one.weight == 5}
    assert heaviest | {"ORD-06"} == EXPRESS
    assert [len(shipped().items(Profile.GOODS_B2C, mode)) for mode in Mode] == [11, 47]


def test_profiles_preset_what_does_not_apply_and_other_weights():
    presets = {
        profile: sorted(i.code for i in shipped().items(profile, Mode.FULL) if i.not_applicable)
        for profile in Profile
    }
    b2b = {item.code: item.weight for item in shipped().items(Profile.GOODS_B2B, Mode.FULL)}
    assert presets == {
        Profile.GOODS_B2C: [], Profile.GOODS_B2B: [], Profile.SERVICE: [],
        Profile.SHOWCASE: ["ORD-05", "ORD-10", "TEC-02"],
    }  # fmt: skip
    assert [b2b[code] for code in ("ORD-08", "ORD-09", "TEC-06", "ORD-07")] == [2, 2, 2, 4]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_text_stands_twice(language: str):
    texts = Counter(
        words[language] for one in shipped().criteria for words in (one.question, one.why, one.how)
    )
    assert [text for text, times in texts.items() if times > 1] == []


def test_a_yes_partial_no_scale_has_three_levels():
    levels = {one.scale: one.levels for one in shipped().criteria}
    assert levels == {Scale.LEVELS: (0, 1, 2, 3, 4), Scale.YES_PARTIAL_NO: (0, 2, 4)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data["criterion"][0]["question"].pop("fr"), "SEAL-01: a text is missing"),
        (lambda data: data["criterion"][1]["anchors"]["en"].pop(), "SEAL-02: a text is missing"),
        (lambda data: data["criterion"][0].update(weight=6), "SEAL-01: a weight is 1 to 5"),
        (lambda data: data["criterion"][7].update(cap=120), "BRD-01: a cap is 0 to 100"),
        (lambda data: data["criterion"][1].update(code="SEAL-01"), "a code stands twice"),
    ],
)
def test_a_faulty_checklist_is_refused(change, said: str):
    data = copy.deepcopy(shipped_data())
    change(data)
    with pytest.raises(ValueError, match=said):
        read_checklist(data)
