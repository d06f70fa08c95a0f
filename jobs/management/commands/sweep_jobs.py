"""``manage.py sweep_jobs``: wake the jobs nobody runs, give up those that died too often."""

from typing import Any

from django.utils import timezone

from common.commands import JsonCommand
from jobs.services import sweep


class Command(JsonCommand):
    help = "Wake jobs whose worker died or was never told, and give up those that died three times."

    def run(self, **options: Any) -> dict[str, Any]:
        return sweep(timezone.now())
