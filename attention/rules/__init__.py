"""Attention dosing (care D): who gets how much time this week, and why. Pure."""

from attention.rules.lines import LineState

__all__ = ["LineState"]
