import time
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from clients.sociotypes.rules.instrument import TYPES
from common.commands import JsonCommand, iso_date
from segmentation.rules.matrix import CELLS
from segmentation.services.matrix import compute_matrix

SUMS = ("clients", "revenue", "costed", "margin")


class Command(JsonCommand):
    help = "Place every client in the migration matrix as of a day, with the flows since another."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--as-of", type=iso_date, required=True, help="closed business day, 2026-11-22")
        parser.add_argument(
            "--since", type=iso_date, help="first day of the flows; a quarter before otherwise"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        started, as_of, since = time.perf_counter(), options["as_of"], options["since"]
        if since is not None and since >= as_of:
            raise CommandError("--since has to lie before --as-of.")
        run = compute_matrix(as_of=as_of, now=timezone.now(), since=since)
        rows = run.results["cells"]
        return {
            "as_of": as_of.isoformat(),
            "since": run.results["since"],
            "online_began_on": run.online_began_on and run.online_began_on.isoformat(),
            "new_since": run.new_since and run.new_since.isoformat(),
            "automatic": run.is_automatic,
            "cells": {cell.value: _summed(row for row in rows if row["cell"] == cell) for cell in CELLS},
            "unknown_because": {
                why: _summed(row for row in rows if row["why"] == why)["clients"]
                for why in sorted({row["why"] for row in rows} - {""})
            },
            "segments": _split(rows, "segment", lambda value: value or "none"),
            "sociotypes": _split(rows, "type", lambda value: TYPES[value].value if value >= 0 else "unknown"),
            "flows": run.results["flows"],
            "lines_cents": run.results["lines"],
            "rule_version": run.rule_version,
            "seconds": round(time.perf_counter() - started, 3),
        }


def _summed(rows: Any) -> dict[str, Any]:
    kept = list(rows)
    sums = {name: sum(row[name] for row in kept) for name in SUMS}
    return {
        "clients": sums["clients"],
        "revenue_cents": sums["revenue"],
        "margin_cents": sums["margin"],
        "margin_rate": sums["margin"] / sums["costed"] if sums["costed"] > 0 else None,
    }


def _split(rows: list[dict[str, Any]], key: str, name: Any) -> dict[str, dict[str, Any]]:
    return {
        name(value): {
            cell.value: _summed(row for row in rows if row[key] == value and row["cell"] == cell)
            for cell in CELLS
            if any(row[key] == value and row["cell"] == cell for row in rows)
        }
        for value in sorted({row[key] for row in rows})
    }
