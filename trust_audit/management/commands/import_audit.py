import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from common.commands import JsonCommand
from trust_audit.rules.exchange import FaultyFile, score_as_json
from trust_audit.selectors.scores import scored
from trust_audit.services.importing import import_audit, own_site


class Command(JsonCommand):
    help = (
        "Import an audit: profile, mode, and results by code with a level from 0 to 4 or na with its reason; "
        "optional evidence (claim, url, probe, file, reviewed) and age_days per code. Prints its score."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE.json")
        parser.add_argument("--site", metavar="URL", help="the firm's own site it is about")

    def run(self, **options: Any) -> dict[str, Any]:
        try:
            data = json.loads(options["file"].read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['file']} is not readable as JSON: {error}") from error
        now, url = timezone.now(), options["site"]
        site = own_site(url, url) if url else None
        try:
            audit = import_audit(data=data, site=site, lead=None, now=now)
        except FaultyFile as error:
            raise CommandError("Nothing was imported. " + "; ".join(error.faults)) from error
        return {"audit": audit.pk} | score_as_json(scored(audit, timezone.localdate()).score)
