from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from cmix_site.demo.quarter import look_back
from cmix_site.demo.removal import remove_demo
from cmix_site.demo.services import DemoRefused, make_demo
from common.commands import JsonCommand, iso_date
from common.periods import local_date


class Command(JsonCommand):
    help = "Make an invented portfolio to look at, or take it away again."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--seed", type=int, default=1, help="the same seed tells the same story")
        parser.add_argument("--clients", type=int, default=400, help="how many clients, 1 to 99,999")
        parser.add_argument("--today", type=iso_date, help="the last orders are of the day before")
        parser.add_argument(
            "--quarter", action="store_true", help="also compute the grid of the quarter before"
        )
        parser.add_argument("--remove", action="store_true", help="delete the demo, and nothing else")
        parser.add_argument("--force", action="store_true", help="also beside clients of your own")

    def run(self, **options: Any) -> dict[str, Any]:
        if options["remove"]:
            return remove_demo()
        if not 1 <= options["clients"] <= 99_999:
            raise CommandError("--clients takes 1 to 99,999.")
        now = timezone.now()
        today = options["today"] or local_date(now, settings.TIME_ZONE)
        try:
            made = make_demo(
                seed=options["seed"], clients=options["clients"], today=today, now=now, force=options["force"]
            )
        except DemoRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        weeks = look_back(until=today - timedelta(days=1), now=now) if options["quarter"] else 0
        return made | {"weeks": weeks}
