"""What a list is made of. An app declares it once; pages, exports, saved views and bulk acts read it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
Rows = QuerySet[Any]
Options = Sequence[tuple[str, Text]]

TEXT_CELL = "lists/cells/text.html"
DATE_CELL = "lists/cells/date.html"
MOMENT_CELL = "lists/cells/moment.html"
YES_CELL = "lists/cells/yes.html"
_MONEY = "money.html"  # cells of cents end so, whoever's they are
_ID = re.compile(r"[0-9]{1,18}")


def unchanged(rows: Rows) -> Rows:
    return rows


@dataclass(frozen=True)
class Column:
    """A column of a list.

    ``annotate`` adds the value under ``key`` (no row may be lost: outer join or subquery); ``value`` takes
    it from the row instead. ``annotate_all`` adds the same in a way that is quick for all rows, to sort by: where
    ``annotate`` looks into each row of a page. ``groups(rows, falling)`` parts rows by a value that very many share,
    in the order of the sort: a page found among the first needs no sort of the others. ``template`` prints ``value``, and nothing else of the row. ``sortable``
    allows ``?sort=key`` and ``-key``, nulls last, by ``sort`` (a path of the model) or by the annotation.
    ``choices`` makes it a filter ``?key=value``; ``only`` says it in a way that an index can answer. ``export`` turns the value into what a file holds;
    without it money exports units, choices their label, others the value. ``side`` is for what is read
    second; ``shown`` says whether the column stands there before anybody chooses.
    """

    key: str
    label: Text
    annotate: Callable[[Rows], Rows] = unchanged
    template: str = TEXT_CELL
    position: int = 50
    sortable: bool = True
    numeric: bool = False
    choices: Callable[[], list[tuple[str, Text]]] | None = None
    help_text: Text = ""
    export: Callable[[Any], Any] | None = None
    value: Callable[[Any], Any] | None = None
    sort: str = ""
    side: bool = False
    shown: bool = True
    only: Callable[[Rows, str], Rows] | None = None
    annotate_all: Callable[[Rows], Rows] | None = None
    groups: Callable[[Rows, bool], Iterator[Rows]] | None = None

    def of(self, row: Any) -> Any:
        return self.value(row) if self.value else getattr(row, self.key)

    def exporter(self) -> Callable[[Any], Any]:
        """Labels are put into words now: rows are read when the request's language is left."""
        if self.export:
            return self.export
        if self.template.endswith(_MONEY):
            return lambda cents: None if cents is None else Decimal(cents) / 100
        if self.choices:
            labels = {value: str(label) for value, label in self.choices()}
            return lambda value: labels.get(value, value)
        return lambda value: value


def _text(value: str) -> str:
    return value.replace("\x00", "")[:100].strip()


@dataclass(frozen=True)
class Filter:
    """A question to a list: ``?key=value``.

    ``options`` offers the answers to a user. A ``closed`` filter takes no other value; an open one takes
    what ``cleaned`` makes of it, "" for nonsense. ``named`` says in words what a value without an option
    means. ``primary`` filters stand in the bar, the others in its menu.
    """

    key: str
    label: Text
    apply: Callable[[Rows, str, Any], Rows]  # rows, value, user
    options: Callable[[Any], Options] | None = None
    closed: bool = True
    cleaned: Callable[[str], str] = _text
    named: Callable[[str, Any], Text] | None = None
    kind: str = "choice"  # what the page offers: choice, text or date
    primary: bool = False

    def read(self, raw: str, user: Any) -> str:
        value = self.cleaned(raw)
        if not value or not self.closed or self.options is None:
            return value
        return value if value in {code for code, _label in self.options(user)} else ""

    def worded(self, value: str, user: Any) -> Text:
        if self.options and (label := dict(self.options(user)).get(value)):
            return label
        return self.named(value, user) if self.named else value


def text_filter(key: str, label: Text, apply: Callable[[Rows, str, Any], Rows]) -> Filter:
    return Filter(key, label, apply, closed=False, kind="text")


def date_filter(key: str, label: Text, apply: Callable[[Rows, date, Any], Rows]) -> Filter:
    """A day in ISO form; what is none counts as not said."""

    def cleaned(raw: str) -> str:
        try:
            day = date.fromisoformat(raw) if len(raw) == 10 and raw.isascii() else None
        except ValueError:
            return ""
        # Beyond, a change of time zone would leave the calendar.
        return day.isoformat() if day and 1900 <= day.year <= 2200 else ""

    return Filter(
        key, label, lambda rows, value, user: apply(rows, date.fromisoformat(value), user), closed=False,
        cleaned=cleaned, kind="date",
        named=lambda value, user: date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT"),
    )  # fmt: skip


def id_filter(
    key: str, label: Text, path: str, options: Callable[[Any], Options], named: Callable[[str, Any], Text],
    *, primary: bool = False,
) -> Filter:  # fmt: skip
    """Rows that belong to a record; its number may be asked for although it is not offered."""

    def cleaned(raw: str) -> str:
        return raw if _ID.fullmatch(raw) else ""

    def apply(rows: Rows, value: str, user: Any) -> Rows:
        return rows.filter(**{path: int(value)})

    return Filter(key, label, apply, options, False, cleaned, named, primary=primary)


def choice_filter(
    key: str, label: Text, options: Options, *, path: str = "", primary: bool = False
) -> Filter:
    """Rows whose field ``path`` (default: ``key``) holds the chosen code."""

    def apply(rows: Rows, value: str, user: Any) -> Rows:
        return rows.filter(**{path or key: value})

    return Filter(key, label, apply, lambda user: options, primary=primary)


def yes_no_filter(key: str, label: Text, apply: Callable[[Rows, bool], Rows]) -> Filter:
    return Filter(
        key, label, lambda rows, value, user: apply(rows, value == "yes"),
        lambda user: [("yes", _("Yes")), ("no", _("No"))],
    )  # fmt: skip


def column_filter(column: Column) -> Filter:
    """A column with ``choices`` is a filter of its own."""
    choices, only = column.choices, column.only
    assert choices is not None

    def apply(rows: Rows, value: str, user: Any) -> Rows:
        return only(rows, value) if only else column.annotate(rows).filter(**{column.key: value})

    return Filter(column.key, column.label, apply, lambda user: choices(), primary=True)


@dataclass(frozen=True)
class Scope:
    """A quick filter; the one with the empty key is "everything visible". ``sort``: the order it is read in, unless
    the one that stands is kept."""

    key: str
    label: Text
    apply: Callable[[Rows, Any], Rows] = lambda rows, user: rows
    sort: str = ""


@dataclass(frozen=True)
class Empty:
    """What stands where no row does, and the next step."""

    title: Text
    text: Text = ""
    icon: str = "search"
    url: str = ""
    action: Text = ""


@dataclass(frozen=True, kw_only=True)
class ListSpec:
    """A list. ``rows`` starts from ``visible_to``; the first of ``columns`` names the row and always stands.

    ``passed`` says ``rows`` in a way for a pass over all of them, where ``rows`` is said for an index: for sorts by
    other columns than ``indexed``. ``counted(count, shown, narrowed)`` is the sentence under the title (``shown`` is the printed number);
    ``prepare`` adds the joins the shown rows need; ``prepare_record(rows, user)`` those
    of a complete file; ``small`` is a short note beside the name, such as a
    reference. ``record`` holds the columns of a complete export, which an import reads back: their keys are
    the header and never change. ``is_tab``: it stands among the lists above each list.
    """

    key: str
    title: Text
    url_name: str
    position: int
    rows: Callable[[Any], Rows]
    columns: Callable[[Any], Sequence[Column]]
    counted: Callable[[int, str, bool], str]
    empty: Callable[[Any], Empty]
    nothing_fits: Text
    default_sort: str
    filters: Callable[[Any], Sequence[Filter]] = lambda user: ()
    scopes: Callable[[Any], Sequence[Scope]] = lambda user: ()
    search: Callable[[Rows, str], Rows] | None = None
    search_hint: Text = ""
    prepare: Callable[[Rows], Rows] = unchanged
    prepare_record: Callable[[Rows, Any], Rows] = lambda rows, user: rows
    link: Callable[[Any], str] = lambda row: row.get_absolute_url()
    small: Callable[[Any], str] = lambda row: ""
    record: Sequence[Column] = field(default_factory=tuple)
    allowed: Callable[[Any], bool] = lambda user: True
    is_tab: bool = True
    passed: Callable[[Any], Rows] | None = None
    indexed: Sequence[str] = ()
