from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.rules import (
    BatchKind,
    ChangeAct,
    ClientKind,
    ClientState,
    ConsentPurpose,
    InteractionKind,
    LegalBasis,
    PersonRole,
    RetentionAudience,
    TaskState,
    TrailAct,
    UnitKind,
)

KINDS = {ClientKind.COMPANY: _("Company"), ClientKind.PERSON: _("Private person")}
CLIENT_STATES = {
    ClientState.ACTIVE: pgettext_lazy("client", "Active"),
    ClientState.MERGED: pgettext_lazy("client", "Merged"),
    ClientState.ERASED: pgettext_lazy("client", "Erased"),
}
PERSON_ROLES = {
    PersonRole.DECIDES: pgettext_lazy("role of a person", "Decides"),
    PersonRole.BUYS: pgettext_lazy("role of a person", "Buys"),
    PersonRole.USES: pgettext_lazy("role of a person", "Uses"),
    PersonRole.PAYS: pgettext_lazy("role of a person", "Pays"),
    PersonRole.ADVISES: pgettext_lazy("role of a person", "Advises"),
    PersonRole.OTHER: pgettext_lazy("role of a person", "Other"),
}
LEGAL_BASES = {
    LegalBasis.CONTRACT: _("Contract"),
    LegalBasis.LEGITIMATE_INTEREST: _("Legitimate interest"),
    LegalBasis.CONSENT: _("Consent"),
    LegalBasis.LEGAL_OBLIGATION: _("Legal obligation"),
}
CONSENT_PURPOSES = {
    ConsentPurpose.EMAIL: _("Offers by e-mail"),
    ConsentPurpose.PHONE: _("Offers by phone"),
    ConsentPurpose.PROFILING: _("Profiling"),
    ConsentPurpose.QUESTIONNAIRE: _("Questionnaires"),
}
UNIT_KINDS = {UnitKind.HOUSEHOLD: _("Household"), UnitKind.GROUP: _("Group of companies")}
INTERACTION_KINDS = {
    InteractionKind.CALL: pgettext_lazy("interaction", "Call"),
    InteractionKind.VISIT: pgettext_lazy("interaction", "Visit"),
    InteractionKind.MAIL: pgettext_lazy("interaction", "E-mail"),
    InteractionKind.MEETING: pgettext_lazy("interaction", "Meeting"),
    InteractionKind.NOTE: pgettext_lazy("interaction", "Note"),
}
TASK_STATES = {
    TaskState.OPEN: pgettext_lazy("task", "Open"),
    TaskState.DONE: pgettext_lazy("task", "Done"),
    TaskState.CANCELLED: pgettext_lazy("task", "Cancelled"),
}
BATCH_KINDS = {
    BatchKind.IMPORT: _("Import"),
    BatchKind.MERGE: _("Merge"),
    BatchKind.BULK: _("Bulk act"),
    BatchKind.EXPORT: _("Export"),
    BatchKind.ERASURE: _("Erasure"),
}
CHANGE_ACTS = {
    ChangeAct.CREATED: pgettext_lazy("change", "Created"),
    ChangeAct.UPDATED: pgettext_lazy("change", "Changed"),
    ChangeAct.DELETED: pgettext_lazy("change", "Deleted"),
}
TRAIL_ACTS = {
    TrailAct.EXPORTED: _("Data handed out"),
    TrailAct.ERASED: _("Data erased"),
    TrailAct.OBJECTED: _("Objection to profiling noted"),
    TrailAct.OBJECTION_WITHDRAWN: _("Objection to profiling taken back"),
}
RETENTION_AUDIENCES = {
    RetentionAudience.PROSPECT: _("Prospects, who never ordered"),
    RetentionAudience.CLIENT: _("Clients, after their last sign"),
}
