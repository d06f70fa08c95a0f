"""Celery application with handlers for tests: ``celery -A tests.jobs.worker worker``."""

import time
from collections.abc import Mapping
from typing import Any

from cmix_site.celery import app
from jobs.registry import Context, handler

__all__ = ["app"]


@handler("test.steps")
def take_steps(context: Context) -> Mapping[str, Any]:
    """Each step and its cursor in one transaction; a step taken twice breaks the primary key."""
    from django.db import transaction
    from django.utils import timezone

    from jobs.models import Heartbeat

    total, first = context.payload["steps"], context.cursor.get("step", 0)
    for step in range(first, total):
        time.sleep(context.payload["seconds"])
        with transaction.atomic():
            Heartbeat.objects.create(name=f"{context.job_id}-{step}", beaten_at=timezone.now())
            context.checkpoint(done=step + 1, total=total, cursor={"step": step + 1})
    return {"began_at": first}
