import time
from typing import Any

from django.core.management.base import CommandParser

from common.commands import JsonCommand
from sales.rollup import rebuild_dirty
from sales.services import mark_all_dirty


class Command(JsonCommand):
    help = "Rebuild the sums by client and day where sales changed, or everywhere with --all."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--all", action="store_true", help="mark every day first")

    def run(self, **options: Any) -> dict[str, Any]:
        started = time.perf_counter()
        if options["all"]:
            mark_all_dirty()
        return {"days": rebuild_dirty(), "seconds": round(time.perf_counter() - started, 2)}
