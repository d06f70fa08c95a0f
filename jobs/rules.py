"""States of jobs and of outgoing mail, leases and back-off. Pure."""

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


LEASE = timedelta(seconds=120)
MAX_ATTEMPTS = 3
MAIL_BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
