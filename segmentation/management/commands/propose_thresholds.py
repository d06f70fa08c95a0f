from typing import Any

from django.core.management.base import CommandError, CommandParser

from common.commands import JsonCommand, iso_date
from segmentation.models import GridThresholds
from segmentation.rules.grid import SEGMENT_CODES
from segmentation.selectors.features import stored_portfolio
from segmentation.selectors.proposals import previews
from segmentation.selectors.runs import active_thresholds, published_run
from segmentation.services import propose_when_due


class Command(JsonCommand):
    help = "Draw the lines of the grid anew on the figures of a day and say who would move. A person puts them in force."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--as-of", type=iso_date, required=True, help="day of a night, 2026-11-22")

    def run(self, **options: Any) -> dict[str, Any]:
        as_of = options["as_of"]
        run = published_run(as_of)
        if run is None:
            raise CommandError(f"No night has placed the clients on {as_of}: run classify_clients first.")
        portfolio, placed = stored_portfolio(run)
        waiting = propose_when_due(as_of=as_of)
        found = previews(portfolio, placed, run.thresholds.lines)
        return {
            "as_of": as_of.isoformat(),
            "in_force": described(active_thresholds()),
            "proposals": [
                {
                    "preset": preset, "revenue_cents": preview["revenue_cents"],
                    "margin_rate": preview["margin_rate"], "moved": preview["moved"],
                    "segments": preview["counts"],
                    "paths": [
                        {"from": SEGMENT_CODES[a].value, "to": SEGMENT_CODES[b].value, "clients": n}
                        for a, b, n in preview["paths"]
                    ],
                }
                for preset, preview in found.items()
            ],
            "waiting": described(waiting),
        }  # fmt: skip


def described(lines: GridThresholds | None) -> dict[str, Any] | None:
    if lines is None:
        return None
    return {
        "version": lines.pk,
        "preset": lines.preset,
        "revenue_cents": lines.revenue_cents,
        "margin_rate": lines.margin_rate,
        "as_of": lines.as_of.isoformat(),
        "automatic": lines.activated_at is not None and lines.automatic,
    }
