"""Base of the commands that others build on: ``--json`` prints one object as the last line."""

import argparse
import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser


def iso_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2026-11-22") from error


class JsonCommand(BaseCommand):
    """Subclasses implement ``run`` and return the result; people read ``key: value`` lines."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object as last line")

    def run(self, **options: Any) -> dict[str, Any]:
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options.pop("json")
        result = self.run(**options)
        if as_json:
            self.stdout.write(json.dumps(result, default=str, ensure_ascii=False))
            return
        for name, value in result.items():
            self.stdout.write(f"{name}: {_plain(value)}")


def _plain(value: Any) -> Any:
    return json.dumps(value, default=str, ensure_ascii=False) if isinstance(value, dict | list) else value
