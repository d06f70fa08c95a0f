"""Durable jobs: enqueue, claim, checkpoint, finish, sweep.

The database row is the job. A claim is one conditional UPDATE, which works alike on SQLite and
PostgreSQL; whoever loses its lease can no longer write, because every write names its fence.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import KombuError

from jobs import renewal
from jobs.models import Job
from jobs.registry import followers_of, handler_of, is_known
from jobs.rules import MAX_ATTEMPTS, RETRY_AFTER, JobState

logger = logging.getLogger(__name__)
BREAKER_SECONDS = 30
SWEEP_AT_MOST = 500
_breaker_open_until = 0.0


class LeaseLost(Exception):
    """Another worker holds the job now; stop without writing."""


class JobFailed(Exception):
    """The work cannot succeed however often it is tried; the message is shown to people."""


def lease() -> timedelta:
    """How long a worker that died keeps its job from others (``CMIX_JOB_LEASE``)."""
    return timedelta(seconds=settings.CMIX_JOB_LEASE)


@dataclass
class Claim:
    """A job this worker holds; the ``Context`` of its handler."""

    job_id: int
    fence: int
    kind: str
    payload: Mapping[str, Any]
    cursor: Mapping[str, Any] = field(default_factory=dict)

    def checkpoint(
        self, *, done: int, total: int | None = None, cursor: Mapping[str, Any] | None = None
    ) -> None:
        changes: dict[str, Any] = {"done_units": done, "lease_until": timezone.now() + lease()}
        if total is not None:
            changes["total_units"] = total
        if cursor is not None:
            # Three attempts without progress are the limit: work that moves on may take longer.
            changes |= {"cursor": dict(cursor), "attempts": 1}
            self.cursor = dict(cursor)
        self._write(**changes)

    def _write(self, **changes: Any) -> None:
        mine = Job.objects.filter(pk=self.job_id, fence=self.fence, state=JobState.RUNNING)
        if not mine.update(**changes):
            raise LeaseLost(f"job {self.job_id}, fence {self.fence}")

    def finish(self, result: Mapping[str, Any]) -> None:
        self._write(
            state=JobState.DONE, result=dict(result), error="", lease_until=None, finished_at=timezone.now()
        )

    def fail(self, message: str, *, expected: bool) -> None:
        """``expected``: the message was written for people, and everybody concerned may read it."""
        self._write(
            state=JobState.FAILED, error=message, result={"expected": expected},
            lease_until=None, finished_at=timezone.now(),
        )  # fmt: skip

    def release(self, message: str, *, after: timedelta) -> None:
        """Back to the queue; the first sweep ``after`` that wait wakes it."""
        self._write(state=JobState.QUEUED, error=message, lease_until=timezone.now() + after)


def enqueue(*, kind: str, key: str, payload: Mapping[str, Any] | None = None, user: Any = None) -> Job:
    """Create the job, or return the one of that kind and key, and wake a worker after the commit."""
    job, _ = Job.objects.get_or_create(
        kind=kind, key=key, defaults={"payload": dict(payload or {}), "requested_by": user}
    )
    if job.state == JobState.QUEUED:
        transaction.on_commit(lambda: wake(job.pk))
    return job


def retry(job: Job) -> bool:
    """Reopen a job that is over, or waits after an error, and wake a worker; False for any other, and
    for a record that no handler could do again."""
    reopened = is_known(job.kind) and _reopen(job)
    if reopened:
        transaction.on_commit(lambda: wake(job.pk))
    return reopened


def _reopen(job: Job) -> bool:
    waiting = Q(state=JobState.QUEUED, lease_until__isnull=False)
    over = Job.objects.filter(waiting | Q(state__in=[JobState.DONE, JobState.FAILED]), pk=job.pk)
    return bool(
        over.update(
            state=JobState.QUEUED, attempts=0, error="", result={}, cursor={}, done_units=0,
            total_units=None, finished_at=None, lease_until=None,
        )
    )  # fmt: skip


def run_here(*, kind: str, key: str, payload: Mapping[str, Any] | None = None) -> Job:
    """Do the job in this process, again when it was over already; for commands.

    When a worker holds it at this moment, nothing is done and its row is returned as it stands.
    """
    job, created = Job.objects.get_or_create(kind=kind, key=key, defaults={"payload": dict(payload or {})})
    if not created:
        _reopen(job)
    return run(job.pk) or Job.objects.get(pk=job.pk)


def run_waiting(now: datetime) -> int:
    """Do in this process what waits for a worker; for an installation that runs by cron alone."""
    waiting = Job.objects.filter(_free(now)).order_by("created_at").values_list("pk", flat=True)
    return sum(run(job_id) is not None for job_id in list(waiting))


def wake(job_id: int) -> bool:
    """Tell a worker; a broker that is away costs seconds once, then nothing for half a minute.

    Returns whether the message went out. The sweep covers what it did not.
    """
    from jobs.tasks import run_job

    global _breaker_open_until
    if time.monotonic() < _breaker_open_until:
        return False
    try:
        run_job.delay(job_id=job_id)
    except (KombuError, OSError) as error:
        _breaker_open_until = time.monotonic() + BREAKER_SECONDS
        logger.warning("broker away, job %s waits for the sweep: %s", job_id, error)
        return False
    return True


def _free(now: datetime) -> Q:
    """Queued and not waiting after an error, or running under a lease that ran out."""
    due = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return due & Q(state__in=[JobState.QUEUED, JobState.RUNNING])


def claim(job_id: int, now: datetime) -> Claim | None:
    """Take the job if it is free.

    A job that used up its attempts is left to the sweep, which gives it up.
    """
    job = Job.objects.filter(pk=job_id).first()
    if job is None or job.is_over:
        return None
    taken = Job.objects.filter(_free(now), pk=job_id, fence=job.fence, attempts__lt=MAX_ATTEMPTS).update(
        state=JobState.RUNNING, fence=F("fence") + 1, attempts=F("attempts") + 1,
        lease_until=now + lease(), started_at=now,
    )  # fmt: skip
    if not taken:
        return None
    return Claim(job_id, job.fence + 1, job.kind, job.payload, job.cursor)


def run(job_id: int) -> Job | None:
    """Claim and run one job to its end. Safe to call twice or at the same time from anywhere."""
    held = claim(job_id, timezone.now())
    if held is None:
        return None
    try:
        with renewal.kept(held.job_id, held.fence, lease()):
            _run_claimed(held)
    except LeaseLost as error:
        logger.warning("taken over: %s", error)
    return Job.objects.get(pk=job_id)


def _run_claimed(held: Claim) -> None:
    began = time.monotonic()
    try:
        _finish(held, handler_of(held.kind)(held))
        logger.info("job %s (%s) done in %.1f s", held.job_id, held.kind, time.monotonic() - began)
    except LeaseLost:
        raise
    except JobFailed as error:
        held.fail(str(error), expected=True)
    except Exception as error:
        logger.exception("job %s failed", held.job_id)
        _after_error(held, f"{type(error).__name__}: {error}")


def _finish(held: Claim, result: Mapping[str, Any]) -> None:
    with transaction.atomic():
        held.finish(result)
        for follower in followers_of(held.kind):
            follower(held, result)


def _after_error(held: Claim, message: str) -> None:
    attempts = Job.objects.values_list("attempts", flat=True).get(pk=held.job_id)
    if attempts >= MAX_ATTEMPTS:
        held.fail(message, expected=False)
    else:
        held.release(message, after=RETRY_AFTER[attempts - 1])


def sweep(now: datetime) -> dict[str, int]:
    """Wake what nobody runs; give up what died too often. Harmless at any frequency."""
    lapsed = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now)
    failed = lapsed.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=JobState.FAILED, error="the worker died each time", result={"expected": False},
        lease_until=None, finished_at=now,
    )  # fmt: skip
    waiting = Job.objects.filter(_free(now)).order_by("created_at")
    woken = sum(wake(job_id) for job_id in waiting.values_list("pk", flat=True)[:SWEEP_AT_MOST])
    return {"woken": woken, "failed": failed}
