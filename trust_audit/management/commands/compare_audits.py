from typing import Any

from django.core.management.base import CommandParser

from common.commands import JsonCommand
from trust_audit.management.commands.score_audit import scored_now
from trust_audit.rules.exchange import comparison_as_json
from trust_audit.selectors.scores import compared


class Command(JsonCommand):
    help = "Compare two audits, the earlier first: as reported, and on the criteria tested in both."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("before", type=int, metavar="ID")
        parser.add_argument("after", type=int, metavar="ID")

    def run(self, **options: Any) -> dict[str, Any]:
        before, after = scored_now(options["before"]), scored_now(options["after"])
        found = compared(before, after)
        return {"before": before.audit.pk, "after": after.audit.pk} | comparison_as_json(
            found, {item.code: item for item in after.items}
        )
