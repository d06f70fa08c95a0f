"""``manage.py send_mails``: send what waits in the outbox."""

from typing import Any

from django.utils import timezone

from common.commands import JsonCommand
from jobs.outbox import drain


class Command(JsonCommand):
    help = "Send the mails that are due; prints how many ended in which state."

    def run(self, **options: Any) -> dict[str, Any]:
        return drain(timezone.now())
