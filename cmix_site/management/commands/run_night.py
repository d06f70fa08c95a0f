"""``manage.py run_night``: compute one night here and now, also again."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from cmix_site import night
from common.commands import JsonCommand, iso_date
from jobs.rules import JobState
from jobs.services import run_here


class Command(JsonCommand):
    help = "Compute the indicators and segments of one day in this process (default: the last closed day)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--as-of", type=iso_date, help="the day, such as 2026-11-21")

    def run(self, **options: Any) -> dict[str, Any]:
        as_of = options["as_of"] or night.last_closed_day(timezone.now())
        job = run_here(kind=night.KIND, key=as_of.isoformat(), payload={"as_of": as_of.isoformat()})
        if job.state == JobState.FAILED or job.error:
            raise CommandError(f"The night of {as_of} is {job.state}: {job.error}")
        return {"job": job.pk, "as_of": as_of, "state": job.state, **job.result}
