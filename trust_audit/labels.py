"""The words of the trust audit."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trust_audit.probes.types import ProposalStatus
from trust_audit.rules.checklist import Automation, Family, Mode, Profile, Scale
from trust_audit.rules.comparison import Change
from trust_audit.rules.gains import Effort
from trust_audit.rules.scoring import EvidenceKind, State
from trust_audit.states import (
    ActionState,
    AuditState,
    ChecklistState,
    Decision,
    Impact,
    PageKind,
    Proof,
    SiteKind,
    Source,
)  # fmt: skip

FAMILIES = {
    Family.SEAL: _("Seal of approval"),
    Family.BRAND: _("Brand"),
    Family.NAVIGATION: _("Navigation"),
    Family.ORDERS: _("Order execution"),
    Family.PRESENTATION: _("Presentation"),
    Family.TECHNOLOGY: _("Technology"),
}
SITE_KINDS = {
    SiteKind.OWN: _("Our own"),
    SiteKind.CLIENT: _("A client's"),
    SiteKind.COMPETITOR: _("A competitor's"),
}
PROFILES = {
    Profile.GOODS_B2C: _("Goods for consumers"),
    Profile.GOODS_B2B: _("Goods for businesses"),
    Profile.SERVICE: _("Services"),
    Profile.SHOWCASE: _("Showcase site without orders"),
}
MODES = {
    Mode.EXPRESS: _("Express, the 11 that weigh most"),
    Mode.FULL: _("Full, 47 criteria"),
}
SCALES = {
    Scale.LEVELS: _("Levels 0 to 4"),
    Scale.YES_PARTIAL_NO: _("Yes, partly, no"),
}
AUTOMATION = {
    Automation.PROPOSED: _("A probe proposes a level"),
    Automation.HINTS: _("A probe gathers hints, a person decides"),
    Automation.HUMAN: _("A person alone"),
}
AUDIT_STATES = {
    AuditState.RUNNING: pgettext_lazy("audit", "Running"),
    AuditState.SIGNED: pgettext_lazy("audit", "Signed"),
}
STATES = {
    State.FINAL: pgettext_lazy("score", "final"),
    State.PROVISIONAL: pgettext_lazy("score", "provisional"),
    State.NO_GRADE: pgettext_lazy("score", "no grade"),
}
PAGE_KINDS = {
    PageKind.HOME: _("Home page"),
    PageKind.CATEGORY: _("Category"),
    PageKind.PRODUCT: _("Product page"),
    PageKind.LEGAL: _("Legal page"),
    PageKind.CONTACT: _("Contact page"),
    PageKind.CHECKOUT: _("Checkout"),
    PageKind.OTHER: _("Other page"),
}
IMPACTS = {
    Impact.MINOR: pgettext_lazy("impact", "minor"),
    Impact.MAJOR: pgettext_lazy("impact", "major"),
    Impact.BLOCKING: pgettext_lazy("impact", "blocking"),
}
PROOFS = {
    Proof.FILE: _("File"),
    Proof.PICTURE: _("Picture"),
    Proof.URL: _("Address"),
    Proof.CALL: _("Timed call"),
    Proof.ORDER: _("Test order"),
    Proof.PROBE: _("Probe"),
    Proof.CLAIM: _("Claim"),
}
STRENGTHS = {
    EvidenceKind.CLAIM: _("claim only"),
    EvidenceKind.URL: _("note and address"),
    EvidenceKind.PROBE: _("probe"),
    EvidenceKind.FILE: _("dated file"),
    EvidenceKind.REVIEWED: _("confirmed by a reviewer"),
}
SOURCES = {
    Source.PERSON: _("set by a person"),
    Source.PROBE: _("proposed by a probe and accepted"),
    Source.OVERRIDE: _("set against the proposal"),
    Source.IMPORT: _("imported"),
    Source.KEPT: _("kept from the audit before"),
}
PROPOSAL_STATUSES = {
    ProposalStatus.PROPOSED: _("Level proposed"),
    ProposalStatus.HINT: _("Hints"),
    ProposalStatus.UNKNOWN: _("Could not be tested"),
}
DECISIONS = {
    Decision.OPEN: _("To decide"),
    Decision.ACCEPTED: _("Accepted"),
    Decision.OVERRIDDEN: _("Overridden"),
}
EFFORTS = {
    Effort.SMALL: pgettext_lazy("effort", "small"),
    Effort.MEDIUM: pgettext_lazy("effort", "medium"),
    Effort.LARGE: pgettext_lazy("effort", "large"),
}
ACTION_STATES = {
    ActionState.TO_DO: pgettext_lazy("action", "To do"),
    ActionState.DOING: pgettext_lazy("action", "Doing"),
    ActionState.DONE: pgettext_lazy("action", "Done"),
    ActionState.VERIFIED: pgettext_lazy("action", "Verified"),
}
CHECKLIST_STATES = {
    ChecklistState.DRAFT: pgettext_lazy("checklist", "Draft"),
    ChecklistState.IN_FORCE: pgettext_lazy("checklist", "In force"),
}
CHANGES = {
    Change.IMPROVED: _("improved"),
    Change.REGRESSED: _("regressed"),
    Change.UNCHANGED: _("unchanged"),
    Change.NEWLY_TESTED: _("newly tested"),
    Change.NO_LONGER_TESTED: _("no longer tested"),
    Change.BECAME_NOT_APPLICABLE: _("became not applicable"),
    Change.NOT_TESTED: _("not tested"),
}
LEVEL_WORDS = {
    0: _("absent"),
    1: _("weak"),
    2: _("partial"),
    3: _("good"),
    4: _("exemplary"),
}
ANSWER_WORDS = {0: _("no"), 2: _("partly"), 4: _("yes")}
REASONS = {
    "nothing_tested": _("Nothing has been tested yet."),
    "capped_by_family": _(
        "%(raw)s → %(limit)s: the weakest family, %(name)s, lets the whole exceed it by 45 points at most."
    ),
    "capped_by_criterion": _("%(raw)s → %(limit)s: %(name)s is at level 0 and blocks."),
    "coverage_too_small": _(
        "No grade: %(coverage_exact_rate)s of the weight was tested, and half or less says too little."
    ),
    "coverage_provisional": _(
        "Provisional: %(coverage_exact_rate)s of the weight was tested; a final grade needs 80%%."
    ),
    "evidence_too_thin": _(
        "Evidence too thin for an A: confidence is %(confidence_exact_rate)s, an A needs 60%%."
    ),
    "nothing_holds_it_down": _("No cap holds the score down."),
    "blocking_fell_to_zero": _("%(name)s fell to level 0 and caps the score at %(limit)s."),
    "family_lost": _("%(name)s lost %(points)s points."),
    "calls_too_few": _("%(calls)s timed calls; five are needed."),
    "calls_answered": _("%(rate_exact_rate)s of %(calls)s calls answered within 60 seconds."),
    "orders_too_few": _("%(orders)s test orders; three are needed."),
    "orders_kept": _(
        "%(orders)s test orders: %(on_time_exact_rate)s on time, %(right_exact_rate)s with the right goods, %(cost_exact_rate)s without extra cost; the worst decides."
    ),
}
REFUSALS = {
    "signed": _("The audit is signed; nothing of it changes any more."),
    "na_without_reason": _("Say why the criterion does not apply."),
    "second_is_the_first": _("The second level is another person's than the auditor's."),
    "disputed": _("Two reviewers are two levels or more apart: %(codes)s. One of them looks again first."),
    "nothing_tested": _("Nothing has been tested yet."),
    "file_too_large": _("The file is larger than %(megabytes)s MB."),
    "file_empty": _("The file is empty."),
    "too_much_evidence": _("A criterion keeps %(most)s pieces of evidence at most."),
    "own_evidence": _("Somebody else confirms what you brought."),
    "not_allowed": _("Tick first that you may audit this site."),
    "host_busy": _("The probes are at work on %(host)s already; start these when they are done."),
    "override_without_reason": _("Say why you decide otherwise than the probe."),
    "close_without_evidence": _("An action closes with new evidence: a file or an address."),
    "not_done": _("The action is not done yet."),
    "verify_own": _("Somebody else verifies what you did."),
    "share_running": _("Only a signed audit is shared."),
    "no_draft": _("There is no draft to edit."),
    "no_criterion": _("The checklist has no such criterion."),
    "checklist_fault": _("Not saved: %(fault)s."),
    "lead_only": _("%(name)s leads this audit; you give the second level."),
    "no_level": _("Choose a level from 0 to 4."),
    "no_address": _("That is no address of a page."),
    "cannot_take_over": _("%(name)s may not edit this site."),
    "unknown_kind": _("Nothing was sent that could be kept."),
    "form_incomplete": _("Something is missing or not in order; nothing was kept."),
}
