from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import User

RESET_PAUSE = timedelta(minutes=5)


def may_send_reset(*, user: User, now: datetime) -> bool:
    """Whether a reset mail may go out; notes that it does, so that two requests at once send one."""
    due = Q(reset_requested_at=None) | Q(reset_requested_at__lte=now - RESET_PAUSE)
    return bool(User.objects.filter(due, pk=user.pk).update(reset_requested_at=now))
