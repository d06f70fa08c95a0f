import gzip
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from jobs.models import Heartbeat, Job
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def beat(minutes_ago: float) -> None:
    beaten_at = timezone.now() - timedelta(minutes=minutes_ago)
    Heartbeat.objects.update_or_create(name="worker", defaults={"beaten_at": beaten_at})


def test_live_needs_nobody_and_no_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = Browser().get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"live": True})


@pytest.mark.parametrize(("minutes", "status"), [(0, 200), (4.9, 200), (5.1, 503), (None, 503)])
def test_ready_asks_for_a_sign_of_life(minutes: float | None, status: int) -> None:
    if minutes is not None:
        beat(minutes)
    answer = Browser().get("/health/ready")
    assert (answer.status_code, answer.json()) == (status, {"ready": status == 200})
    assert "no-store" in answer.headers["Cache-Control"]


def test_worker_in_a_long_job_counts_as_alive() -> None:
    job = Job.objects.create(
        kind="k", key="1", state="running", lease_until=timezone.now() + timedelta(minutes=1)
    )
    assert Browser().get("/health/ready").status_code == 200
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
    assert Browser().get("/health/ready").status_code == 503


def test_missing_migration_is_not_ready() -> None:
    beat(0)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'jobs'")
    assert Browser().get("/health/ready").status_code == 503


def test_details_are_for_staff_alone(cast: Cast, browser_of: Any) -> None:
    beat(1)
    assert browser_of(cast.alice).get("/health/ready").json() == {"ready": True}
    details = browser_of(cast.oscar).get("/health/ready").json()
    assert details.pop("heartbeat_seconds") >= 60
    assert details == {
        "ready": True, "database": True, "migrated": True, "background": True,
        "oldest_lapsed_lease_seconds": None, "uncertain_mails": 0, "last_night": None,
    }  # fmt: skip


def test_pages_travel_packed() -> None:
    url = reverse("accounts:login")
    plain, packed = Browser().get(url), Browser().get(url, headers={"Accept-Encoding": "gzip"})
    assert ("Content-Encoding" in plain.headers, packed.headers["Content-Encoding"]) == (False, "gzip")
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert b"</html>" in gzip.decompress(packed.content)
    assert len(packed.content) < len(plain.content) / 2
