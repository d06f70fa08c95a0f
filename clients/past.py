"""The history of a client in words: who changed which field when, from what to what."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.labels import CHANGE_ACTS
from clients.models import Change, Client
from clients.rules import ChangeAct
from clients.services.records import TAGS_OF_CLIENT
from common.paging import Page

PAGE_SIZE = 25
MAX_PAGE = 400
UNKNOWN = "–"
TAGS = gettext_lazy("Tags")
SHOWN_OF_NEW = 12
# Known by what the change hangs on; said again they would only lengthen the list.
_LEFT_OUT = frozenset(
    {"client_id", "created_by_id", "origin", "is_client", "changed_by_id", "changed_at", "recorded_at"}
)


@dataclass(frozen=True)
class FieldChange:
    label: str | Promise
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One change. ``emptied``: its values were erased with the person."""

    change: Change
    act: str | Promise
    what: str
    fields: list[FieldChange]
    emptied: bool


@dataclass(frozen=True, kw_only=True)
class History(Page[Entry]):
    pass


def history(client: Client, user: Any, number: int = 1) -> History:
    """One page, newest first: one query for the changes and one for each kind of record they name."""
    number = min(max(number, 1), MAX_PAGE)
    changes = Change.objects.visible_to(user).filter(client=client).select_related("by", "batch")
    first = (number - 1) * PAGE_SIZE
    found = list(changes.order_by("-at", "-pk")[first : first + PAGE_SIZE + 1])
    return History(
        rows=_entries(found[:PAGE_SIZE], user), number=number, size=PAGE_SIZE, has_next=len(found) > PAGE_SIZE
    )


def last_change(record: models.Model) -> Change | None:
    changes = Change.objects.filter(model=record._meta.label_lower, record_id=record.pk)
    return changes.select_related("by").order_by("-at", "-pk").first()


def _entries(changes: list[Change], user: Any) -> list[Entry]:
    names = _Names(changes, user)
    return [_entry(change, names) for change in changes]


def _entry(change: Change, names: "_Names") -> Entry:
    model = _model(change.model)
    keys = list(dict.fromkeys([*(change.after or {}), *(change.before or {})]))
    rows = [_field(model, key, change, names) for key in keys if key not in _LEFT_OUT]
    shown = [row for row in rows if row.before != row.after]
    return Entry(
        change=change,
        act=CHANGE_ACTS[ChangeAct(change.act)],
        what=_what(model, change.model),
        fields=shown[:SHOWN_OF_NEW] if change.act != ChangeAct.UPDATED else shown,
        emptied=not change.before and not change.after,
    )


def _model(label: str) -> type[models.Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _what(model: type[models.Model] | None, label: str) -> str:
    if label == TAGS_OF_CLIENT:
        return capfirst(str(Client._meta.verbose_name))
    return capfirst(str(model._meta.verbose_name)) if model else label


def _field(model: type[models.Model] | None, key: str, change: Change, names: "_Names") -> FieldChange:
    before, after = (change.before or {}).get(key), (change.after or {}).get(key)
    if key == "tags":
        return FieldChange(TAGS, _listed(before), _listed(after))
    field = _column(model, key)
    label = capfirst(str(field.verbose_name)) if field is not None else key
    return FieldChange(label, printed(field, before, names), printed(field, after, names))


def _listed(tags: Any) -> str:
    """Tags of one client as a list, or the one a bulk act put on or took off."""
    return (tags if isinstance(tags, str) else ", ".join(tags or [])) or UNKNOWN


def _column(model: type[models.Model] | None, key: str) -> Any:
    if model is None:
        return None
    try:
        return model._meta.get_field(key.removesuffix("_id") if key.endswith("_id") else key)
    except FieldDoesNotExist:
        return None


def printed(field: Any, value: Any, names: "_Names | None" = None) -> str:
    """A stored value as the reader knows it from the forms; "–" when there is none."""
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field is not None and field.is_relation:
        return names.of(field.related_model, value) if names else str(value)
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _day(field, value) or str(value)


def _day(field: Any, value: Any) -> str:
    if isinstance(field, models.DateTimeField):
        moment = value if isinstance(value, datetime) else parse_datetime(str(value))
        return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else ""
    if isinstance(field, models.DateField):
        day = value if isinstance(value, date) else parse_date(str(value))
        return date_format(day, "SHORT_DATE_FORMAT") if day else ""
    return ""


class _Names:
    """Names behind the keys that changes hold, one query a model; what the reader may not see stays unnamed."""

    def __init__(self, changes: Iterable[Change], user: Any) -> None:
        wanted: dict[type[models.Model], set[int]] = defaultdict(set)
        for change in changes:
            for values in (change.before or {}, change.after or {}):
                self._collect(_model(change.model), values, wanted)
        self._names = {model: self._read(model, keys, user) for model, keys in wanted.items()}

    def _collect(
        self, model: type[models.Model] | None, values: Mapping[str, Any], wanted: dict[Any, set[int]]
    ) -> None:
        for key, value in values.items():
            field = _column(model, key)
            if key not in _LEFT_OUT and isinstance(value, int) and field is not None and field.is_relation:
                wanted[field.related_model].add(value)

    def _read(self, model: Any, keys: set[int], user: Any) -> dict[int, str]:
        rows = model._default_manager.filter(pk__in=keys)
        # Users and teams are named as on every page; what belongs to a client only when it is in sight.
        if model._meta.app_label == "clients" and hasattr(rows, "visible_to"):
            rows = rows.visible_to(user)
        return {row.pk: str(row) for row in rows}

    def of(self, model: Any, key: Any) -> str:
        return self._names.get(model, {}).get(key) or _("not visible to you")
