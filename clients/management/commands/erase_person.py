from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from clients.management.arguments import asked_subject
from clients.personal.erasing import erase_subject
from common.commands import JsonCommand


class Command(JsonCommand):
    help = "Erase a person or private client for good: sums stay, and no later file brings them back."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("ref", help="reference of the person or of the private client")

    def run(self, **options: Any) -> dict[str, Any]:
        subject = asked_subject(options["ref"])
        erased = erase_subject(subject=subject, by=None, now=timezone.now())
        return {"subject": subject.kind, "record": subject.record_id, "erased": erased}
