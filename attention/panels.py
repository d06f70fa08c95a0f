"""What the weekly lists add to the client's page."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.querysets import visible_q
from accounts.reader import Reader, reader
from attention.labels import ACTS, LINE_STATES
from attention.models import ListLine
from attention.rules.lines import LineState
from clients.dossier import is_profiled
from clients.registry import Dossier, Event, Panel, TimelineSource
from clients.timeline import PAGE_SIZE
from common.prepared import prepared

ON_LIST = "list"
LINES_SHOWN = 5


def _context(dossier: Dossier) -> Mapping[str, Any] | None:
    newest = sorted(dossier.of(newest_lines), key=lambda line: line.weekly_list.week, reverse=True)
    lines = newest[:LINES_SHOWN]
    if not lines:
        return None
    return {"lines": [{"line": line, "act": ACTS[line.act]} for line in lines]}


def newest_lines(dossier: Dossier, most: int = PAGE_SIZE + 1) -> list[ListLine]:
    """The newest lines of the client, whoever's list they stood on."""
    if not dossier.of(is_profiled):
        return []
    return _lines(dossier.client.pk, reader(dossier.user), most)


@prepared
def _lines(client: int, who: Reader, most: int) -> QuerySet[ListLine]:
    seen = visible_q(who, client="client__")  # profiling was asked for already
    lines = ListLine.objects.filter(seen, client=client).select_related("weekly_list__owner")
    return lines.order_by("-weekly_list__frozen_at", "-pk")[:most]


def _lists(dossier: Dossier, kinds: Sequence[str], most: int) -> list[Event]:
    """When the client stood on somebody's weekly list, and what came of it."""
    read = dossier.of(newest_lines)[:most] if most <= PAGE_SIZE + 1 else newest_lines(dossier, most)
    return [_listed(line) for line in read]


def _listed(line: ListLine) -> Event:
    frozen = line.weekly_list
    return Event(
        at=frozen.frozen_at,
        kind=ON_LIST,
        icon="calendar-week",
        title=gettext("On the list of week %(week)s") % {"week": frozen.iso_week},
        text=f"{ACTS[line.act]} · {LINE_STATES[LineState(line.state)]}",
        url=f"{reverse('home')}?owner={frozen.owner_id}&week={frozen.week}#line-{line.pk}",
        by=str(frozen.owner),
    )


client_timeline = TimelineSource("lists", {ON_LIST: _("Weekly list")}, _lists, position=40)
client_panel = Panel(
    key="attention",
    template="attention/panel.html",
    context=_context,
    zone="side",
    position=20,
    title=_("On the weekly list"),
)
