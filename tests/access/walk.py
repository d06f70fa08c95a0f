"""All URLs of the site, and the file that says who gets what from them."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

MATRIX = Path(__file__).parent / "matrix.toml"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
READERS = (
    "anonymous", "inactive", "owner", "colleague", "stranger", "manager", "elsewhere", "director",
    "administrator",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """What the matrix says of one URL."""

    name: str
    fields: dict[str, Any]

    @property
    def arguments(self) -> list[str]:
        return self.fields.get("args", [])

    @property
    def methods(self) -> list[str]:
        return [method for method in METHODS if method in self.fields]

    @property
    def has_object(self) -> bool:
        return any(argument.startswith("@") for argument in self.arguments)

    def expected(self, method: str, reader: str) -> int | str:
        """The status, or "login"."""
        profile, _, ok = self.fields[method].partition(" ")
        answer = _matrix()["profiles"][profile][reader]
        return int(ok or 200) if answer == "ok" else answer


@cache
def _matrix() -> dict[str, Any]:
    return tomllib.loads(MATRIX.read_text())


def shapes() -> list[dict[str, str]]:
    """Headers that ask for a whole page and for its fragment. Which part of a page a template prints is no matter of
    the database: on PostgreSQL whole pages are enough."""
    whole: dict[str, str] = {}
    return [whole, {"HX-Request": "true"}] if connection.vendor == "sqlite" else [whole]


def entries() -> list[Entry]:
    return [Entry(name, fields) for name, fields in _matrix()["urls"].items()]


def _names(patterns: list[Any], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or pattern.pattern}"


def site_urls() -> list[str]:
    """Names of all URLs, those of the administration site left to its own walk."""
    return sorted(name for name in _names(get_resolver().url_patterns) if not name.startswith("admin:"))
