"""Changes of segment in the client's timeline."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.personal.profiling import profiled_q
from clients.registry import Event, TimelineSource
from segmentation.models import SegmentEvent

MOVED = "segment"


def _events(client: Client, user: Any, kinds: Sequence[str], most: int) -> list[Event]:
    rows = SegmentEvent.objects.visible_to(user).filter(profiled_q(), client=client)
    return [
        Event(
            at=row.at, kind=MOVED, icon="arrow-left-right", template="segmentation/timeline_event.html", record=row
        )
        for row in rows.order_by("-at", "-pk")[:most]
    ]  # fmt: skip


moves = TimelineSource("segments", {MOVED: _("Change of segment")}, _events, position=50)
