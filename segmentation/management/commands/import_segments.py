from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from common.commands import JsonCommand
from common.reading.refusals import FileRefused
from segmentation.importers import open_segments
from segmentation.models.own import UNNAMED
from segmentation.services import import_segments, put_in_force
from segmentation.services.own import MAX_SEGMENTS, TooManySegments


class Command(JsonCommand):
    help = (
        "Import the company's own segmentation (columns ref, segment and, if wanted, name) and put it in force: it "
        "takes the grid's place in lists, plan and attention."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--name", default=UNNAMED, help="of the segmentation; one of that name is replaced"
        )
        parser.add_argument("--keep-grid", action="store_true", help="import only; a person puts it in force")

    def run(self, **options: Any) -> dict[str, Any]:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        now = timezone.now()
        try:
            with open_segments(path) as rows:
                result = import_segments(rows=rows, name=options["name"], by=None, now=now)
        except FileRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        except TooManySegments as error:
            raise CommandError(
                f"More than {MAX_SEGMENTS} different segments: is this the right column?"
            ) from error
        except ValueError as error:
            raise CommandError(str(error)) from error
        if not options["keep_grid"]:
            put_in_force(segmentation=result.segmentation, now=now)
        return {
            "segmentation": result.segmentation.name,
            "rows": result.rows,
            "clients": result.clients,
            "changed": result.changed,
            "segments": result.segments,
            "playbooks": {
                segment.code: segment.playbook for segment in result.segmentation.segments.order_by("code")
            },
            "rejected": result.rejected,
            "examples": [
                {"line": line, "ref": ref, "reason": reason} for line, ref, reason in result.examples
            ],
            "in_force": not options["keep_grid"],
        }
