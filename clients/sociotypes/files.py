"""Answers out of a CSV file: paper questionnaires, another tool's export."""

import csv
import io
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from clients.sociotypes.rules.instrument import CURRENT
from clients.sociotypes.rules.scoring import Channel, Score, score_many, scores_as_rows
from common.numbers import parse_decimal
from common.text import clean

ITEM_COLUMNS = tuple(f"i{number}" for number in range(1, len(CURRENT.items) + 1))
MAX_ROWS = 200_000


class AnswersRefused(Exception):
    """The file cannot be read as answers; the message names the line and says why."""


@dataclass(frozen=True)
class Sheets:
    refs: list[str]
    answers: Any  # n × 12, NaN where not answered
    channels: list[Channel]
    seconds: list[float | None]

    def scores(self) -> list[Score]:
        return scores_as_rows(score_many(self.answers), self.channels, self.seconds)

    def scored(self) -> list[dict[str, Any]]:
        return [as_json(ref, score) for ref, score in zip(self.refs, self.scores(), strict=True)]


def as_json(ref: str, score: Score) -> dict[str, Any]:
    """An answer as others build on it; its age is not known to a file, so it counts as given today."""
    return {
        "ref": ref,
        "scales": {scale: _rounded(value) for scale, value in score.scales.items()},
        "type": score.type,
        "also": score.also,
        "acts_as": score.acts_as,
        "p": None if score.p is None else [_rounded(value) for value in score.p],
        "status": score.status,
        "readiness": _rounded(score.readiness),
        "confidence": _rounded(score.base_confidence),
        "flags": list(score.flags),
        "suspect": bool(score.flags),
        "because": [reason.as_json() for reason in score.because],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 9)


def read_answers(data: bytes) -> Sheets:
    """UTF-8, separated by comma, semicolon or tab. Raises ``AnswersRefused``."""
    try:
        return _sheets(_rows(data))
    except csv.Error as error:
        raise AnswersRefused(f"not a table: {error}") from error


def _sheets(rows: "csv.DictReader[str]") -> Sheets:
    refs, answers, channels, seconds = [], [], [], []
    for line, row in enumerate(rows, start=2):
        if line - 1 > MAX_ROWS:
            raise AnswersRefused(f"more than {MAX_ROWS} rows")
        if not any((value or "").strip() for value in row.values() if isinstance(value, str)):
            continue
        ref = clean(row.get("ref") or "")
        if not ref:
            raise AnswersRefused(f"line {line}: ref is empty")
        refs.append(ref)
        answers.append([_choice(row.get(name), line, name) for name in ITEM_COLUMNS])
        channels.append(_channel(row.get("channel"), line))
        seconds.append(_seconds(row.get("seconds"), line))
    return Sheets(refs, np.array(answers, dtype=float).reshape(-1, len(ITEM_COLUMNS)), channels, seconds)


def _rows(data: bytes) -> "csv.DictReader[str]":
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AnswersRefused("the file is not UTF-8") from error
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    reader.fieldnames = [(name or "").strip().lower() for name in reader.fieldnames or []]
    missing = [name for name in ("ref", *ITEM_COLUMNS) if name not in reader.fieldnames]
    if missing:
        raise AnswersRefused(f"column {missing[0]} is missing")
    return reader


def _choice(text: str | None, line: int, name: str) -> float:
    text = (text or "").strip()
    if not text:
        return np.nan
    if text not in {"1", "2", "3", "4", "5"}:
        raise AnswersRefused(f"line {line}: {name} is {text[:20]!r}, not 1 to 5 or empty")
    return float(text)


def _channel(text: str | None, line: int) -> Channel:
    text = (text or "").strip().lower()
    try:
        return Channel(text) if text else Channel.SELF
    except ValueError as error:
        raise AnswersRefused(f"line {line}: channel is {text[:20]!r}, not self, phone or observed") from error


def _seconds(text: str | None, line: int) -> float | None:
    text = (text or "").strip()
    if not text:
        return None
    try:
        value = float(parse_decimal(text, "." if "." in text else ","))
    except ValueError as error:
        raise AnswersRefused(f"line {line}: seconds is {text[:20]!r}, not a number") from error
    if value < 0:
        raise AnswersRefused(f"line {line}: seconds is below 0")
    return value


def read_refs(data: bytes) -> list[str]:
    """References of clients: one a line, or the column ``ref`` of a CSV. Raises ``AnswersRefused``."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AnswersRefused("the file is not UTF-8") from error
    lines = [clean(line) for line in text.splitlines()]
    head = next((line for line in lines if line), "")
    delimiter = max(",;\t", key=head.count)
    names = [clean(name).lower() for name in head.split(delimiter)]
    if "ref" not in names:
        return refs_of(text)
    place = names.index("ref")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [clean(row[place]) for row in list(rows)[1:] if len(row) > place and clean(row[place])]
    except csv.Error as error:
        raise AnswersRefused(f"not a table: {error}") from error


def refs_of(text: str) -> list[str]:
    """One reference a line, or several with commas, semicolons or tabs between them."""
    return [ref for part in re.split(r"[\n\r,;\t]+", text) if (ref := clean(part))]
