"""Changes of segment in the client's timeline."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from clients.registry import Dossier, Event, TimelineSource
from segmentation import dossier as parts

MOVED = "segment"


def _events(dossier: Dossier, kinds: Sequence[str], most: int) -> list[Event]:
    rows = dossier.of(parts.moves)[:most] if most <= parts.EVENTS_READ else parts.moves(dossier, most)
    return [
        Event(
            at=row.at, kind=MOVED, icon="arrow-left-right", template="segmentation/timeline_event.html", record=row
        )
        for row in rows
    ]  # fmt: skip


moves = TimelineSource("segments", {MOVED: _("Change of segment")}, _events, position=50)
