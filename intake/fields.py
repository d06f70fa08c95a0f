"""Fields of records in files: how a cell becomes a value, or why it does not."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils import translation
from django.utils.functional import Promise

from common.exports import raw_cell
from common.numbers import parse_decimal
from common.reading.conventions import Conventions, folded
from common.reading.days import EARLIEST, LATEST
from common.text import clean
from intake.labels import NO_WORDS, YES_WORDS
from intake.rules import BadCell, Code

_email, _url = EmailValidator(), URLValidator(schemes=["http", "https"])
_PHONE = re.compile(
    r"[+(]?[\d(][\d\s().\-/+]*(?:\s*(?:x|ext|poste|#)\.?\s*\d{1,6})?", re.IGNORECASE | re.ASCII
)
_TIME = re.compile(r"(?:[T ])\s*(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?$", re.ASCII)
MAX_EMAIL = 254


@dataclass(frozen=True)
class Reading:
    """What cells are read with: the file's conventions, the day, the reader's zone and colleagues.

    ``people``: id and team id of active users by folded e-mail and name; ``None`` where two share a name.
    """

    conventions: Conventions
    today: date
    zone: tzinfo
    people: Mapping[str, tuple[int, int | None] | None] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)  # of the file, by field


Reader = Callable[[Any, Reading], Any]


@dataclass(frozen=True)
class FieldSpec:
    """One field of a kind. ``sql`` is its type in the staging table, ``usual`` folded names of columns."""

    name: str
    label: str | Promise
    read: Reader
    sql: str = "text"
    usual: tuple[str, ...] = ()
    required: bool = False
    nature: str = "text"  # "number" and "day" are settled by looking at the file
    help_text: str | Promise = ""
    options: Mapping[Any, str | Promise] = field(default_factory=dict)  # may be said once for the whole file


def _text_of(cell: Any) -> str:
    """The text of a cell; raises ``BadCell`` for a formula (an apostrophe before one makes it text)."""
    text = str(cell)
    if text.lstrip().startswith("="):
        raise BadCell(Code.FORMULA)
    return raw_cell(text)


def text(longest: int) -> Reader:
    def read(cell: Any, reading: Reading) -> str:
        found = clean(_text_of(cell))
        if len(found) > longest:
            raise BadCell(Code.TOO_LONG)
        return found

    return read


def long_text(longest: int) -> Reader:
    """Keeps the line breaks."""

    def read(cell: Any, reading: Reading) -> str:
        lines = _text_of(cell).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        found = "\n".join(clean(line) for line in lines).strip()
        if len(found) > longest:
            raise BadCell(Code.TOO_LONG)
        return found

    return read


def email(cell: Any, reading: Reading) -> str:
    found = clean(_text_of(cell))
    if not found.isascii():
        raise BadCell(Code.EMAIL_LETTERS)
    if len(found) > MAX_EMAIL:
        raise BadCell(Code.TOO_LONG)
    try:
        _email(found)
    except ValidationError:
        raise BadCell(Code.NOT_AN_EMAIL) from None
    return found


def phone(cell: Any, reading: Reading) -> str:
    found = clean(_text_of(cell))
    if len(found) > 40:
        raise BadCell(Code.TOO_LONG)
    if not _PHONE.fullmatch(found) or sum(letter.isdigit() for letter in found) < 3:
        raise BadCell(Code.NOT_A_PHONE)
    return found


def url(cell: Any, reading: Reading) -> str:
    found = clean(_text_of(cell))
    if "://" not in found:
        found = f"https://{found}"
    if len(found) > 200:
        raise BadCell(Code.TOO_LONG)
    try:
        _url(found)
    except ValidationError:
        raise BadCell(Code.NOT_A_URL) from None
    return found


def choice(labels: Mapping[Any, str | Promise], also: Mapping[str, str] | None = None) -> Reader:
    """One of an enum's codes, its words in every language of the site, or a word of ``also`` (folded)."""

    @cache
    def words() -> dict[str, str]:
        found = dict(also or {})
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                found |= {folded(str(label)): str(value) for value, label in labels.items()}
        return found | {folded(str(value)): str(value) for value in labels}

    def read(cell: Any, reading: Reading) -> str:
        try:
            return words()[folded(_text_of(cell))]
        except KeyError:
            raise BadCell(Code.NOT_A_CHOICE) from None

    return read


def yes_no(cell: Any, reading: Reading) -> bool:
    word = folded(_text_of(cell))
    if word in YES_WORDS and "-" not in str(cell):  # WooCommerce: -1 is a draft
        return True
    if word in NO_WORDS or str(cell).strip() == "-1":
        return False
    raise BadCell(Code.NOT_YES_OR_NO)


def day(*, future: bool = True) -> Reader:
    def read(cell: Any, reading: Reading) -> str:
        found = _day(cell, reading)
        if not future and found > reading.today:
            raise BadCell(Code.IN_FUTURE)
        return found.isoformat()

    return read


def _day(cell: Any, reading: Reading) -> date:
    if isinstance(cell, str):
        _text_of(cell)
    found = reading.conventions.read_day(cell)
    if found is None:
        raise BadCell(Code.NOT_A_DAY)
    if not EARLIEST <= found <= LATEST:
        raise BadCell(Code.DAY_OUT_OF_RANGE)
    return found


def moment(cell: Any, reading: Reading) -> datetime:
    """A day with or without its time; without a zone it is the reader's own. In UTC, never in the future."""
    found = _day(cell, reading)
    clock, zone = time(), reading.zone
    if isinstance(cell, datetime):
        clock = cell.time().replace(microsecond=0)
    elif isinstance(cell, str) and (match := _TIME.search(cell.strip())):
        clock = _clock(match)
        if match[4]:
            zone = _zone(match[4])
    if found > reading.today:
        raise BadCell(Code.IN_FUTURE)
    return datetime.combine(found, clock, zone).astimezone(UTC)


def _zone(written: str) -> tzinfo:
    try:
        return datetime.fromisoformat(f"2000-01-01T00:00:00{written.replace('Z', '+00:00')}").tzinfo or UTC
    except ValueError:  # more than a day
        raise BadCell(Code.NOT_A_DAY) from None


def _clock(match: re.Match[str]) -> time:
    try:
        return time(int(match[1]), int(match[2]), int(match[3] or 0))
    except ValueError:
        raise BadCell(Code.NOT_A_DAY) from None


def number(*, places: int, least: Decimal | int, most: Decimal | int) -> Reader:
    """Rounded to ``places``, halves to even."""
    step = Decimal(1).scaleb(-places)

    def read(cell: Any, reading: Reading) -> Decimal:
        found = _number(cell, reading)
        # Compared before rounding: a number with thousands of digits must not be worked on.
        if not Decimal(least) <= found <= Decimal(most):
            raise BadCell(Code.OUT_OF_RANGE)
        return found.quantize(step, ROUND_HALF_EVEN)

    return read


def whole(*, least: int, most: int) -> Reader:
    read_number = number(places=0, least=least, most=most)
    return lambda cell, reading: int(read_number(cell, reading))


def _number(cell: Any, reading: Reading) -> Decimal:
    if isinstance(cell, bool) or (isinstance(cell, float) and not math.isfinite(cell)):
        raise BadCell(Code.NOT_A_NUMBER)
    if isinstance(cell, (int, float)):
        return Decimal(str(cell))
    written = _text_of(cell) if isinstance(cell, str) else str(cell)
    try:
        return parse_decimal(written, reading.conventions.decimal_mark)
    except ValueError:
        raise BadCell(Code.NOT_A_NUMBER) from None


def colleague(cell: Any, reading: Reading) -> int:
    """The id of an active user whom the importer may see, by e-mail or by a name that is one person's."""
    found = reading.people.get(folded_person(_text_of(cell)))
    if found is None:
        raise BadCell(Code.OWNER_UNKNOWN)
    return found[0]


def folded_person(name: str) -> str:
    return clean(name).casefold()


def words(longest: int, most: int = 20) -> Reader:
    """Several short texts, parted by commas, semicolons or bars; once each, in the order of the file."""

    def read(cell: Any, reading: Reading) -> Sequence[str]:
        found = [clean(part) for part in re.split(r"[,;|]", _text_of(cell))]
        found = list(dict.fromkeys(part for part in found if part))
        if len(found) > most or any(len(part) > longest for part in found):
            raise BadCell(Code.TOO_LONG)
        return found

    return read
