"""Writes of questionnaires and types."""
