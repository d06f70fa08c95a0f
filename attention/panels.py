"""What the weekly lists add to the client's page."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attention.labels import ACTS, LINE_STATES
from attention.models import ListLine
from attention.rules.lines import LineState
from attention.selectors.week import lines_of
from clients.models import Client
from clients.registry import Event, Panel, TimelineSource

ON_LIST = "list"


def _context(client: Client, user: Any) -> Mapping[str, Any] | None:
    lines = lines_of(client, user)
    if not lines:
        return None
    return {"lines": [{"line": line, "act": ACTS[line.act]} for line in lines]}


def _lists(client: Client, user: Any, kinds: Sequence[str], most: int) -> list[Event]:
    """When the client stood on somebody's weekly list, and what came of it."""
    lines = ListLine.objects.visible_to(user).filter(client=client).select_related("weekly_list__owner")
    return [_listed(line) for line in lines.order_by("-weekly_list__frozen_at", "-pk")[:most]]


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
