"""Handlers of jobs by kind. An app registers its own in ``AppConfig.ready``; jobs imports no app above."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol


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


def handler(kind: str) -> Callable[[Handler], Handler]:
    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return register


def handler_of(kind: str) -> Handler:
    """Raises ``KeyError`` for a kind nobody registered."""
    return _handlers[kind]
