"""Where the apps above add to the client's pages without this app knowing them.

An app registers in ``AppConfig.ready``. A panel is a part of the 360° page, a column a part of the
list (also a filter and a sort), a badge stands in the head of the client and in search results.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from clients.dossier import Dossier
from common.lists.spec import Column

__all__ = ["MONEY_TEMPLATE", "Column", "Command", "Dossier", "Event", "Hit", "Join", "Panel", "Revenue", "SearchSource", "Shape", "TimelineSource", "add_column", "add_command", "add_join", "add_panel", "add_search", "add_shape", "add_timeline", "columns", "commands_for", "joined", "later_panels", "panels", "revenue_of", "search_sources", "set_revenue_source", "shapes", "timeline_sources"]  # fmt: skip

MONEY_TEMPLATE = "clients/columns/money.html"


@dataclass(frozen=True)
class Panel:
    """A part of the client's page.

    ``context(dossier)`` returns what ``template`` reads; ``None`` leaves the panel out.
    ``zone``: "head" (chips beside the name), "strip" (the indicators), "main" or "side". A panel with a ``title`` is framed as a section
    under that title, one without brings its own frame. ``scripts`` are static paths the page loads
    after ECharts and ``js/charts.js``, ``styles`` its own sheets. One that is ``later`` comes in a second answer
    right after the page (main and side only): what nobody reads first.
    """

    key: str
    template: str
    context: Callable[[Dossier], Mapping[str, Any] | None]
    zone: str = "main"
    position: int = 50
    title: str | Promise = ""
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    later: bool = False


@dataclass(frozen=True)
class Event:
    """One line of a client's timeline. ``kind`` is one of its source's kinds; ``title`` and ``text`` are
    plain words; ``template`` prints ``record`` instead, with its own acts."""

    at: datetime
    kind: str
    icon: str
    title: str | Promise = ""
    text: str | Promise = ""
    url: str = ""
    by: str = ""
    template: str = ""
    record: Any = None


@dataclass(frozen=True)
class TimelineSource:
    """Where events of a client come from: talks, tasks, imports, merges, mails, classes.

    ``events(dossier, kinds, most)`` returns the newest ``most`` events of ``kinds`` (a subset of the
    source's own) that its reader may see, newest first, in a number of queries that does not grow with them.
    ``kinds`` maps each kind to the word of its filter.
    """

    key: str
    kinds: Mapping[str, str | Promise]
    events: Callable[[Dossier, Sequence[str], int], Sequence[Event]]
    position: int = 50


@dataclass(frozen=True)
class Revenue:
    """Net revenue in cents of the last 364 days and of the 364 before."""

    now: int
    before: int


RevenueSource = Callable[[Sequence[int], date], Mapping[int, Revenue]]
"""``(client ids, last day)`` → revenue by client id; a client nobody ever sold to is left out."""


@dataclass(frozen=True)
class Hit:
    """One record that search found."""

    title: str
    url: str
    note: str = ""
    ref: str = ""
    icon: str = ""


@dataclass(frozen=True)
class SearchSource:
    """``hits(user, text, limit)``: at most ``limit`` records ``user`` may see, in one query or two."""

    key: str
    label: str | Promise
    hits: Callable[[Any, str, int], Sequence[Hit]]
    position: int = 50


@dataclass(frozen=True)
class Command:
    """Something to do from anywhere; ``allowed`` takes the user. ``words`` are found too."""

    label: str | Promise
    url_name: str
    icon: str
    words: str | Promise = ""
    allowed: Callable[[Any], bool] = lambda user: True


Join = Callable[[QuerySet[Any]], QuerySet[Any]]
"""``clients`` → the same with one row of another table joined to each: read with the client in one query."""


@dataclass(frozen=True)
class Shape:
    """Another page that shows the rows of a list, under the same address of filters: the grid of the clients."""

    label: str | Promise
    icon: str
    url_name: str


_shapes: dict[str, list[Shape]] = {}
_commands: dict[str, Command] = {}
_joins: dict[str, tuple[Join, bool]] = {}
_search: dict[str, SearchSource] = {}
_panels: dict[str, Panel] = {}
_revenue: list[RevenueSource] = []
_timeline: dict[str, TimelineSource] = {}
_columns: dict[str, Column] = {}


def add_panel(panel: Panel) -> None:
    _panels[panel.key] = panel


def add_shape(list_key: str, shape: Shape) -> None:
    _shapes[list_key] = [*(one for one in _shapes.get(list_key, []) if one.url_name != shape.url_name), shape]


def shapes(list_key: str) -> list[Shape]:
    return _shapes.get(list_key, [])


def add_join(key: str, join: Join, *, later: bool = False) -> None:
    """``later``: only panels that come later ask for it."""
    _joins[key] = (join, later)


def joined(clients: QuerySet[Any], whens: Collection[bool] = (False, True)) -> QuerySet[Any]:
    """With what the apps above read together with the client of a page, now (False) or later (True)."""
    for join, later in _joins.values():
        if later in whens:
            clients = join(clients)
    return clients


def add_column(column: Column) -> None:
    _columns[column.key] = column


def add_timeline(source: TimelineSource) -> None:
    _timeline[source.key] = source


def add_search(source: SearchSource) -> None:
    _search[source.key] = source


def search_sources() -> list[SearchSource]:
    return sorted(_search.values(), key=lambda source: source.position)


def add_command(command: Command) -> None:
    _commands[command.url_name] = command


def commands_for(user: Any) -> list[Command]:
    return [command for command in _commands.values() if command.allowed(user)]


def set_revenue_source(source: RevenueSource) -> None:
    _revenue[:] = [source]


def revenue_of(client_ids: Sequence[int], until: date) -> Mapping[int, Revenue]:
    return _revenue[0](client_ids, until) if _revenue and client_ids else {}


def timeline_sources() -> list[TimelineSource]:
    return sorted(_timeline.values(), key=lambda source: source.position)


def panels(zone: str) -> list[Panel]:
    return sorted((panel for panel in _panels.values() if panel.zone == zone), key=lambda p: p.position)


def later_panels() -> list[Panel]:
    return [panel for zone in ("main", "side") for panel in panels(zone) if panel.later]


def columns() -> list[Column]:
    return sorted(_columns.values(), key=lambda column: column.position)
