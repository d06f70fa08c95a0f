"""The night: what is computed once a day, and the hourly look whether it was.

The night of a day is the job ``night`` with that day's ISO date as key. Its day, ``as_of``, is the
last calendar day that is over in the site's time zone: at 02:00 on the 22nd it is the 21st, because
the 22nd has sold nothing yet and would look like a loss to everybody. The key makes it run once,
however many beats, sweeps and people ask for it.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from attention.models import WeeklyList
from attention.services import ensure_lists, freeze_lists
from clients.duplicates.finding import find_duplicates
from clients.export_jobs import purge_exports
from clients.merging.followers import Merged
from clients.personal.retention import check_retention
from clients.reminders import remind
from common.periods import IsoWeek, local_date
from common.statistics import gather_statistics
from intake.imports import purge_strays, purge_uploads
from intake.undoing import purge_kept
from jobs import outbox
from jobs.models import Job
from jobs.registry import Context
from jobs.services import enqueue
from kinetics.services import recompute_kinetics
from segmentation.services import classify_clients, propose_when_due
from segmentation.services.matrix import compute_matrix
from segmentation.services.readiness import compute_readiness
from trust_audit.services.evidence import purge_files

KIND = "night"
NIGHT_HOUR = 2


def last_closed_day(now: datetime) -> date:
    return local_date(now, settings.TIME_ZONE) - timedelta(days=1)


def enqueue_night(*, as_of: date) -> Job:
    return enqueue(kind=KIND, key=as_of.isoformat(), payload={"as_of": as_of.isoformat()})


def recompute_after_import(context: Context, result: Mapping[str, Any]) -> None:
    """Follower of an import: what a morning's file changed is seen the same morning, not after the night."""
    changed = ("new_orders", "changed_orders", "order_lines", "rebuilt_days", "deleted")
    if result.get("dry_run") or not any(result.get(name) for name in changed):
        return
    as_of = last_closed_day(timezone.now()).isoformat()
    enqueue(kind=KIND, key=f"{as_of}+job-{context.job_id}", payload={"as_of": as_of})


def recompute_after_merge(merged: Merged) -> None:
    """Follower of a merge and of its undo: indicators and segments of the client that has all orders now."""
    as_of = last_closed_day(merged.at).isoformat()
    what = "split" if merged.undone else "merge"
    enqueue(kind=KIND, key=f"{as_of}+{what}-{merged.batch_id}", payload={"as_of": as_of})


def run_night(context: Context) -> Mapping[str, Any]:
    """Handler of the job: indicators, segments, the week's lists when they are due, old texts."""
    as_of, now = date.fromisoformat(context.payload["as_of"]), timezone.now()
    run = recompute_kinetics(
        as_of=as_of, now=now, progress=lambda done, total: context.checkpoint(done=done, total=total)
    )
    segments = classify_clients(as_of=as_of, now=timezone.now())
    propose_when_due(as_of=as_of)
    readiness = compute_readiness(as_of=as_of, now=timezone.now())
    matrix = compute_matrix(as_of=as_of, now=timezone.now())
    if as_of == last_closed_day(now):
        _make_lists(timezone.now())
    gather_statistics()
    return {
        "kinetics_run": run.pk,
        "segmentation_run": segments.pk,
        "duplicates": find_duplicates(now=now)["open"],
        "retention": check_retention(today=local_date(now, settings.TIME_ZONE), now=now),
        "readiness_run": readiness.pk,
        "matrix_run": matrix.pk,
        "mail_texts_purged": outbox.purge_bodies(now),
        "uploads_purged": purge_uploads(now) + purge_strays(now),
        "exports_purged": purge_exports(now),
        "evidence_purged": purge_files(now),
        "undo_rows_purged": purge_kept(now),
    }


def _make_lists(now: datetime) -> None:
    ensure_lists(now=now)
    if not WeeklyList.objects.exists():
        # A new installation need not wait for its first Monday 06:00 to see what it is for.
        freeze_lists(week=IsoWeek.of(local_date(now, settings.TIME_ZONE)), now=now)


def catch_up(now: datetime) -> dict[str, Any]:
    """Enqueue a night that is due and missing; freeze and send lists, and remind of tasks, likewise."""
    night = None
    if now.astimezone(ZoneInfo(settings.TIME_ZONE)).hour >= NIGHT_HOUR:
        night = enqueue_night(as_of=last_closed_day(now))
    lists = ensure_lists(now=now)
    return {
        "night": night and night.key,
        "night_state": night and night.state,
        "lists": lists,
        "reminders": remind(now=now),
    }
