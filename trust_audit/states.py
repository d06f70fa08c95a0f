"""Words of the audit's records. Pure."""

from enum import StrEnum


class SiteKind(StrEnum):
    OWN = "own"
    CLIENT = "client"
    COMPETITOR = "competitor"


class AuditState(StrEnum):
    RUNNING = "running"
    SIGNED = "signed"


class PageKind(StrEnum):
    HOME = "home"
    CATEGORY = "category"
    PRODUCT = "product"
    LEGAL = "legal"
    CONTACT = "contact"
    CHECKOUT = "checkout"
    OTHER = "other"


class Impact(StrEnum):
    MINOR = "minor"
    MAJOR = "major"
    BLOCKING = "blocking"


class Proof(StrEnum):
    """Kinds of evidence."""

    FILE = "file"
    PICTURE = "picture"
    URL = "url"
    CALL = "call"
    ORDER = "order"
    PROBE = "probe"
    CLAIM = "claim"  # as an imported file said, without anything to show


class Source(StrEnum):
    """Where a level came from."""

    PERSON = "person"
    PROBE = "probe"  # proposed and accepted
    OVERRIDE = "override"  # proposed, and a person decided otherwise with a reason
    IMPORT = "import"
    KEPT = "kept"  # carried over from the audit before


class Decision(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    OVERRIDDEN = "overridden"


class ActionState(StrEnum):
    TO_DO = "to_do"
    DOING = "doing"
    DONE = "done"
    VERIFIED = "verified"


OPEN_ACTIONS = (ActionState.TO_DO, ActionState.DOING)


class ChecklistState(StrEnum):
    DRAFT = "draft"
    IN_FORCE = "in_force"
