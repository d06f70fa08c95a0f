"""States of jobs and of outgoing mail, leases and back-off. Pure."""

import hashlib
from datetime import timedelta
from enum import StrEnum


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class MailState(StrEnum):
    """``data`` is committed just before the body is sent: a worker that dies there leaves a mail of
    which nobody knows whether it arrived, and it becomes ``uncertain`` rather than sent twice."""

    PENDING = "pending"
    CLAIMED = "claimed"
    DATA = "data"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


MAX_ATTEMPTS = 3
RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5))
"""Waits after the first and the second error of a job: what broke it may be gone by then."""
MAIL_BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
MAIL_JITTER = 0.2
BODIES_KEPT = timedelta(days=35)


def mail_backoff(attempts: int, seed: str) -> timedelta:
    """Wait after the ``attempts``-th try (1, 2, …): the table's step ±20 %.

    The jitter comes from ``seed`` and the try, so the mails of one outage spread out and the same
    mail always waits the same time.
    """
    step = MAIL_BACKOFF[min(max(attempts, 1), len(MAIL_BACKOFF)) - 1]
    digest = hashlib.sha256(f"{seed}:{attempts}".encode()).digest()
    share = int.from_bytes(digest[:4], "big") / 0xFFFFFFFF
    return step * (1 + MAIL_JITTER * (2 * share - 1))
