"""The left rail. An app adds its entry in ``AppConfig.ready``; an entry appears when its part exists."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class Entry:
    """``position`` keeps the method's order: My week 10, Clients 20, Contact 30, Share 40, Trust 50,
    Care 60, Kinetics 70, Imports 80, Settings 90. ``allowed`` takes the user."""

    key: str
    label: str | Promise
    icon: str
    url_name: str
    position: int
    allowed: Callable[[Any], bool] = lambda user: True

    @property
    def url(self) -> str:
        return reverse(self.url_name)


_entries: dict[str, Entry] = {}


def add(entry: Entry) -> None:
    _entries[entry.key] = entry


def entries_for(user: Any) -> list[Entry]:
    return sorted(
        (entry for entry in _entries.values() if entry.allowed(user)),
        key=lambda entry: entry.position,
    )
