from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from attention.management.arguments import add_week
from attention.services import freeze_lists
from common.commands import JsonCommand
from common.periods import IsoWeek


class Command(JsonCommand):
    help = "Freeze the weekly list of every owner of clients, once, and queue the mails."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_week(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        week: IsoWeek = options["week"]
        return {"week": str(week)} | freeze_lists(week=week, now=timezone.now())
