"""Probes: what a robot can find out about a site, as proposals for a person. See ``run_probes``."""

# Importing a family registers its probes.
from trust_audit.limits import Limits
from trust_audit.probes import (  # noqa: F401
    company,
    ergonomics,
    identity,
    navigation,
    orders,
    privacy,
    products,
    running,
    seals,
    security,
    service,
    texts,
)
from trust_audit.probes.registries import SEALS, Seal
from trust_audit.probes.registry import PROBES
from trust_audit.probes.runner import run_probes
from trust_audit.probes.types import ProbeOutcome, Proposal, ProposalStatus

__all__ = [
    "PROBES",
    "SEALS",
    "Limits",
    "ProbeOutcome",
    "Proposal",
    "ProposalStatus",
    "Seal",
    "run_probes",
]
