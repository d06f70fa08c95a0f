import argparse
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone, translation

from accounts.models import User
from common.commands import JsonCommand, iso_date
from common.periods import local_date
from common.reading.refusals import FileRefused
from sales.imports import import_by_operator
from sales.presets import PRESETS
from sales.rules import Mapping, parse_columns

_DATE_HINT = "Say it with --date-format %d/%m/%Y or the like. "
# Which option settles what a file leaves open; the pages have a form for it.
HINTS = {
    "date_unclear": _DATE_HINT,
    "date_unknown": _DATE_HINT,
    "decimal_unclear": "Say it with --decimal. ",
    "encoding_mixed": "Or say it with --encoding. ",
    "columns_missing": "The first row of a file must name its columns. ",
}


def columns(text: str) -> dict[str, str]:
    try:
        return parse_columns(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


class Command(JsonCommand):
    help = "Import the orders of a CSV or XLSX file; importing the same file twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        how = parser.add_mutually_exclusive_group(required=True)
        how.add_argument("--mapping", choices=sorted(PRESETS), help="a mapping known by name")
        how.add_argument(
            "--map", type=columns, action="append", metavar="FIELD=COLUMN,…",
            help="client, day, amount (or quantity and unit_price), and optionally order, product, cost, "
            "currency, client_name, product_name, category, city, country; each by its column's name in the "
            "first row, or by its number (the first is 1)",
        )  # fmt: skip
        parser.add_argument(
            "--date-format", default="", help="as in strptime, e.g. %%d/%%m/%%Y; found out if left out"
        )
        parser.add_argument(
            "--decimal", choices=[".", ","], default="", help="decimal mark; found out if left out"
        )
        parser.add_argument("--encoding", default="", help="found out if left out")
        parser.add_argument("--owner", default="", metavar="EMAIL", help="owner of new clients")
        parser.add_argument(
            "--observed-from", type=iso_date, default=None, metavar="YYYY-MM-DD",
            help="first day the file covers, when new clients may have bought before it",
        )  # fmt: skip

    def run(self, **options: Any) -> dict[str, Any]:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        now = timezone.now()
        try:
            return import_by_operator(
                path=path, mapping=_mapping(options), owner=_owner(options["owner"]), now=now,
                today=_today(now), observed_from=options["observed_from"],
            )  # fmt: skip
        except FileRefused as refusal:
            raise CommandError(_refused(refusal)) from refusal


def _refused(refusal: FileRefused) -> str:
    with translation.override("en"):  # like all that commands say
        return f"{refusal} {HINTS.get(refusal.code, '')}[{refusal.code}]"


def _today(now: Any) -> date:
    return local_date(now, settings.TIME_ZONE)


def _mapping(options: dict[str, Any]) -> Mapping:
    if options["mapping"]:
        preset = PRESETS[options["mapping"]]
        given = Mapping(preset.columns, options["date_format"], options["decimal"], options["encoding"])
        return Mapping(
            preset.columns,
            given.date_format or preset.date_format,
            given.decimal_mark or preset.decimal_mark,
            given.encoding or preset.encoding,
        )
    merged = {field: column for part in options["map"] for field, column in part.items()}
    return Mapping(merged, options["date_format"], options["decimal"], options["encoding"])


def _owner(email: str) -> User | None:
    if not email:
        return None
    try:
        return User.objects.get(email__iexact=email, is_active=True)
    except User.DoesNotExist:
        raise CommandError(f"No active user has the e-mail {email}.") from None
