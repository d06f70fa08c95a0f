import argparse
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone, translation

from accounts.models import User
from clients.rules import LegalBasis
from common.commands import JsonCommand, iso_date
from common.periods import local_date
from common.reading.refusals import FileRefused
from common.reading.shapes import Mapping, parse_columns
from intake.catalogue import OFFERS, Offer
from intake.imports import import_by_operator
from intake.reading import head
from intake.rules import Kind, Mode

_DATE_HINT = "Say it with --date-format %d/%m/%Y or the like. "
# Which option settles what a file leaves open; the pages have a form for it.
HINTS = {
    "date_unclear": _DATE_HINT,
    "date_unknown": _DATE_HINT,
    "decimal_unclear": "Say it with --decimal. ",
    "encoding_mixed": "Or say it with --encoding. ",
    "columns_missing": "The first row of a file must name its columns. ",
    "columns_unmapped": "Say it with --map. ",
}
ALL_FIELDS = tuple(dict.fromkeys(spec.name for offer in OFFERS.values() for spec in offer.fields))


def columns(text: str) -> dict[str, str]:
    try:
        return parse_columns(text, ALL_FIELDS)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def add_reading_arguments(parser: CommandParser, *, presets: list[str], required: bool) -> None:
    how = parser.add_mutually_exclusive_group(required=required)
    how.add_argument("--mapping", choices=presets, help="a mapping known by name")
    how.add_argument(
        "--map", type=columns, action="append", metavar="FIELD=COLUMN,…",
        help="each field by its column's name in the first row, or by its number (the first is 1); "
        "FIELD==VALUE says a value once for the whole file",
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
        help="first day a file of orders covers, when new clients may have bought before it",
    )  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="read and check all, write nothing")


class Command(JsonCommand):
    help = "Import records from a CSV or XLSX file; importing the same file twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("kind", choices=[kind.value for kind in Kind])
        parser.add_argument("file", type=Path)
        presets = sorted({name for offer in OFFERS.values() for name in offer.presets})
        add_reading_arguments(parser, presets=presets, required=False)
        parser.add_argument("--mode", choices=[mode.value for mode in Mode], default=Mode.UPSERT.value)
        parser.add_argument(
            "--legal-basis", choices=[basis.value for basis in LegalBasis],
            default=LegalBasis.LEGITIMATE_INTEREST.value, help="of the persons this file brings",
        )  # fmt: skip
        parser.add_argument("--source", default="", help="where their data came from; else the file's name")

    def run(self, **options: Any) -> dict[str, Any]:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        now = timezone.now()
        try:
            return import_by_operator(
                kind=Kind(options["kind"]), path=path, owner=owner_of(options["owner"]), now=now,
                mapping=mapping_of(OFFERS[Kind(options["kind"])], path, options), today=_today(now),
                mode=Mode(options["mode"]), dry_run=options["dry_run"], observed_from=options["observed_from"],
                legal_basis=options["legal_basis"], source=options["source"] or path.name[:120],
            )  # fmt: skip
        except FileRefused as refusal:
            raise CommandError(_refused(refusal)) from refusal


def _refused(refusal: FileRefused) -> str:
    with translation.override("en"):  # like all that commands say
        return f"{refusal} {HINTS.get(refusal.code, '')}[{refusal.code}]"


def _today(now: Any) -> date:
    return local_date(now, settings.TIME_ZONE)


def mapping_of(offer: Offer, path: Path, options: dict[str, Any]) -> Mapping:
    """As said; else a preset that fits, else by the names of the columns. Raises ``FileRefused``."""
    given = Mapping({}, options["date_format"], options["decimal"], options["encoding"])
    if options["map"]:
        merged = {field: column for part in options["map"] for field, column in part.items()}
        known = {spec.name for spec in offer.fields}
        if odd := [field for field in merged if field not in known]:
            raise CommandError(f"{', '.join(odd)}: none of {', '.join(sorted(known))}")
        return replace(given, columns=merged)
    if name := options["mapping"]:
        if name not in offer.presets:
            raise CommandError(f"{name} is no mapping of {offer.kind.value}")
        preset = offer.presets[name]
    else:
        header, _rows = head(path, path.name)
        preset = next(iter(offer.fitting(header).values()), None) or offer.guess(header)
    return Mapping(
        dict(preset.columns), given.date_format or preset.date_format,
        given.decimal_mark or preset.decimal_mark, given.encoding or preset.encoding,
    )  # fmt: skip


def owner_of(email: str) -> User | None:
    if not email:
        return None
    try:
        return User.objects.get(email__iexact=email, is_active=True)
    except User.DoesNotExist:
        raise CommandError(f"No active user has the e-mail {email}.") from None
