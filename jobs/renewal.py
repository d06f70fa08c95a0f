"""Renewal of the lease of a job whose handler is silent for long: a fit, a big statement, a slow disk.

A thread with a database connection of its own, so that it never meets a transaction of the handler. It
renews only under the fence of the claim: a zombie cannot take its job back. Work that hangs is not kept
for ever: after ``LONGEST_SILENCE``, the hard limit of a task, only the handler's own checkpoints count.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

from django.db import Error, connection
from django.utils import timezone

from jobs.models import Job
from jobs.rules import JobState

logger = logging.getLogger(__name__)
LONGEST_SILENCE = timedelta(minutes=15)


@contextmanager
def kept(job_id: int, fence: int, lease: timedelta) -> Iterator[None]:
    """Renew the lease every third of it until the block ends."""
    ended = Event()
    thread = Thread(target=_beat, args=(job_id, fence, lease, ended), name=f"job {job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat(job_id: int, fence: int, lease: timedelta, ended: Event) -> None:
    last = time.monotonic() + LONGEST_SILENCE.total_seconds()
    try:
        while not ended.wait(lease.total_seconds() / 3) and time.monotonic() < last:
            if not _renew(job_id, fence, lease):
                return
    finally:
        connection.close()


def _renew(job_id: int, fence: int, lease: timedelta) -> bool:
    """False once the job is another's or over; a database that is busy is asked again next time."""
    mine = Job.objects.filter(pk=job_id, fence=fence, state=JobState.RUNNING)
    try:
        return bool(mine.update(lease_until=timezone.now() + lease))
    except Error as error:
        logger.warning("lease of job %s not renewed: %s", job_id, error)
        connection.close()  # it may be the connection that broke
        return True
