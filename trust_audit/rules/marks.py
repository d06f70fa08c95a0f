"""From what people entered to the marks the score is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from trust_audit.rules.scoring import STRENGTH as STRENGTHS
from trust_audit.rules.scoring import EvidenceKind, Mark, freshness
from trust_audit.states import Proof

_KINDS = {
    Proof.FILE: EvidenceKind.FILE,
    Proof.PICTURE: EvidenceKind.FILE,
    Proof.CALL: EvidenceKind.FILE,
    Proof.ORDER: EvidenceKind.FILE,
    Proof.PROBE: EvidenceKind.PROBE,
    Proof.URL: EvidenceKind.URL,
    Proof.CLAIM: EvidenceKind.CLAIM,
}


@dataclass(frozen=True)
class ProofSeen:
    """A piece of evidence: ``explained`` by a note or caption, ``confirmed`` by somebody else."""

    kind: Proof
    age_days: int
    explained: bool = False
    confirmed: bool = False

    @property
    def strength(self) -> EvidenceKind:
        kind = _KINDS[self.kind]
        if self.confirmed and kind in (EvidenceKind.FILE, EvidenceKind.PROBE):
            return EvidenceKind.REVIEWED
        if kind == EvidenceKind.URL and not self.explained:
            return EvidenceKind.CLAIM
        return kind

    @property
    def trust(self) -> float:
        return STRENGTHS[self.strength] * freshness(self.age_days)


def mark_of(
    *,
    applies: bool,
    level: int | None,
    second_level: int | None,
    level_age_days: int,
    proofs: Sequence[ProofSeen],
) -> Mark:
    """The mean of two reviewers, carried by the evidence that is worth most today."""
    mean = level if level is None or second_level is None else Fraction(level + second_level, 2)
    claim = ProofSeen(Proof.CLAIM, level_age_days)
    best = max([claim, *proofs], key=lambda proof: proof.trust)
    if mean is not None and not isinstance(mean, int) and mean.denominator == 1:
        mean = int(mean)
    return Mark(level=mean, applies=applies, evidence=best.strength, age_days=best.age_days)
