"""The changes of segment of one day, written with the run that found them."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from common.arrays import Column, insert
from segmentation.models import SegmentationRun, SegmentEvent
from segmentation.rules.grid import SEGMENT_CODES, Features, Thresholds
from segmentation.rules.history import Cause, moves
from segmentation.rules.own import Method
from segmentation.rules.stability import NONE, Standings
from segmentation.selectors.own import stored_own

Ids = NDArray[np.int64]

_SEGMENTS = [segment.value for segment in SEGMENT_CODES]
_CAUSES = [Cause.VALUE.value, Cause.THRESHOLD.value, Cause.OWN.value]


@dataclass(frozen=True)
class Placed:
    """Where everybody stood on the ``earlier`` night (None: there was none) and stands now;
    ``lines_before`` were in force then."""

    before: Standings
    after: Standings
    lines_before: Thresholds
    earlier: SegmentationRun | None


@dataclass(frozen=True)
class _Found:
    """Positions of who changed, the labels before and after as indexes into ``labels``, and the causes."""

    index: Ids
    before: Ids
    after: Ids
    labels: list[str]
    cause: Ids


def write_events(
    run: SegmentationRun, features: Features, placed: Placed, own_ids: Ids | None, now: datetime
) -> int:
    """Replace the events of the run's day; returns how many there are.

    While a segmentation of the company's own is in force, its changes are the ones that are kept.
    """
    SegmentEvent.objects.filter(as_of=run.as_of).delete()
    was_own = placed.earlier is not None and placed.earlier.own_id is not None
    found = (
        _own_moves(run, features, placed, own_ids) if was_own or run.own_id else _moves(run, features, placed)
    )
    count = len(found.index)
    if not count:
        return 0
    insert(SegmentEvent._meta.db_table, {
        "client_id": Column("bigint", features.client_ids[found.index]),
        "as_of": Column("date", np.full(count, np.datetime64(run.as_of, "D"))),
        "before": Column("text", found.before, found.labels),
        "after": Column("text", found.after, found.labels),
        "cause": Column("text", found.cause, _CAUSES),
        "revenue_cents": Column("bigint", features.revenue_cents[found.index]),
        "margin_rate": Column("double precision", features.margin_rate[found.index]),
        "thresholds_id": Column("bigint", np.full(count, run.thresholds_id)),
        "rule_version": Column("text", np.zeros(count, dtype=int), [run.rule_version]),
        "at": Column("timestamp with time zone", np.full(count, np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "us"))),
    })  # fmt: skip
    return count


def _moves(run: SegmentationRun, features: Features, placed: Placed) -> _Found:
    found = moves(
        features, placed.before, placed.after, lines_before=placed.lines_before,
        moved=placed.lines_before != run.thresholds.lines, day=run.as_of.toordinal(),
    )  # fmt: skip
    return _Found(
        found.index, found.before.astype(np.int64), found.after.astype(np.int64), _SEGMENTS,
        found.by_line.astype(np.int64),
    )  # fmt: skip


def _own_moves(run: SegmentationRun, features: Features, placed: Placed, own_ids: Ids | None) -> _Found:
    """From the segment that counted the night before to the one that counts now."""
    assert placed.earlier is not None or own_ids is not None
    earlier = placed.earlier
    nobody = np.full(len(features), NONE, dtype=np.int64)
    before = nobody if earlier is None else placed.before.codes.astype(np.int64)
    if earlier is not None and earlier.own_id is not None:
        before = np.where(before == NONE, NONE, _OWN + stored_own(earlier, features.client_ids))
    after = placed.after.codes.astype(np.int64) if own_ids is None else _OWN + own_ids
    index = np.flatnonzero((before != NONE) & (before != after))
    values, places = np.unique(np.concatenate([before[index], after[index]]), return_inverse=True)
    labels = [_SEGMENTS[v] if v < _OWN else f"own:{v - _OWN}" if v > _OWN else "" for v in values.tolist()]
    same = earlier is not None and earlier.own_id == run.own_id
    by_value = same and run.own is not None and run.own.method == Method.RULES
    cause = _CAUSES.index(Cause.VALUE.value if by_value else Cause.OWN.value)
    return _Found(index, places[: len(index)], places[len(index) :], labels, np.full(len(index), cause))


_OWN = 1_000  # codes from here on are ids of own segments; this one itself is "in none"
