"""Reads of questionnaires and types."""

from clients.sociotypes.selectors.types import client_types

__all__ = ["client_types"]
