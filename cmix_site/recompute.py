"""Compute now what the night computes: for whoever brought in facts and does not wait for 02:00."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.rights import may
from accounts.rules import Act
from cmix_site.night import KIND, last_closed_day
from jobs.services import enqueue

EVERY_MINUTES = 15


@require_POST
def recompute(request: HttpRequest) -> HttpResponse:
    """Begin it, or lead to the one begun within the quarter of an hour: all figures are computed at once, for
    everybody, so that more of it brings nothing."""
    user: Any = request.user
    if not may(user, Act.IMPORT):
        raise PermissionDenied
    now = timezone.now()
    as_of = last_closed_day(now).isoformat()
    quarter = now.replace(minute=now.minute - now.minute % EVERY_MINUTES)
    job = enqueue(kind=KIND, key=f"{as_of}+asked-{quarter:%Y%m%dT%H%M}", payload={"as_of": as_of}, user=user)
    if job.requested_by_id == user.pk:
        return redirect("jobs:progress", job.pk)
    messages.info(request, _("A colleague began it a moment ago; the figures are new in some minutes."))
    return redirect("home")
