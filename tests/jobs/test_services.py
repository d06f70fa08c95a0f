from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jobs import registry, services
from jobs.models import Job
from jobs.rules import MAX_ATTEMPTS, JobState

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = timedelta(seconds=121)


@pytest.fixture
def handlers() -> Iterator[None]:
    before = dict(registry._handlers)

    @registry.handler("test.good")
    def good(context: registry.Context) -> Mapping[str, Any]:
        context.checkpoint(done=1, total=2)
        return {"said": context.payload["word"]}

    @registry.handler("test.refuses")
    def refuses(context: registry.Context) -> Mapping[str, Any]:
        raise services.JobFailed("The file has no lines.")

    @registry.handler("test.breaks")
    def breaks(context: registry.Context) -> Mapping[str, Any]:
        raise ZeroDivisionError("by zero")

    yield
    registry._handlers.clear()
    registry._handlers.update(before)


@pytest.fixture(autouse=True)
def closed_breaker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_breaker_open_until", 0.0)


def job(kind: str = "test.good", **payload: Any) -> Job:
    return services.enqueue(kind=kind, key="1", payload={"word": "hello"} | payload)


def test_enqueue_twice_is_one_job() -> None:
    assert job() == job(word="other")
    assert Job.objects.get().payload == {"word": "hello"}


def test_enqueue_wakes_after_the_commit(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as calls:
        job()
        job()
    assert len(calls) == 2  # waking twice is harmless; not waking would cost a minute


def test_job_runs_once(handlers: None) -> None:
    done = services.run(job().pk)
    assert done is not None
    assert (done.state, done.result, done.attempts, done.percent_done) == ("done", {"said": "hello"}, 1, 100)
    assert (done.lease_until, done.error) == (None, "")
    assert services.run(done.pk) is None
    assert services.claim(done.pk, NOW) is None


def test_absent_job_runs_as_nothing() -> None:
    assert services.run(404) is None


def test_second_claim_waits_for_the_lease() -> None:
    pk = job().pk
    first = services.claim(pk, NOW)
    assert first is not None
    assert services.claim(pk, NOW + timedelta(seconds=119)) is None
    second = services.claim(pk, NOW + LATER)
    assert second is not None
    assert (first.fence, second.fence) == (1, 2)


@pytest.mark.parametrize("length", [1, 30])
def test_lease_is_a_setting(length: int, settings: Any) -> None:
    settings.CMIX_JOB_LEASE = length
    pk = job().pk
    services.claim(pk, NOW)
    assert Job.objects.get().lease_until == NOW + timedelta(seconds=length)


def test_zombie_cannot_write() -> None:
    pk = job().pk
    zombie = services.claim(pk, NOW)
    successor = services.claim(pk, NOW + LATER)
    assert zombie is not None
    assert successor is not None
    for write in (
        lambda: zombie.checkpoint(done=5),
        lambda: zombie.finish({"by": "zombie"}),
        lambda: zombie.fail("zombie", expected=True),
        lambda: zombie.release("zombie", after=LATER),
    ):
        with pytest.raises(services.LeaseLost):
            write()
    successor.finish({"by": "successor"})
    assert Job.objects.get().result == {"by": "successor"}


def test_checkpoint_renews_the_lease_and_keeps_the_cursor() -> None:
    pk = job().pk
    held = services.claim(pk, NOW - timedelta(seconds=100))
    assert held is not None
    held.checkpoint(done=3, total=9, cursor={"line": 3})
    row = Job.objects.get()
    assert (row.done_units, row.total_units, row.cursor, row.percent_done) == (3, 9, {"line": 3}, 33)
    assert services.claim(pk, NOW + timedelta(seconds=60)) is None
    taken_over = services.claim(pk, timezone.now() + LATER)
    assert taken_over is not None
    assert taken_over.cursor == {"line": 3}


def test_refusal_fails_at_once_and_says_why(handlers: None) -> None:
    failed = services.run(job("test.refuses").pk)
    assert failed is not None
    assert (failed.state, failed.error, failed.error_is_for_people) == (
        "failed", "The file has no lines.", True,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["test.breaks", "test.unknown"])
def test_error_is_tried_three_times(handlers: None, kind: str) -> None:
    pk, states = job(kind).pk, []
    for _ in range(MAX_ATTEMPTS):
        row = services.run(pk)
        states.append(row and row.state)
        assert services.run(pk) is None  # not before its wait is over
        Job.objects.filter(state="queued").update(lease_until=timezone.now())
    assert states == ["queued", "queued", "failed"]
    assert not Job.objects.get().error_is_for_people
    assert services.run(pk) is None


def test_sweep_gives_up_what_died_each_time() -> None:
    pk, moment = job().pk, NOW
    for _ in range(MAX_ATTEMPTS):
        assert services.claim(pk, moment) is not None
        moment += LATER
    assert services.claim(pk, moment) is None
    assert services.sweep(moment) == {"woken": 0, "failed": 1}
    assert Job.objects.get().state == JobState.FAILED
    assert services.sweep(moment) == {"woken": 0, "failed": 0}


def test_progress_gives_the_attempts_back() -> None:
    pk, moment = job().pk, timezone.now()
    for step in range(3 * MAX_ATTEMPTS):
        held = services.claim(pk, moment)
        assert held is not None
        held.checkpoint(done=step, cursor={"step": step})
        moment = timezone.now() + LATER
        Job.objects.update(lease_until=moment - timedelta(seconds=1))


def test_sweep_wakes_waiting_and_lapsed_jobs_only(handlers: None) -> None:
    waiting = job()
    lapsed = services.enqueue(kind="test.good", key="lapsed", payload={})
    running = services.enqueue(kind="test.good", key="running", payload={})
    done = services.enqueue(kind="test.good", key="done", payload={"word": "x"})
    services.run(done.pk)
    services.claim(lapsed.pk, NOW - LATER)
    services.claim(running.pk, NOW)
    assert services.sweep(NOW) == {"woken": 2, "failed": 0}
    assert services.run_waiting(NOW) == 2
    assert Job.objects.get(pk=waiting.pk).state == JobState.DONE


def test_run_here_runs_again(handlers: None) -> None:
    first = services.run_here(kind="test.good", key="k", payload={"word": "hello"})
    second = services.run_here(kind="test.good", key="k")
    assert (first.pk, first.state, first.fence) == (second.pk, "done", 1)
    assert (second.state, second.fence, second.result) == ("done", 2, {"said": "hello"})


def test_run_here_does_not_wait_after_an_error(handlers: None) -> None:
    job("test.breaks")
    fences = [services.run_here(kind="test.breaks", key="1").fence for _ in range(2)]
    assert fences == [1, 2]


def test_run_here_leaves_a_held_job_alone(handlers: None) -> None:
    held = services.claim(job().pk, timezone.now())
    assert held is not None
    assert services.run_here(kind="test.good", key="1").state == JobState.RUNNING


def test_retry_only_of_jobs_that_are_over(handlers: None) -> None:
    row = job("test.refuses")
    assert not services.retry(row)
    services.run(row.pk)
    assert services.retry(row)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error) == ("queued", 0, "")


def test_a_record_without_a_handler_is_never_reopened() -> None:
    """The demo keeps what it needs to be taken away in such a row."""
    record = Job.objects.create(kind="test.record", key="1", state=JobState.DONE, result={"clients": 3})
    assert not services.retry(record)
    record.refresh_from_db()
    assert (record.state, record.result) == ("done", {"clients": 3})
