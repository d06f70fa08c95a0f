"""What a client is. Pure."""

from enum import StrEnum


class ClientKind(StrEnum):
    COMPANY = "company"
    PERSON = "person"
