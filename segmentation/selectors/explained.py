"""One client's place in the grid: values, reasons, history, and a small picture."""

import math
from dataclasses import dataclass

from clients.models import Client
from clients.personal.profiling import profiled_q
from common.wording import explain
from segmentation.labels import REASONS
from segmentation.models import ClientSegment, SegmentEvent

MAX_STEPS = 30


def reasons_of(row: ClientSegment) -> list[str]:
    return [explain(reason, REASONS) for reason in row.classification.because]


def history_of(client: Client) -> list[SegmentEvent]:
    """The client's changes of segment, newest first."""
    return list(
        SegmentEvent.objects.filter(profiled_q(), client=client).order_by("-as_of", "-pk")[:MAX_STEPS]
    )


@dataclass(frozen=True)
class Position:
    """A dot in a picture of ``WIDTH`` by ``HEIGHT``, the lines crossing in its middle."""

    x: float
    y: float


WIDTH, HEIGHT, EDGE = 240, 164, 10


def position_of(row: ClientSegment) -> Position | None:
    """Where the client stands between the lines; null when a value or a line is missing.

    To the right: revenue on a log scale, thirtyfold the line at the edge. Upwards: margin, 30 points
    above the line at the edge. What lies further out stays on the edge.
    """
    lines = row.run.thresholds.lines
    if row.margin_rate is None or lines.revenue_cents is None or lines.margin_rate is None:
        return None
    richer = math.log(max(row.revenue_cents, 1) / max(lines.revenue_cents, 1), 30)
    better = (row.margin_rate - lines.margin_rate) / 0.3
    return Position(x=_placed(richer, WIDTH), y=_placed(-better, HEIGHT))


def _placed(offset: float, length: int) -> float:
    """``offset`` in [−1, 1] from the middle of ``length``, kept off the edge."""
    half = length / 2
    return round(half + max(-1.0, min(1.0, offset)) * (half - EDGE), 1)
