"""States of an import. Pure."""

from enum import StrEnum


class ImportState(StrEnum):
    UPLOADED = "uploaded"  # a file waits for its mapping to be confirmed
    QUEUED = "queued"
    DONE = "done"
    REFUSED = "refused"  # the file as a whole; nothing of it was written
