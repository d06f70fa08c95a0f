import os
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import CommandParser
from django.utils import timezone

from clients.management.arguments import asked_subject
from clients.personal.export import export_subject
from clients.personal.holdings import by_name
from common.commands import JsonCommand


class Command(JsonCommand):
    help = "Write everything held about a person or private client as one readable ZIP."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("ref", help="reference of the person or of the private client")
        parser.add_argument("--to", type=Path, required=True, help="the file to write, such as zoe.zip")

    def run(self, **options: Any) -> dict[str, Any]:
        subject = asked_subject(options["ref"])
        path: Path = options["to"]
        try:
            # Only its owner may read it.
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                rows = export_subject(subject=subject, to=file, by=None, now=timezone.now())
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        return {
            "subject": subject.kind, "file": str(path), "bytes": path.stat().st_size, "rows": rows,
            "mails_by_name": by_name(subject),
        }  # fmt: skip
