"""The decimal mark of a file, found on a sample of its numbers."""

from collections.abc import Iterable
from typing import Any

from common.numbers import parse_decimal, without_currency
from common.reading.refusals import FileRefused

MARKS = ".,"


def decimal_mark_of(values: Iterable[Any]) -> str:
    """The mark by which the values read; a point when no value has decimals. Raises ``FileRefused``."""
    only: dict[str, list[str]] = {mark: [] for mark in MARKS}
    either = ""
    for cell in values:
        if not isinstance(cell, str) or not any(mark in cell for mark in MARKS):
            continue
        by = [mark for mark in MARKS if _reads(cell, mark)]
        if len(by) == 1:
            only[by[0]].append(cell)
        elif by:
            either = either or cell
    return _verdict(only, either)


def _reads(cell: str, mark: str) -> bool:
    try:
        parse_decimal(without_currency(cell), mark)
    except ValueError:
        return False
    return True


def _verdict(only: dict[str, list[str]], either: str) -> str:
    points, commas = only["."], only[","]
    # A few slips are rejected row by row; a real mixture is for a person to sort out.
    if min(len(points), len(commas)) * 20 > max(len(points), len(commas)):
        raise FileRefused("decimal_mixed", first=commas[0], second=points[0])
    if points or commas:
        return "." if len(points) > len(commas) else ","
    if either:
        raise FileRefused("decimal_unclear", example=either)
    return "."
