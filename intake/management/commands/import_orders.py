from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from clients.rules import LegalBasis
from common.commands import JsonCommand
from intake.catalogue import ORDERS
from intake.management.commands import import_records
from intake.rules import Kind, Mode


class Command(import_records.Command):
    """``import_records orders`` under its older name; the mapping must be said."""

    help = "Import the orders of a CSV or XLSX file; importing the same file twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        JsonCommand.add_arguments(self, parser)
        parser.add_argument("file", type=Path)
        import_records.add_reading_arguments(parser, presets=sorted(ORDERS.presets), required=True)

    def run(self, **options: Any) -> dict[str, Any]:
        fixed = {
            "kind": Kind.ORDERS.value, "mode": Mode.UPSERT.value, "source": "",
            "legal_basis": LegalBasis.LEGITIMATE_INTEREST.value,
        }  # fmt: skip
        return super().run(**options, **fixed)
