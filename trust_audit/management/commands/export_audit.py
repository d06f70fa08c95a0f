import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone, translation

from common.commands import JsonCommand
from common.exports import csv_lines
from trust_audit import reporting
from trust_audit.management.commands.score_audit import scored_now
from trust_audit.selectors.report import CSV_HEADER, csv_rows, report_json
from trust_audit.selectors.scores import Scored

FORMATS = ("html", "pdf", "csv", "json")


class Command(JsonCommand):
    help = "Write an audit to a file: the report as HTML or PDF, the results as CSV, everything as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("audit", type=int, metavar="ID")
        parser.add_argument("--format", choices=FORMATS, required=True)
        parser.add_argument("--to", type=Path, required=True, metavar="FILE")
        parser.add_argument("--language", default="en", help="of the report")

    def run(self, **options: Any) -> dict[str, Any]:
        found = scored_now(options["audit"])
        if options["format"] == "pdf" and not reporting.pdf_is_possible():
            raise CommandError("No PDF here: pip install weasyprint, and pango of the system.")
        with translation.override(options["language"]):
            content = _content(found, options["format"])
        options["to"].write_bytes(content)
        return {
            "audit": found.audit.pk,
            "format": options["format"],
            "file": str(options["to"]),
            "bytes": len(content),
        }


def _content(found: Scored, kind: str) -> bytes:
    if kind == "pdf":
        return reporting.as_pdf(found, timezone.now())
    if kind == "html":
        return reporting.as_html(found, timezone.now()).encode()
    if kind == "csv":
        header = [str(cell) for cell in CSV_HEADER]
        return "".join(csv_lines(header, csv_rows(found), translation.get_language())).encode()
    return json.dumps(report_json(found), ensure_ascii=False, indent=1, default=str).encode()
