"""When two people write the same at once: who waits, who tries again, and what the slower one is told."""

import functools
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.db import DatabaseError, connection

F = TypeVar("F", bound=Callable[..., Any])
TRIES = 3
PAUSE = 0.2  # seconds before the second try; longer before the third
DEADLOCK, LOCKED, SERIALIZATION = "40P01", "55P03", "40001"


class Vanished(Exception):
    """What was to be written belongs to a record that somebody erased or deleted meanwhile."""


def _state(error: BaseException) -> str:
    return str(getattr(error.__cause__, "sqlstate", "") or "")


def is_busy(error: BaseException) -> bool:
    """Whether the database gave up waiting for somebody else's writing; nothing of the transaction stands."""
    if not isinstance(error, DatabaseError):
        return False
    return _state(error) in (DEADLOCK, LOCKED, SERIALIZATION) or "database is locked" in str(error)


def _is_worth_another_try(error: DatabaseError) -> bool:
    """A deadlock is over once one of the two gave way; who waited in vain would only wait again."""
    return _state(error) in (DEADLOCK, SERIALIZATION)


def again_after_deadlock(function: F) -> F:
    """Run a whole transaction again when the database ended it to free another. Within a transaction of the
    caller it is the caller's to try again."""

    @functools.wraps(function)
    def tried(*args: Any, **kwargs: Any) -> Any:
        for number in range(1, TRIES + 1):
            try:
                return function(*args, **kwargs)
            except DatabaseError as error:
                if connection.in_atomic_block or number == TRIES or not _is_worth_another_try(error):
                    raise
                time.sleep(PAUSE * number)
        raise AssertionError("unreachable")

    return cast(F, tried)
