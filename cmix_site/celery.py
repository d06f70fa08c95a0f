"""The Celery application: the same settings on the embedded file-system broker and on Redis.

A broker is never our memory: every piece of work is a row in ``jobs``; a message only wakes
somebody up, and the sweep finds what no message woke (see jobs/services.py).
"""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmix_site.settings")


def _transport_options(url: str, data_dir: Path) -> dict[str, Any]:
    if url.startswith("filesystem"):
        queue = data_dir / "queue"
        for name in ("msg", "control"):
            (queue / name).mkdir(parents=True, exist_ok=True)
        # In and out are one folder: the same machine publishes and consumes.
        return {
            "data_folder_in": str(queue / "msg"),
            "data_folder_out": str(queue / "msg"),
            "control_folder": str(queue / "control"),
        }
    return {
        "visibility_timeout": 1860,  # above twice the task limit, else a running task is doubled
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        "health_check_interval": 25,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.2,
        "interval_max": 0.2,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 6,
        "global_keyprefix": "cmix:",
    }


def _each_minute(task: str) -> dict[str, Any]:
    # Behind a long job these messages pile up; one of each is enough afterwards.
    return {"task": task, "schedule": 60.0, "options": {"expires": 60}}


def make_app() -> Celery:
    from django.conf import settings

    celery = Celery("cmix")
    embedded = settings.CELERY_BROKER_URL.startswith("filesystem")
    celery.conf.update(
        broker_url=settings.CELERY_BROKER_URL,
        broker_transport_options=_transport_options(settings.CELERY_BROKER_URL, settings.DATA_DIR),
        worker_enable_remote_control=not embedded,
        task_acks_late=True,
        task_reject_on_worker_lost=False,  # an endless loop when a task crashes its worker
        task_acks_on_failure_or_timeout=True,
        worker_prefetch_multiplier=1,
        task_time_limit=900,
        task_soft_time_limit=840,
        worker_max_tasks_per_child=200,
        worker_max_memory_per_child=1_500_000,
        worker_soft_shutdown_timeout=20,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        worker_hijack_root_logger=False,
        task_ignore_result=True,
        result_backend=None,
        task_serializer="json",
        accept_content=["json"],
        timezone=settings.TIME_ZONE,
        enable_utc=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=2,
        task_publish_retry=True,
        task_publish_retry_policy={
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0.2,
            "interval_max": 0.2,
        },
        beat_schedule_filename=str(settings.DATA_DIR / "beat-schedule"),
        beat_schedule={
            "night": {"task": "cmix.night", "schedule": crontab(hour=2, minute=0)},
            "weekly lists": {
                "task": "attention.weekly_lists",
                "schedule": crontab(hour=6, minute=0, day_of_week="mon"),
            },
            "questionnaires": {
                "task": "clients.tend_sociotypes",
                "schedule": crontab(hour=9, minute=20),  # reminders reach people at work
            },
            "reminders": {"task": "clients.remind_tasks", "schedule": crontab(hour=7, minute=0)},
            # Catches up a missed night, Monday or morning; each is a no-op when the row exists.
            "catch up": {"task": "cmix.catch_up", "schedule": crontab(minute=10)},
            "sweep": _each_minute("jobs.sweep"),
            "send mails": _each_minute("jobs.send_mails"),
            "heartbeat": _each_minute("jobs.heartbeat"),
        },
    )
    celery.autodiscover_tasks()
    return celery


app = make_app()


@worker_ready.connect
def _begin_at_once(**kwargs: Any) -> None:
    """A worker that starts shows itself, finds what was left and catches up, without waiting for beat."""
    for task in ("jobs.heartbeat", "jobs.sweep", "cmix.catch_up"):
        app.send_task(task)
