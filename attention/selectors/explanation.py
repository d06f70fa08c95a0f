"""Why one line says what it says: every figure that went into it, from the frozen row alone."""

from dataclasses import dataclass
from datetime import date

from attention.labels import BASES, EVIDENCE, PART_NOTES, PARTS, REASONS
from attention.models import ListLine
from common.wording import explain


@dataclass(frozen=True)
class Part:
    label: str
    note: str
    cents: int


@dataclass(frozen=True)
class Explanation:
    line: ListLine
    reasons: list[str]
    parts: list[Part]
    evidence: str
    basis: str
    slipping: float | None  # belief that the client is sliding or critical
    as_of: date | None


def explanation_of(line: ListLine) -> Explanation:
    inputs = line.inputs
    stable = inputs.get("stable")
    return Explanation(
        line=line,
        reasons=[explain(reason, REASONS) for reason in line.reasons],
        parts=[Part(str(PARTS[name]), str(PART_NOTES[name]), cents) for name, cents in line.parts.items()],
        evidence=str(EVIDENCE.get(inputs.get("evidence", ""), "–")),
        basis=str(BASES.get(inputs.get("basis", ""), "–")),
        slipping=None if stable is None else 1.0 - stable,
        as_of=line.weekly_list.as_of,
    )
