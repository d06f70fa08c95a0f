"""Where the apps above say what a merge means to them.

Every row that points at a client is re-pointed without being named. Left where they are: rows whose key
holds the client (rollups and results of a night, which are computed again), rows that would be there twice, and
the models named by ``leave``: results and derived lists that belong to what was computed then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from common.locks import lock_until_commit


@dataclass(frozen=True)
class Merged:
    """What happened: ``undone`` tells that the two are two again."""

    batch_id: int
    survivor_id: int
    loser_id: int
    at: datetime
    undone: bool = False


@dataclass(frozen=True)
class Follower:
    """``before`` takes the locks an app needs, ``after`` repairs what it derives; both in the transaction."""

    before: Callable[[], None]
    after: Callable[[Merged], None]


RECORDS = "intake"
"""The lock under which an import writes records; whoever takes other locks too takes this one last."""
_followers: dict[str, Follower] = {}
_left: set[str] = set()


def follow(key: str, follower: Follower) -> None:
    _followers[key] = follower


def leave(label: str) -> None:
    """Rows of this model ("app.model") stay with the client they were computed for."""
    _left.add(label.lower())


def is_left(label: str) -> bool:
    return label in _left


def before() -> None:
    """Orders and records are imported one at a time, and not while two clients become one."""
    for follower in _followers.values():
        follower.before()
    lock_until_commit(RECORDS)


def after(merged: Merged) -> None:
    for follower in _followers.values():
        follower.after(merged)
