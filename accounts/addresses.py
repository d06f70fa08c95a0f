"""Where a request comes from: wrong log-ins are counted per account and address."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The visitor's address; behind a proxy the last one of ``X-Forwarded-For``.

    The proxy wrote that one itself; those before it anybody can invent. Without it all visitors would
    share the proxy's address, and a stranger could keep a user out by guessing from anywhere.
    """
    direct: str | None = request.META.get("REMOTE_ADDR") or None
    if not settings.CMIX_BEHIND_PROXY:
        return direct
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        return str(ip_address(forwarded))
    except ValueError:
        return direct
