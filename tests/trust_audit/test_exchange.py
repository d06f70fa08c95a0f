"""Audits as files: what is read, and every fault named."""

import pytest

from trust_audit.checklists import shipped
from trust_audit.rules.checklist import Mode, Profile
from trust_audit.rules.exchange import Entry, FaultyFile, read_audit
from trust_audit.rules.scoring import EvidenceKind

CODES = frozenset(shipped().by_code())


def test_levels_reasons_and_evidence_are_read():
    found = read_audit(
        {
            "profile": "showcase", "mode": "express",
            "results": {
                "TEC-01": {"level": 3, "evidence": "probe", "age_days": 12},
                "TEC-02": {"na": " nothing is sold "},
                "BRD-01": {"level": 0},
            },
            "evidence": {"BRD-01": "file"},
        },
        CODES,
    )  # fmt: skip
    assert (found.profile, found.mode) == (Profile.SHOWCASE, Mode.EXPRESS)
    assert found.entries == {
        "TEC-01": Entry(3, "", EvidenceKind.PROBE, 12),
        "TEC-02": Entry(None, "nothing is sold", EvidenceKind.CLAIM, 0),
        "BRD-01": Entry(0, "", EvidenceKind.FILE, 0),
    }


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        ([], ["the file holds no object with results"]),
        ({"results": {"XXX-01": {"level": 1}}}, ["XXX-01: no such criterion"]),
        ({"results": {"TEC-01": {"level": 5}}}, ["TEC-01: a level is 0 to 4"]),
        ({"results": {"TEC-01": {"level": True}}}, ["TEC-01: a level is 0 to 4"]),
        ({"results": {"TEC-01": {"level": 2.5}}}, ["TEC-01: a level is 0 to 4"]),
        ({"results": {"TEC-01": {"na": " "}}}, ["TEC-01: not applicable needs a reason in words"]),
        ({"results": {"TEC-01": {"level": 1, "na": "x"}}}, ["TEC-01: either a level or na with its reason"]),
        (
            {"results": {"TEC-01": {"level": 1, "age_days": -1}, "TEC-03": 4}},
            ["TEC-01: age_days is a whole number from 0", "TEC-03: either a level or na with its reason"],
        ),
        (
            {"profile": "shop", "mode": "fast", "results": {"TEC-01": {"level": 1, "evidence": "oath"}}},
            [
                "profile: one of goods-b2c, goods-b2b, service, showcase", "mode: one of express, full",
                "TEC-01 evidence: one of claim, url, probe, file, reviewed",
            ],
        ),
    ],
)  # fmt: skip
def test_every_fault_is_named(data, faults: list[str]):
    with pytest.raises(FaultyFile) as raised:
        read_audit(data, CODES)
    assert raised.value.faults == faults
