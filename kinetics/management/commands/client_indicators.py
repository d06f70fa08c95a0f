from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import translation

from clients.models import Client
from common.commands import JsonCommand
from kinetics.explanations import evidence_label, why
from kinetics.labels import INDICATORS
from kinetics.models import ClientIndicator
from kinetics.selectors import indicator_of

_FIELDS = {
    "revenue": (
        "revenue_cents", "window_days", "r0_cents", "r1_cents", "growth_rate", "revenue_index",
        "relative_rate", "change_z", "change_p", "gap_p", "purchase_days", "purchase_days_before",
    ),
    "expected": (
        "expected_cents", "expected_low_cents", "expected_high_cents", "expected_orders",
        "expected_order_cents", "p_alive", "p_order", "repeat_days", "recency_weeks", "age_weeks",
    ),
    "profit": (
        "margin_cents", "margin_rate", "margin_rate_before", "margin_change", "volume_effect_cents",
        "rate_effect_cents", "margin_z", "cost_coverage", "assumed_share",
    ),
}  # fmt: skip


def described(row: ClientIndicator, indicator: str) -> dict[str, Any]:
    reason = why(row, indicator)
    return {
        "state": reason.state,
        "because": reason.sentences,
        "reasons": [one.as_json() for one in reason.because],
    } | {name: getattr(row, name) for name in _FIELDS[indicator]}


class Command(JsonCommand):
    help = "Print the published indicators of one client, with states and reasons."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("ref", help="the client's reference")
        parser.add_argument("--language", default="en", help="of the sentences")

    def run(self, **options: Any) -> dict[str, Any]:
        client = Client.objects.filter(ref=options["ref"]).first()
        if client is None:
            raise CommandError(f"No client has the reference {options['ref']}.")
        row = indicator_of(client)
        if row is None:
            raise CommandError("Nothing is published for this client yet; run recompute_kinetics.")
        with translation.override(options["language"]):
            indicators = {name: described(row, name) for name in INDICATORS}
            indicators["revenue"] |= {"evidence": row.evidence, "evidence_label": str(evidence_label(row))}
        return {
            "client": client.ref, "name": client.name, "as_of": row.run.as_of.isoformat(),
            "rule_version": row.run.code_version, "computed_at": row.run.published_at, **indicators,
        }  # fmt: skip
