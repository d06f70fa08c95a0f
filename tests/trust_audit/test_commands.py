"""The commands: what goes in comes out as the rules say."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from trust_audit.checklists import shipped
from trust_audit.models import Audit, Evidence
from trust_audit.rules.checklist import Mode, Profile
from trust_audit.rules.exchange import score_as_json
from trust_audit.rules.scoring import EvidenceKind, Mark, score_audit

pytestmark = pytest.mark.django_db
CODES = [one.code for one in shipped().criteria]


def run(command: str, *arguments: Any) -> dict[str, Any]:
    out = StringIO()
    call_command(command, *map(str, arguments), "--json", stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


def imported(tmp_path: Path, data: Any) -> dict[str, Any]:
    file = tmp_path / "audit.json"
    file.write_text(json.dumps(data))
    return run("import_audit", file)


def everything(level: int, **row: Any) -> dict[str, Any]:
    return {code: {"level": level} | row for code in CODES}


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        (everything(4, evidence="file"), (100, 100, "A", "final", 1, 0.8)),
        (everything(4), (100, 100, "B*", "final", 1, 0.3)),
        (everything(2, evidence="reviewed"), (50, 50, "D", "final", 1, 1)),
        (everything(4, evidence="file", age_days=270), (100, 100, "B*", "final", 1, 0.4)),
        (everything(4, evidence="file") | {"TEC-01": {"level": 0}}, (97.311828, 39, "E", "final", 1, 0.786559)),
        ({code: {"level": 3, "evidence": "file"} for code in CODES[::2]}, (75, 75, None, "no grade", 0.497, 0.3976)),
    ],
)  # fmt: skip
def test_worked_examples_by_import(tmp_path: Path, results: dict[str, Any], expected: tuple):
    found = imported(tmp_path, {"profile": "goods-b2c", "mode": "full", "results": results})
    got = tuple(found[key] for key in ("raw", "overall", "grade", "state", "coverage", "confidence"))
    assert [one if not isinstance(one, float) else pytest.approx(one, abs=1e-3) for one in got] == list(
        expected
    )


def test_import_equals_the_rules_on_every_evidence_and_age(tmp_path: Path):
    """An imported audit scores as its marks do, however it is stored in between."""
    results, marks = {}, {}
    for number, code in enumerate(CODES):
        evidence, age, level = list(EvidenceKind)[number % 5], number * 17, number % 5
        if number % 7 == 6:
            results[code], marks[code] = {"na": "not here"}, Mark(applies=False)
        elif number % 11 != 10:
            results[code] = {"level": level, "evidence": evidence.value, "age_days": age}
            marks[code] = Mark(level, True, evidence, age)
    expected = score_as_json(score_audit(shipped().items(Profile.GOODS_B2C, Mode.FULL), marks))
    found = imported(tmp_path, {"profile": "goods-b2c", "mode": "full", "results": results})
    assert {key: found[key] for key in expected} == expected
    assert {key: run("score_audit", found["audit"])[key] for key in expected} == expected


def test_comparison_of_two_imports(tmp_path: Path):
    before = imported(tmp_path, {"profile": "goods-b2c", "mode": "full", "results": everything(2)})
    after = imported(
        tmp_path,
        {"profile": "goods-b2c", "mode": "full", "results": everything(2) | {"NAV-01": {"level": 4}}},
    )
    found = run("compare_audits", before["audit"], after["audit"])
    points = round(100 / 6 * 5 / 28 / 2, 6)
    assert found["reported"] == {"before": 50.0, "after": round(50 + points, 6), "delta": points}
    assert (found["like_for_like"]["raw_delta"], found["like_for_like"]["criteria"]) == (points, 47)
    assert found["criteria"]["NAV-01"] == {"change": "improved", "contribution": points, "weight": 5}
    assert found["alerts"] == []


def test_a_faulty_file_imports_nothing(tmp_path: Path):
    with pytest.raises(CommandError, match="TEC-01: a level is 0 to 4; XXX: no such criterion"):
        imported(tmp_path, {"results": {"TEC-01": {"level": 9}, "XXX": {"level": 1}}})
    assert (Audit.objects.count(), Evidence.objects.count()) == (0, 0)


def test_profile_and_mode_decide_what_counts(tmp_path: Path):
    found = imported(tmp_path, {"profile": "showcase", "mode": "express", "results": everything(4)})
    assert {name: one["applicable"] for name, one in found["families"].items()} == {
        "SEAL": 1, "BRD": 1, "NAV": 2, "ORD": 3, "PRE": 2, "TEC": 2,
    }  # fmt: skip


@pytest.mark.parametrize("command", ["score_audit", "compare_audits"])
def test_an_unknown_audit_is_said(command: str):
    with pytest.raises(CommandError, match="No audit has the number 7"):
        run(command, *([7] if command == "score_audit" else [7, 7]))
