"""The list under the figures of Kinetics: clients with two windows to compare, the greatest loss first.

It is the list of clients under other questions: the same columns and filters, sorted by what was gained or lost.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import FloatField
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.lists.clients import CLIENTS
from clients.models import Client
from common.lists.spec import Column, Empty, Rows, Scope
from kinetics.panels import compared, with_indicator

SHOWN = ("segment", "moved", "growth", "evidence", "chance", "why", "owner")


def _rows(user: Any) -> Rows:
    return compared(CLIENTS.rows(user))


def _why(client: Any) -> str:
    return reverse("kinetics:why", args=[client.pk, "revenue"])


_OWN = (
    Column(
        "chance", _("By chance"), with_indicator("chance", "change_p", FloatField()), "kinetics/columns/chance.html",
        position=46, numeric=True,
        help_text=_("How likely chance alone explains a change as large as this one."),
    ),
    # The link names its client to those who do not see the row, hence the whole record.
    Column(
        "why", _("Reasons"), template="kinetics/columns/why.html", position=47, sortable=False,
        value=lambda client: client, export=_why,
    ),
)  # fmt: skip


def _columns(user: Any) -> Sequence[Column]:
    first, *rest = CLIENTS.columns(user)
    rest = sorted([*rest, *_OWN], key=lambda column: column.position)
    return [first, *(replace(column, shown=column.key in SHOWN) for column in rest)]


def _scopes(user: Any) -> Sequence[Scope]:
    return [
        Scope("", _("All")),
        Scope("fell", _("Who fell"), lambda rows, user: rows.filter(moved__lt=0), sort="moved"),
        Scope("rose", _("Who rose"), lambda rows, user: rows.filter(moved__gt=0), sort="-moved"),
    ]


def _counted(count: int, shown: str, narrowed: bool) -> str:
    text = ngettext(
        "%(count)s client has a year to compare.", "%(count)s clients have a year to compare.", count
    )  # fmt: skip
    return text % {"count": shown}


MOVED = replace(
    CLIENTS, key="moved", title=_("Who rose and who fell"), url_name="kinetics:overview", rows=_rows, columns=_columns,
    passed=lambda user: compared(Client.objects.passed_by(user)),
    scopes=_scopes, default_sort="moved", counted=_counted, is_tab=False,
    empty=lambda user: Empty(
        _("Nobody to compare yet"),
        _("A client is compared once its orders reach back far enough for two windows of the same length."), "activity",
    ),
)  # fmt: skip
