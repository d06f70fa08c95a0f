from trust_audit.models.audits import Audit, CriterionResult, SamplePage, ShareLink
from trust_audit.models.evidence import Evidence, Finding, ProbeRun, Proposal
from trust_audit.models.followup import Action
from trust_audit.models.sites import ChecklistVersion, Seal, Site

__all__ = [
    "Action",
    "Audit",
    "ChecklistVersion",
    "CriterionResult",
    "Evidence",
    "Finding",
    "ProbeRun",
    "Proposal",
    "SamplePage",
    "Seal",
    "ShareLink",
    "Site",
]
