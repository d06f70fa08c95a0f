from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from clients.reminders import remind
from common.commands import JsonCommand, iso_date


class Command(JsonCommand):
    help = "Mail everybody what is due, once a day; without a day from 07:00 of each person's clock on."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--day", type=iso_date, help="remind of what is due by this day, at any hour")

    def run(self, **options: Any) -> dict[str, Any]:
        return remind(now=timezone.now(), day=options["day"])
