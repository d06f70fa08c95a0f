"""What a client is, and what is kept about people. Pure."""

from enum import StrEnum


class ClientKind(StrEnum):
    COMPANY = "company"
    PERSON = "person"


class ClientState(StrEnum):
    ACTIVE = "active"
    MERGED = "merged"  # lives on in ``merged_into``; its reference still finds it
    ERASED = "erased"  # no identity is left; its sums stay in the totals


class PersonRole(StrEnum):
    """What a person does when the client buys."""

    DECIDES = "decides"
    BUYS = "buys"
    USES = "uses"
    PAYS = "pays"
    ADVISES = "advises"
    OTHER = "other"


class LegalBasis(StrEnum):
    """Article 6(1) of the GDPR, as far as a sales team may rest on it."""

    CONTRACT = "contract"
    LEGITIMATE_INTEREST = "legitimate_interest"
    CONSENT = "consent"
    LEGAL_OBLIGATION = "legal_obligation"


class ConsentPurpose(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    PROFILING = "profiling"
    QUESTIONNAIRE = "questionnaire"


class UnitKind(StrEnum):
    HOUSEHOLD = "household"
    GROUP = "group"


class InteractionKind(StrEnum):
    CALL = "call"
    VISIT = "visit"
    MAIL = "mail"
    MEETING = "meeting"
    NOTE = "note"


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class BatchKind(StrEnum):
    """What changed many records at once, so that it can be told and undone as one."""

    IMPORT = "import"
    MERGE = "merge"
    BULK = "bulk"
    EXPORT = "export"  # changes nothing: the line tells who took what out of the house
    ERASURE = "erasure"


class ChangeAct(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


UNDO_DAYS = 30
"""Days within which an import or a merge can be undone."""


class TrailAct(StrEnum):
    """What is done with somebody's data that must be told later."""

    EXPORTED = "exported"
    ERASED = "erased"
    OBJECTED = "objected"
    OBJECTION_WITHDRAWN = "resumed"


class RetentionAudience(StrEnum):
    PROSPECT = "prospect"  # never ordered
    CLIENT = "client"


WARNING_DAYS = 60
"""How long before data fall due their owner is warned."""
