"""What every page's frame needs."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from common.navigation import badges_for, below_for, current_key, entries_for, notes_for


def frame(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    entries = entries_for(user) if signed_in else []
    current = current_key(entries, request.path)
    return {
        "navigation": entries,
        "navigation_badges": partial(badges_for, user) if signed_in else {},
        "current_entry": current,
        "navigation_below": partial(below_for, request, current) if signed_in else (),
        # Asked for only by pages that print the top bar.
        "frame_notes": partial(notes_for, request) if signed_in else [],
        "company": settings.CMIX_COMPANY,
        "currency": settings.CMIX_CURRENCY,
        "demo_mode": settings.CMIX_DEMO,
    }
