"""The changes of segment of one day, written with the run that found them."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from common.arrays import Column, insert
from segmentation.models import SegmentationRun, SegmentEvent
from segmentation.rules.grid import SEGMENT_CODES, Features, Thresholds
from segmentation.rules.history import Cause, moves
from segmentation.rules.stability import Standings

_SEGMENTS = [segment.value for segment in SEGMENT_CODES]


@dataclass(frozen=True)
class Placed:
    """Where everybody stood on the earlier day and stands now; ``lines_before`` were in force then."""

    before: Standings
    after: Standings
    lines_before: Thresholds


def write_events(run: SegmentationRun, features: Features, placed: Placed, now: datetime) -> int:
    """Replace the events of the run's day; returns how many there are."""
    SegmentEvent.objects.filter(as_of=run.as_of).delete()
    found = moves(
        features, placed.before, placed.after, lines_before=placed.lines_before,
        moved=placed.lines_before != run.thresholds.lines, day=run.as_of.toordinal(),
    )  # fmt: skip
    count = len(found.index)
    if not count:
        return 0
    insert(SegmentEvent._meta.db_table, {
        "client_id": Column("bigint", features.client_ids[found.index]),
        "as_of": Column("date", np.full(count, np.datetime64(run.as_of, "D"))),
        "before": Column("text", found.before, _SEGMENTS),
        "after": Column("text", found.after, _SEGMENTS),
        "cause": Column("text", found.by_line.astype(int), [Cause.VALUE.value, Cause.THRESHOLD.value]),
        "revenue_cents": Column("bigint", features.revenue_cents[found.index]),
        "margin_rate": Column("double precision", features.margin_rate[found.index]),
        "thresholds_id": Column("bigint", np.full(count, run.thresholds_id)),
        "rule_version": Column("text", np.zeros(count, dtype=int), [run.rule_version]),
        "at": Column("timestamp with time zone", np.full(count, np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "us"))),
    })  # fmt: skip
    return count
