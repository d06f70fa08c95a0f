"""Kinds, modes and states of an import, and why a row of records is left out. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    CLIENTS = "clients"
    PEOPLE = "people"
    UNITS = "units"
    PRODUCTS = "products"
    ORDERS = "orders"
    COSTS = "costs"
    INTERACTIONS = "interactions"


class Mode(StrEnum):
    """What becomes of rows whose record exists (create: skipped) or does not (update: rejected)."""

    CREATE = "create"
    UPDATE = "update"
    UPSERT = "upsert"


class State(StrEnum):
    UPLOADED = "uploaded"  # a file waits for its mapping to be confirmed
    QUEUED = "queued"
    TRIED = "tried"  # read and checked against what is stored; nothing was written
    DONE = "done"
    REFUSED = "refused"  # the file as a whole; nothing of it was written
    UNDONE = "undone"


class Code(StrEnum):
    """Why one row is left out; the sentence of each stands in ``intake.labels``."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    FORMULA = "formula"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    NOT_A_DAY = "not_a_day"
    DAY_OUT_OF_RANGE = "day_out_of_range"
    IN_FUTURE = "in_future"
    NOT_A_CHOICE = "not_a_choice"
    NOT_YES_OR_NO = "not_yes_or_no"
    NOT_AN_EMAIL = "not_an_email"
    EMAIL_LETTERS = "email_letters"
    NOT_A_PHONE = "not_a_phone"
    NOT_A_URL = "not_a_url"
    OWNER_UNKNOWN = "owner_unknown"
    DATES_IN_ORDER = "dates_in_order"
    TWICE_IN_FILE = "twice_in_file"
    NO_SUCH_RECORD = "no_such_record"
    NOT_YOURS = "not_yours"
    CLIENT_UNKNOWN = "client_unknown"
    PERSON_UNKNOWN = "person_unknown"
    PARENT_UNKNOWN = "parent_unknown"
    PARENT_CIRCLE = "parent_circle"
    PRODUCT_UNKNOWN = "product_unknown"
    ORDER_UNKNOWN = "order_unknown"
    LINE_UNCLEAR = "line_unclear"
    NOT_FOR_ALL = "not_for_all"
    AMBIGUOUS = "ambiguous"
    ERASED = "erased"
    OTHER_UNIT = "other_unit"
    CATEGORY_CIRCLE = "category_circle"


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a row; ``field`` is empty when it is the row as a whole."""

    code: str
    field: str = ""


class BadCell(ValueError):
    """A cell that its field cannot hold."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code
