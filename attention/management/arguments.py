"""Arguments shared by the commands of this app."""

import argparse

from django.core.management.base import CommandParser

from common.periods import IsoWeek


def iso_week(text: str) -> IsoWeek:
    try:
        return IsoWeek.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def add_week(parser: CommandParser) -> None:
    parser.add_argument("--week", type=iso_week, required=True, help="ISO week such as 2026-W47")
