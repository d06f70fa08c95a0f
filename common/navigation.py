"""The left rail. An app adds its entry in ``AppConfig.ready``; an entry appears when its part exists."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class Below:
    """A line under an entry, such as a saved view; shown while the entry is the current one."""

    label: str | Promise
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class Entry:
    """``position`` keeps the method's order: My week 10, Clients 20, Contact 30, Share 40, Trust 50,
    Care 60, Kinetics 70, Imports 80, Settings 90. ``allowed`` takes the user; ``under`` is the beginning
    of the addresses of its pages, its own address when empty."""

    key: str
    label: str | Promise
    icon: str
    url_name: str
    position: int
    allowed: Callable[[Any], bool] = lambda user: True
    badge: Callable[[Any], int] | None = None  # how much waits there; 0 shows nothing
    under: str = ""
    below: Callable[[HttpRequest], Sequence[Below]] | None = None

    @cached_property
    def url(self) -> str:
        return reverse(self.url_name)


Note = Callable[[HttpRequest], str | Promise | None]

_entries: dict[str, Entry] = {}
_notes: dict[str, Note] = {}


def add(entry: Entry) -> None:
    _entries[entry.key] = entry


def entries_for(user: Any) -> list[Entry]:
    return sorted(
        (entry for entry in _entries.values() if entry.allowed(user)),
        key=lambda entry: entry.position,
    )


def badges_for(user: Any) -> dict[str, int]:
    """What waits, by key of the entry."""
    return {entry.key: entry.badge(user) for entry in entries_for(user) if entry.badge}


def below_for(request: HttpRequest, key: str) -> Sequence[Below]:
    """What stands under the current entry."""
    entry = _entries.get(key)
    return entry.below(request) if entry and entry.below else ()


def current_key(entries: Sequence[Entry], path: str) -> str:
    """Key of the entry whose address is the longest beginning of ``path``; home only of itself."""
    found = [(entry.under or entry.url, entry.key) for entry in entries]
    within = [
        (place, key) for place, key in found if path == place or (place != "/" and path.startswith(place))
    ]
    return max(within, key=lambda one: len(one[0]))[1] if within else ""


def add_note(key: str, note: Note) -> None:
    """A short line of the top bar, such as the day of the published night; ``None`` leaves it out."""
    _notes[key] = note


def notes_for(request: HttpRequest) -> list[str | Promise]:
    return [text for note in _notes.values() if (text := note(request))]
