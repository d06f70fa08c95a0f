from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from common.commands import JsonCommand
from intake.models import RecordImport
from intake.undoing import CannotUndo, undo_import

REASONS = {
    "not_done": "Nothing of this import was written.",
    "too_late": "The 30 days in which it could be undone are over.",
    "undone": "It was undone already.",
}


class Command(JsonCommand):
    help = "Undo an import: every record as it was before, or a list of what stands in the way."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("id", type=int, help="number of the import")

    def run(self, **options: Any) -> dict[str, Any]:
        record_import = RecordImport.objects.filter(pk=options["id"]).first()
        if record_import is None:
            raise CommandError(f"There is no import {options['id']}.")
        try:
            return {"id": record_import.pk} | undo_import(
                record_import=record_import, user=None, now=timezone.now()
            )
        except CannotUndo as refused:
            raise CommandError(_told(refused)) from refused


def _told(refused: CannotUndo) -> str:
    if refused.code != "obstacles":
        return f"{REASONS[refused.code]} [{refused.code}]"
    listed = "; ".join(
        f"{one.count} {one.model} {one.kind}{f' by {one.by}' if one.by else ''}"
        f"{f' ({chr(44).join(one.examples)})' if one.examples else ''}"
        for one in refused.obstacles
    )
    return f"Later changes rest on it: {listed} [obstacles]"
