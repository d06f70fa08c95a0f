"""What every page's frame needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from common.navigation import entries_for


def frame(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "navigation": entries_for(user) if signed_in else [],
        "company": settings.CMIX_COMPANY,
        "currency": settings.CMIX_CURRENCY,
        "demo_mode": settings.CMIX_DEMO,
    }
