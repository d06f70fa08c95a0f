"""``manage.py tick``: what beat does each minute and hour, for an installation that runs by cron."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from cmix_site.night import catch_up
from common.commands import JsonCommand
from jobs.outbox import drain
from jobs.services import run_waiting, sweep


class Command(JsonCommand):
    help = "Catch up what is due (night, weekly lists) and wake waiting jobs; harmless at any frequency."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--run", action="store_true", help="also do the waiting jobs and mails here, without a worker"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        now = timezone.now()
        result: dict[str, Any] = {"catch_up": catch_up(now), "sweep": sweep(now)}
        if options["run"]:
            result |= {"ran": run_waiting(now), "mails": drain(timezone.now())}
        return result
