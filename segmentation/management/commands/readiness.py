import time
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from clients.personal.profiling import profiled_q
from common.commands import JsonCommand, iso_date
from segmentation.rules.readiness import Sums, readiness
from segmentation.rules.waves import Wave
from segmentation.selectors.readiness import in_force
from segmentation.services.readiness import compute_readiness


class Command(JsonCommand):
    help = "Compute how ready the portfolio is for a relation online, its risks and its waves, as of a day."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--as-of", type=iso_date, required=True, help="closed business day, 2026-11-22")

    def run(self, **options: Any) -> dict[str, Any]:
        started, as_of = time.perf_counter(), options["as_of"]
        run = compute_readiness(as_of=as_of, now=timezone.now())
        sums, assumptions = Sums.from_json(run.results["sums"]), in_force(run)
        found = readiness(sums, assumptions)
        return {
            "as_of": as_of.isoformat(),
            "clients": int(sums.clients),
            "revenue_cents": round(sums.revenue),
            "coverage": found.coverage,
            "pri": asdict(found.index),
            "pri_heads": asdict(found.heads),
            "migrated": asdict(found.migrated),
            "laggards": asdict(found.laggards) | {"warning": found.laggards_warn},
            "risk1": {
                "cents": round(found.risk1),
                "rate": found.risk1_rate,
                "at_most_cents": round(found.risk1_most),
            },
            "risk2": {
                "cents": round(found.risk2),
                "rate": found.risk2_rate,
                "at_most_cents": round(found.risk2_most),
            },
            "assumptions": {"version": run.assumptions_id, **assumptions.as_json()},
            "measured": run.results["measures"],
            "waves": {f"W{row['wave']}": row for row in run.results["waves"]},
            "ask_first": run.clients.filter(profiled_q(), wave=int(Wave.ASK)).count(),
            "rule_version": run.rule_version,
            "seconds": round(time.perf_counter() - started, 3),
        }
