"""Health pages: ``live`` answers while the process runs, ``ready`` when it can do its work."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from jobs.models import Heartbeat, Job, OutMail
from jobs.rules import JobState, MailState
from kinetics.selectors import published_run

STALE = timedelta(minutes=5)


@dataclass(frozen=True)
class Readiness:
    """``background`` is the sign of life of beat, broker and worker together."""

    database: bool
    migrated: bool = False
    background: bool = False
    heartbeat_seconds: int | None = None
    oldest_lapsed_lease_seconds: int | None = None
    uncertain_mails: int = 0
    last_night: str | None = None

    @property
    def ready(self) -> bool:
        return self.database and self.migrated and self.background


def readiness(now: datetime) -> Readiness:
    try:
        connection.ensure_connection()
        if not _migrated():
            return Readiness(database=True)
        return _with_details(now)
    except DatabaseError:
        return Readiness(database=False)


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _with_details(now: datetime) -> Readiness:
    beat = Heartbeat.objects.order_by("-beaten_at").first()
    running = Job.objects.filter(state=JobState.RUNNING)
    lapsed = running.filter(lease_until__lt=now).order_by("lease_until").first()
    # A worker in a long job beats late, but renews its lease.
    busy = running.filter(lease_until__gte=now).exists()
    night = published_run()
    return Readiness(
        database=True,
        migrated=True,
        background=busy or (beat is not None and now - beat.beaten_at < STALE),
        heartbeat_seconds=_seconds(now - beat.beaten_at) if beat else None,
        oldest_lapsed_lease_seconds=_seconds(now - lapsed.lease_until)
        if lapsed and lapsed.lease_until
        else None,
        uncertain_mails=OutMail.objects.filter(state=MailState.UNCERTAIN).count(),
        last_night=night.as_of.isoformat() if night else None,
    )


def _seconds(age: timedelta) -> int:
    return int(age.total_seconds())


@login_not_required
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"live": True})


@login_not_required
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 or 503; what exactly is only for staff, since it tells a stranger how busy the company is."""
    state = readiness(timezone.now())
    body: dict[str, Any] = {"ready": state.ready}
    # Asking who is there needs the database.
    if state.database and state.migrated and getattr(request.user, "is_staff", False):
        body |= vars(state)
    return JsonResponse(body, status=200 if state.ready else 503)


app_name = "health"
urlpatterns = [path("live", live, name="live"), path("ready", ready, name="ready")]
