"""How often a personal link, or an address, may write. Counted in the database, so alike in all processes.

Only writes count: a GET never writes, and a wrong token costs one signature to refuse.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from clients.models import LinkUse

WINDOW = timedelta(minutes=10)
PER_LINK, PER_ADDRESS = 90, 400
"""Twelve answers, changed several times; a whole office answering behind one address."""


def _window(now: datetime) -> datetime:
    return now.replace(minute=now.minute - now.minute % 10, second=0, microsecond=0)


def _count(kind: str, value: str, now: datetime) -> int:
    key = salted_hmac("clients.sociotypes.throttle", f"{kind}:{value}", algorithm="sha256").hexdigest()
    with transaction.atomic():
        use, _ = LinkUse.objects.get_or_create(key=key, window=_window(now))
        LinkUse.objects.filter(pk=use.pk).update(count=F("count") + 1)
        use.refresh_from_db(fields=["count"])
    return use.count


def may_write(*, link: str, address: str | None, now: datetime) -> bool:
    """Note one try; False when the link or the address has had too many in this window."""
    within = _count("link", link, now) <= PER_LINK
    return (_count("address", address or "unknown", now) <= PER_ADDRESS) and within


def forget_old_uses(now: datetime) -> int:
    return LinkUse.objects.filter(window__lt=now - timedelta(days=1)).delete()[0]
