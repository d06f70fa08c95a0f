"""Jobs under real worker processes: claimed once, brought back after a kill, never written by a zombie."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.installations import Installation, wait_for

pytestmark = pytest.mark.slow

RUN_ONE = """
import tests.jobs.worker
from jobs.models import Job
from jobs.services import run
run(Job.objects.get(key="1").pk)
"""
ENQUEUE = """
from jobs.services import enqueue
job = enqueue(kind="test.steps", key="1", payload={payload})
print(job.pk)
"""
JOB = "SELECT id, state, done_units, fence, result FROM jobs_job WHERE key = '1'"
STEPS = "SELECT COUNT(*) FROM jobs_heartbeat WHERE name LIKE '{pk}-%'"
TRY_TO_CLAIM = """
import time
from django.utils import timezone
from jobs.models import Job
from jobs.services import claim
job, last, claims = Job.objects.get(key="1"), time.monotonic() + 6, 0
while time.monotonic() < last:
    claims += claim(job.pk, timezone.now()) is not None
    time.sleep(0.1)
print(claims)
"""
RUN_ALL = """
import sys, time, tests.jobs.worker
from jobs.models import Job
from jobs.services import run
time.sleep(max(0, {start} - time.time()))
ran = [pk for pk in Job.objects.order_by("pk").values_list("pk", flat=True) if run(pk)]
print(json.dumps(ran))
"""


def _end(process: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    if process.poll() is None:
        os.killpg(process.pid, how)
    process.wait(60)


@contextmanager
def _worker(installation: Installation, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    pool = "solo" if "CMIX_BROKER_URL" not in installation.environment else "prefork"
    process = installation.start(
        sys.executable, "-m", "celery", "-q", "-A", "tests.jobs.worker", "worker", "--pool", pool, "-c", "1",
        "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING",
        **environment,
    )  # fmt: skip
    try:
        yield process
    finally:
        _end(process, signal.SIGKILL)


def _job(installation: Installation) -> Any:
    """State, units done, fence, result, and the steps written."""
    pk, *job, result = installation.rows(JOB)[0]
    ((steps,),) = installation.rows(STEPS.format(pk=pk))
    return [*job, json.loads(result) if isinstance(result, str) else result, steps]


def _has_begun(installation: Installation) -> bool:
    return bool(_job(installation)[1])


def _is_done(installation: Installation) -> bool:
    return bool(_job(installation)[0] == "done")


def _done_within(installation: Installation, seconds: float) -> bool:
    last = time.monotonic() + seconds
    while not (done := _is_done(installation)) and time.monotonic() < last:
        time.sleep(0.1)
    return done


def test_worker_runs_a_job_from_the_broker(installation: Installation) -> None:
    with _worker(installation):
        installation.python(ENQUEUE.format(payload={"steps": 3, "seconds": 0}))
        wait_for(lambda: _is_done(installation), 90)
    assert _job(installation) == ["done", 3, 1, {"began_at": 0}, 3]


def test_job_of_a_killed_worker_comes_back(installation: Installation) -> None:
    lease = {"CMIX_JOB_LEASE": "2"}
    installation.python(ENQUEUE.format(payload={"steps": 15, "seconds": 0.3}))
    # To a busy machine the broker may have seemed away: the sweep sends what was not sent.
    installation.manage("sweep_jobs", **lease)
    with _worker(installation, **lease) as victim:
        wait_for(lambda: _has_begun(installation), 90)
        _end(victim, signal.SIGKILL)
    state, done, *_ = _job(installation)
    assert state == "running"
    assert 0 < done < 15
    time.sleep(2)  # its lease is over; each sweep is a process
    wait_for(lambda: installation.manage("sweep_jobs", **lease)["woken"] == 1, 90, every=1)
    with _worker(installation, **lease):
        # The clock sweeps every minute: a message lost on the way is sent again by the next sweep.
        wait_for(
            lambda: _done_within(installation, 15) or not installation.manage("sweep_jobs", **lease), 120
        )
    state, done, fence, result, steps = _job(installation)
    assert (state, done, fence, steps) == ("done", 15, 2, 15)
    assert result["began_at"] > 0


def test_silent_work_keeps_its_job(installation: Installation) -> None:
    """A step longer than the lease: a living worker is not taken for a dead one."""
    lease = {"CMIX_JOB_LEASE": "3"}
    installation.python(ENQUEUE.format(payload={"steps": 1, "seconds": 9}))
    silent = installation.start_python(RUN_ONE, **lease)
    wait_for(lambda: _job(installation)[0] == "running")
    assert installation.python(TRY_TO_CLAIM, **lease) == 0
    assert silent.wait(60) == 0
    assert _job(installation) == ["done", 1, 1, {"began_at": 0}, 1]


def test_racing_processes_run_each_job_once(installation: Installation) -> None:
    installation.python(
        """
from jobs.services import enqueue
for number in range(40):
    enqueue(kind="test.steps", key=str(number), payload={"steps": 1, "seconds": 0.01})
"""
    )
    start = time.time() + 4
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", f"import django, json; django.setup()\n{RUN_ALL.format(start=start)}"],
            env=installation.environment, stdout=subprocess.PIPE,
        )
        for _ in range(4)
    ]  # fmt: skip
    ran = [json.loads(racer.communicate(timeout=60)[0].splitlines()[-1]) for racer in racers]
    assert sorted(pk for one in ran for pk in one) == sorted({pk for one in ran for pk in one})
    assert installation.rows("SELECT state, attempts FROM jobs_job") == [("done", 1)] * 40


def test_zombie_stops_without_writing(installation: Installation) -> None:
    lease = {"CMIX_JOB_LEASE": "2"}
    installation.python(ENQUEUE.format(payload={"steps": 15, "seconds": 0.3}))
    zombie = installation.start_python(RUN_ONE, **lease)
    try:
        wait_for(lambda: _has_begun(installation), 90)
        os.kill(zombie.pid, signal.SIGSTOP)
        wait_for(
            lambda: (
                installation.python(RUN_ONE + 'print(json.dumps(Job.objects.get(key="1").state))', **lease)
                == "done"
            ),
            90,
            every=1,
        )
    finally:
        os.kill(zombie.pid, signal.SIGCONT)
        zombie.wait(60)
    state, done, fence, result, steps = _job(installation)
    assert (state, done, fence, steps) == ("done", 15, 2, 15)
    assert result["began_at"] > 0
    assert "taken over" in installation.log


def test_broker_away_costs_little_and_loses_nothing(installation: Installation) -> None:
    """Enqueueing goes on without a broker; the sweep finds the job when there is one."""
    from tests.servers import free_port

    away = f"redis://127.0.0.1:{free_port()}/0"
    seconds = installation.python(
        """
import time
from jobs.services import enqueue
began = time.monotonic()
for number in range(20):
    enqueue(kind="test.steps", key=str(number + 1), payload={"steps": 1, "seconds": 0})
print(time.monotonic() - began)
""",
        CMIX_BROKER_URL=away,
    )
    assert seconds < 6
    assert installation.manage("sweep_jobs") == {"woken": 20, "failed": 0}
    with _worker(installation):
        wait_for(lambda: _is_done(installation), 90)
