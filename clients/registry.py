"""Where the apps above add to the client's pages without this app knowing them.

An app registers in ``AppConfig.ready``. A panel is a part of the 360° page, a column a part of the
list (also a filter and a sort), a badge stands in the head of the client and in search results.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from clients.models import Client
from common.lists.spec import Column

__all__ = ["MONEY_TEMPLATE", "Column", "Panel", "add_column", "add_panel", "columns", "panels"]

MONEY_TEMPLATE = "clients/columns/money.html"


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
