import time
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from common.commands import JsonCommand, iso_date
from segmentation.models import GridThresholds
from segmentation.services import classify_clients


class Command(JsonCommand):
    help = "Place every client in the strategic grid as of a day."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--as-of", type=iso_date, required=True, help="closed business day, 2026-11-22")

    def run(self, **options: Any) -> dict[str, Any]:
        started, as_of = time.perf_counter(), options["as_of"]
        run = classify_clients(as_of=as_of, now=timezone.now())
        segments = run.counts["segments"]
        return {
            "as_of": as_of.isoformat(),
            "thresholds": _described(run.thresholds),
            "clients": run.counts["clients"],
            "segments": segments,
            **segments,
            "seconds": round(time.perf_counter() - started, 3),
        }


def _described(thresholds: GridThresholds) -> dict[str, Any]:
    return {
        "version": thresholds.pk,
        "preset": thresholds.preset,
        "revenue_cents": thresholds.revenue_cents,
        "margin_rate": thresholds.margin_rate,
        "automatic": thresholds.automatic,
    }
