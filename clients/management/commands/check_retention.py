from typing import Any

from django.utils import timezone

from clients.personal.retention import check_retention
from common.commands import JsonCommand


class Command(JsonCommand):
    help = "Warn of people whose data fall due and, where a rule is on, erase what is due."

    def run(self, **options: Any) -> dict[str, Any]:
        return check_retention(today=timezone.localdate(), now=timezone.now())
