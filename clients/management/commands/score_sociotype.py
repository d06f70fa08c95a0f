from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from clients.sociotypes.files import AnswersRefused, read_answers
from clients.sociotypes.rules.scoring import RULE_VERSION
from common.commands import JsonCommand


class Command(JsonCommand):
    help = "Score answers to the questionnaire sociotype-12 out of a CSV file; nothing is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="CSV with ref, i1 … i12, optionally channel and seconds")

    def run(self, **options: Any) -> dict[str, Any]:
        path: Path = options["file"]
        try:
            sheets = read_answers(path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except AnswersRefused as error:
            raise CommandError(f"{path}: {error}") from error
        rows = sheets.scored()
        return {"instrument": "sociotype-12", "version": 1, "rule_version": RULE_VERSION, "rows": rows}
