"""Attention dosing (care D). Pure."""

from enum import StrEnum


class LineState(StrEnum):
    OPEN = "open"
    DONE = "done"
    SNOOZED = "snoozed"
    WRONG = "wrong"
