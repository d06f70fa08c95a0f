from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from common.commands import JsonCommand, iso_date
from common.periods import local_date
from kinetics.models import KineticsRun
from kinetics.services import backfill, recompute_kinetics

EXPECTED = ("model", "r", "alpha", "a", "b", "log_likelihood", "p", "q", "gamma", "clients", "unit")


def described(run: KineticsRun) -> dict[str, Any]:
    return {
        "run": run.pk,
        "as_of": run.as_of.isoformat(),
        "clients": run.counts["clients"],
        "states": {name: value for name, value in run.counts.items() if name not in ("clients", "phases")},
        "expected_revenue": {name: run.params.get(name) for name in EXPECTED}
        | {"gate": run.params["gate"], "enough_data": run.params["enough_data"]},
        "phases": run.counts["phases"],
        "seconds": run.seconds,
    }


class Command(JsonCommand):
    help = "Compute the indicators of all clients as of a day and publish them."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--as-of", type=iso_date, help="default: yesterday")
        parser.add_argument("--from", dest="first", type=iso_date, help="backfill from this day")
        parser.add_argument("--to", dest="last", type=iso_date, help="backfill to this day")
        parser.add_argument("--step", type=int, default=7, help="days between two runs of a backfill")

    def run(self, **options: Any) -> dict[str, Any]:
        as_of, first, last = options["as_of"], options["first"], options["last"]
        step, now = options["step"], timezone.now()
        if first is None and last is None:
            today = local_date(now, timezone.get_default_timezone_name())
            day = as_of or today - timedelta(days=1)
            return described(recompute_kinetics(as_of=day, now=now))
        if first is None or last is None or as_of or step < 1 or first > last:
            raise CommandError("A backfill takes --from and --to, in that order, and a --step of 1 or more.")
        runs = backfill(first=first, last=last, step=step, now=now)
        return {"runs": [described(run) for run in runs]}
