"""Where the apps above add to the client's pages without this app knowing them.

An app registers in ``AppConfig.ready``. A panel is a part of the 360° page, a column a part of the
list (also a filter and a sort), a badge stands in the head of the client and in search results.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.utils.functional import Promise

from clients.models import Client

MONEY_TEMPLATE = "clients/columns/money.html"
Choices = Callable[[], list[tuple[str, str | Promise]]]
Annotate = Callable[[QuerySet[Any]], QuerySet[Any]]


@dataclass(frozen=True)
class Panel:
    """A part of the client's page.

    ``context(client, user)`` returns what ``template`` reads; ``None`` leaves the panel out.
    ``zone``: "head" (chips beside the name), "strip" (the indicators), "main" or "side". A panel with a ``title`` is framed as a section
    under that title, one without brings its own frame. ``scripts`` are static paths the page loads
    after ECharts and ``js/charts.js``.
    """

    key: str
    template: str
    context: Callable[[Client, Any], Mapping[str, Any] | None]
    zone: str = "main"
    position: int = 50
    title: str | Promise = ""
    scripts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column of the client list.

    ``annotate`` adds the value under ``key`` (no row may be lost: outer join or subquery);
    ``template`` prints ``value``, and nothing else of the row; ``sortable`` allows ``?sort=key`` and ``-key``,
    nulls last; ``choices`` makes it a filter ``?key=value``. ``export`` turns the value into what a
    CSV cell holds; without it money columns export units, filters their label, others the value.
    """

    key: str
    label: str | Promise
    annotate: Annotate
    template: str = "clients/columns/text.html"
    position: int = 50
    sortable: bool = True
    numeric: bool = False
    choices: Choices | None = None
    help_text: str | Promise = ""
    export: Callable[[Any], Any] | None = None

    def exporter(self) -> Callable[[Any], Any]:
        if self.export:
            return self.export
        if self.template == MONEY_TEMPLATE:
            return lambda cents: None if cents is None else Decimal(cents) / 100
        if self.choices:
            labels = {value: str(label) for value, label in self.choices()}
            return lambda value: labels.get(value, value)
        return lambda value: value

    def order_by(self, descending: bool) -> Any:
        return F(self.key).desc(nulls_last=True) if descending else F(self.key).asc(nulls_last=True)


_panels: dict[str, Panel] = {}
_columns: dict[str, Column] = {}


def add_panel(panel: Panel) -> None:
    _panels[panel.key] = panel


def add_column(column: Column) -> None:
    _columns[column.key] = column


def panels(zone: str) -> list[Panel]:
    return sorted((panel for panel in _panels.values() if panel.zone == zone), key=lambda p: p.position)


def columns() -> list[Column]:
    return sorted(_columns.values(), key=lambda column: column.position)
