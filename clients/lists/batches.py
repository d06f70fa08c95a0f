"""The list of what was done with many records at once: imports, merges, bulk acts, exports, erasures."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.rights import sees_all
from clients.labels import BATCH_KINDS
from clients.models import Batch
from clients.rules import BatchKind
from common.lists.spec import MOMENT_CELL, Column, Empty, ListSpec, choice_filter, date_filter

_KINDS = [(kind.value, label) for kind, label in BATCH_KINDS.items()]


def _rows_of(batch: Batch) -> int | None:
    rows = batch.counts.get("changed", batch.counts.get("rows"))
    return rows if isinstance(rows, int) else None


_COLUMNS = [
    Column("label", _("What"), sort="label", value=lambda row: row.label or row.get_kind_display()),
    Column("kind", _("Kind"), sort="kind", position=20, value=lambda row: row.get_kind_display()),
    Column("at", _("When"), template=MOMENT_CELL, sort="at", position=30, numeric=True),
    Column("by", _("By"), sort="by__name", position=40, value=lambda row: row.by.name if row.by else None),
    Column("rows", _("Records"), sortable=False, position=50, numeric=True, value=_rows_of),
    Column("undone_at", _("Undone"), template=MOMENT_CELL, sort="undone_at", position=60, numeric=True, side=True),
]  # fmt: skip


def _link(batch: Batch) -> str:
    return reverse("clients:merged" if batch.kind == BatchKind.MERGE else "clients:batch", args=[batch.pk])


def _count(count: int, shown: str, narrowed: bool) -> str:
    if narrowed:
        text = ngettext("%(count)s act fits what you ask.", "%(count)s acts fit what you ask.", count)
    else:
        text = ngettext("%(count)s act on many records.", "%(count)s acts on many records.", count)
    return text % {"count": shown}


def _columns(user: Any) -> list[Column]:
    return _COLUMNS if sees_all(user) else [column for column in _COLUMNS if column.key != "by"]


BATCHES = ListSpec(
    key="batches", title=_("Journal"), url_name="clients:batch_list", position=90,
    rows=lambda user: Batch.objects.visible_to(user), columns=_columns,
    filters=lambda user: [
        choice_filter("kind", _("Kind"), _KINDS, primary=True),
        date_filter("since", _("Since"), lambda rows, day, user: rows.filter(at__date__gte=day)),
    ],
    default_sort="-at", search=lambda rows, text: rows.filter(label__icontains=text),
    prepare=lambda rows: rows.select_related("by"), link=_link,
    counted=_count, nothing_fits=_("No act fits"),
    empty=lambda user: Empty(
        _("Nothing was done with many records yet"),
        _("Imports, exports, merges and acts on many clients leave a line here."), "journal-text",
    ),
)  # fmt: skip
