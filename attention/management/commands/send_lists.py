from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from attention.management.arguments import add_week
from attention.services import send_lists
from common.commands import JsonCommand
from common.periods import IsoWeek


class Command(JsonCommand):
    help = "Send the mails of the frozen lists of a week that were not sent yet."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_week(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        week: IsoWeek = options["week"]
        return {"week": str(week)} | send_lists(week=week, now=timezone.now())
