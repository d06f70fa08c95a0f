"""Audits as plain data: what a file may hold, and the score as it is printed for programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from trust_audit.rules.checklist import LEVELS, Item, Mode, Profile
from trust_audit.rules.comparison import Comparison
from trust_audit.rules.scoring import EvidenceKind, Mark, Score

DIGITS = 6
LONGEST_REASON = 500


@dataclass(frozen=True)
class Entry:
    """What a file says of one criterion."""

    level: int | None
    na_reason: str
    evidence: EvidenceKind
    age_days: int

    @property
    def mark(self) -> Mark:
        return Mark(self.level, not self.na_reason, self.evidence, self.age_days)


@dataclass(frozen=True)
class ImportedAudit:
    profile: Profile
    mode: Mode
    entries: Mapping[str, Entry]


class FaultyFile(ValueError):
    """``faults``: one sentence each, in English, naming the code it is about."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def read_audit(data: Any, known_codes: frozenset[str]) -> ImportedAudit:
    """Raises ``FaultyFile`` with everything that is wrong, not only the first."""
    if not isinstance(data, dict) or not isinstance(data.get("results"), dict):
        raise FaultyFile(["the file holds no object with results"])
    faults: list[str] = []
    profile = _choice(Profile, data.get("profile", Profile.GOODS_B2C), "profile", faults)
    mode = _choice(Mode, data.get("mode", Mode.FULL), "mode", faults)
    entries = {}
    for code, row in data["results"].items():
        if code not in known_codes:
            faults.append(f"{code}: no such criterion")
        elif entry := _entry(code, _with_evidence(data, code, row), faults):
            entries[code] = entry
    if faults:
        raise FaultyFile(faults)
    return ImportedAudit(Profile(profile), Mode(mode), entries)


def _choice(kind: Any, value: Any, name: str, faults: list[str]) -> Any:
    if value in list(kind):
        return value
    faults.append(f"{name}: one of {', '.join(kind)}")
    return None


def _with_evidence(data: Mapping[str, Any], code: str, row: Any) -> Any:
    """Evidence and age stand in the row, or in maps of their own beside the results."""
    if not isinstance(row, dict):
        return row
    beside = {name: data[name][code] for name in ("evidence", "age_days") if code in _map(data.get(name))}
    return beside | row


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _entry(code: str, row: Any, faults: list[str]) -> Entry | None:
    if not isinstance(row, dict) or ("level" in row) == ("na" in row):
        faults.append(f"{code}: either a level or na with its reason")
        return None
    evidence = _choice(EvidenceKind, row.get("evidence", EvidenceKind.CLAIM), f"{code} evidence", faults)
    age = row.get("age_days", 0)
    if not _is_int(age) or age < 0:
        faults.append(f"{code}: age_days is a whole number from 0")
        age = 0
    level, reason = row.get("level"), row.get("na", "")
    if "level" in row and (not _is_int(level) or level not in LEVELS):
        faults.append(f"{code}: a level is 0 to 4")
        return None
    if "na" in row and (not isinstance(reason, str) or not reason.strip() or len(reason) > LONGEST_REASON):
        faults.append(f"{code}: not applicable needs a reason in words")
        return None
    return Entry(level, reason.strip(), EvidenceKind(evidence or EvidenceKind.CLAIM), age)


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def rounded(value: Fraction | float | None) -> float | None:
    return None if value is None else round(float(value), DIGITS)


def score_as_json(score: Score) -> dict[str, Any]:
    return {
        "families": {
            family.value: {
                "score": rounded(one.score),
                "coverage": rounded(one.coverage),
                "low": rounded(one.low),
                "high": rounded(one.high),
                "confidence": rounded(one.confidence),
                "tested": one.tested,
                "applicable": one.applicable,
            }
            for family, one in score.families.items()
        },
        "raw": rounded(score.raw),
        "overall": rounded(score.overall),
        "low": rounded(score.low),
        "high": rounded(score.high),
        "grade": score.grade,
        "state": score.state.value,
        "caps": [
            {"kind": cap.kind.value, "name": cap.name, "limit": rounded(cap.limit)} for cap in score.caps
        ],
        "coverage": rounded(score.coverage),
        "confidence": rounded(score.confidence),
        "because": [one.as_json() for one in score.because],
    }


def comparison_as_json(found: Comparison, items: Mapping[str, Item]) -> dict[str, Any]:
    same = found.like_for_like
    return {
        "reported": {
            "before": rounded(found.before.overall),
            "after": rounded(found.after.overall),
            "delta": rounded(found.reported),
        },
        "like_for_like": None
        if same is None
        else {
            "before": rounded(same.before.overall),
            "after": rounded(same.after.overall),
            "delta": rounded(same.delta),
            "raw_before": rounded(same.before.raw),
            "raw_after": rounded(same.after.raw),
            "raw_delta": rounded(same.raw_delta),
            "criteria": len(same.codes),
        },
        "families": {family.value: rounded(delta) for family, delta in found.families.items()},
        "criteria": {
            code: {
                "change": change.value,
                "contribution": rounded(same.contributions.get(code)) if same else None,
                "weight": items[code].weight if code in items else None,
            }
            for code, change in found.changes.items()
        },
        "alerts": [one.as_json() for one in found.alerts],
    }
