"""Handlers of jobs by kind. An app registers its own in ``AppConfig.ready``; jobs imports no app above."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from django.utils.functional import Promise


class Context(Protocol):
    """What a handler is given."""

    job_id: int
    payload: Mapping[str, Any]
    cursor: Mapping[str, Any]

    def checkpoint(
        self, *, done: int, total: int | None = None, cursor: Mapping[str, Any] | None = None
    ) -> None:
        """Renew the lease and show progress; raises ``LeaseLost`` when another worker took over.

        Called inside the transaction that writes a chunk, it fences that chunk.
        """


Handler = Callable[[Context], Mapping[str, Any]]
_handlers: dict[str, Handler] = {}
Follower = Callable[[Context, Mapping[str, Any]], None]
_labels: dict[str, str | Promise] = {}
_followers: dict[str, list[Follower]] = {}


def handler(kind: str, label: str | Promise = "") -> Callable[[Handler], Handler]:
    """Register the function that does jobs of ``kind``; ``label`` names the work on pages."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        _labels[kind] = label
        return function

    return register


def follow(kind: str, follower: Follower) -> None:
    """Call ``follower(context, result)`` whenever a job of ``kind`` is done, in the transaction that says
    so: what it enqueues exists if and only if the job is done. It must be safe to repeat."""
    if follower not in _followers.setdefault(kind, []):
        _followers[kind].append(follower)


def followers_of(kind: str) -> list[Follower]:
    return _followers.get(kind, [])


def handler_of(kind: str) -> Handler:
    """Raises ``KeyError`` for a kind nobody registered."""
    return _handlers[kind]


def is_known(kind: str) -> bool:
    """Whether somebody does such jobs; a mere record among the jobs, such as the demo's, has no handler."""
    return kind in _handlers


def label_of(kind: str) -> str:
    return str(_labels.get(kind) or kind)
