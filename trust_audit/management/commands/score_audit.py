from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from common.commands import JsonCommand
from trust_audit.models import Audit
from trust_audit.rules.exchange import rounded, score_as_json
from trust_audit.rules.gains import gains
from trust_audit.selectors.scores import Scored, scored


def audit_of(pk: int) -> Audit:
    audit: Audit | None = Audit.objects.select_related("site").filter(pk=pk).first()
    if audit is None:
        raise CommandError(f"No audit has the number {pk}.")
    return audit


def scored_now(pk: int) -> Scored:
    return scored(audit_of(pk), timezone.localdate())


class Command(JsonCommand):
    help = "Print the score of an audit: families, coverage, interval, caps and gains."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("audit", type=int, metavar="ID")

    def run(self, **options: Any) -> dict[str, Any]:
        found = scored_now(options["audit"])
        best = [
            {
                "code": one.code,
                "points": rounded(one.points),
                "blocking": one.blocking,
                "effort": one.effort.value,
            }
            for one in gains(found.items, found.marks)
        ]
        return (
            {"audit": found.audit.pk, "site": found.audit.site.url, "as_of": found.as_of}
            | score_as_json(found.score)
            | {"gains": best, "checklist": found.audit.checklist, "rule_version": found.audit.rule_version}
        )
