"""The data of people: objection, handing out, erasing, keeping no longer than needed."""

from clients.personal.sources import Section, Source, Subject, add_source

__all__ = ["Section", "Source", "Subject", "add_source"]
