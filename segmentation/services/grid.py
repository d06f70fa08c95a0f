"""Writes of the grid: place everybody, note who moved."""

from dataclasses import asdict, replace
from datetime import date, datetime

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from accounts.models import User
from common.arrays import Column, days_of, insert
from common.locks import lock_until_commit
from common.periods import nights_to_forget
from sales.rollup import rebuild_dirty
from segmentation.models import ClientSegment, GridThresholds, OwnSegmentation, SegmentationRun
from segmentation.rules.grid import (
    RULE_VERSION,
    SEGMENT_CODES,
    Features,
    Preset,
    Thresholds,
    classify_all,
    count_segments,
    sum_segments,
)
from segmentation.rules.presets import propose
from segmentation.rules.stability import Standings, settle
from segmentation.selectors.features import Portfolio, portfolio_on, standings_before
from segmentation.selectors.own import own_in_force, own_segments_of
from segmentation.selectors.proposals import previews
from segmentation.selectors.runs import active_thresholds, earlier_run
from segmentation.services.events import Placed, write_events


@transaction.atomic
def classify_clients(*, as_of: date, now: datetime) -> SegmentationRun:
    """Place every client as of ``as_of`` under the active lines and publish the result.

    Who stands near a line stays where the newest run of an earlier day left it (``rules.stability``);
    under lines that were moved everybody is placed anew. Every change is kept as an event. A rerun of a
    day replaces that day's run and events; equal inputs give equal rows. The first run ever draws
    the lines by preset ABC, automatically. Readers see the run before or the run after, whole.
    """
    lock_until_commit("segmentation")
    rebuild_dirty()
    portfolio = portfolio_on(as_of)
    thresholds = _lines_in_force(portfolio, as_of, now)
    placed = _place(portfolio.features, thresholds.lines, as_of)
    own = own_in_force()
    own_ids = own_segments_of(own, portfolio, as_of) if own else None
    run = _create_run(as_of, thresholds, portfolio, placed.after, now, own)
    columns = _columns(run.pk, portfolio.features, placed.after, own_ids)
    insert(ClientSegment._meta.db_table, _largest_first(columns))
    write_events(run, portfolio.features, placed, own_ids, now)
    _publish(run)
    return run


def _create_run(
    as_of: date,
    thresholds: GridThresholds,
    portfolio: Portfolio,
    after: Standings,
    now: datetime,
    own: OwnSegmentation | None,
) -> SegmentationRun:
    features = portfolio.features
    return SegmentationRun.objects.create(
        as_of=as_of, thresholds=thresholds, rule_version=RULE_VERSION, computed_at=now, own=own,
        counts={
            "clients": len(features),
            "segments": count_segments(after.codes),
            "portfolio_margin_rate": portfolio.margin_rate,
            "sums": {name: asdict(total) for name, total in sum_segments(features, after.codes).items()},
            "proposals": previews(portfolio, after, thresholds.lines),
        },
    )  # fmt: skip


def _place(features: Features, lines: Thresholds, as_of: date) -> Placed:
    earlier = earlier_run(as_of)
    if earlier is None:
        plain = Standings.plain(classify_all(features, lines))
        return Placed(Standings.nobody(len(features)), plain, lines, None)
    before = standings_before(earlier, features.client_ids)
    lines_before = earlier.thresholds.lines
    if lines_before == lines:
        return Placed(before, settle(features, lines, before, as_of.toordinal()), lines, earlier)
    return Placed(before, Standings.plain(classify_all(features, lines)), lines_before, earlier)


def _lines_in_force(portfolio: Portfolio, as_of: date, now: datetime) -> GridThresholds:
    active = active_thresholds()
    if active is not None and (active.lines.complete or not active.automatic):
        return active
    lines = propose(Preset.ABC, portfolio.features, portfolio.margin_rate)
    if active is not None and active.lines == lines:
        return active
    return activated(preset=Preset.ABC, lines=lines, as_of=as_of, by=None, now=now)


def activated(
    *, preset: Preset, lines: Thresholds, as_of: date, by: User | None, now: datetime
) -> GridThresholds:
    return GridThresholds.objects.create(
        preset=preset.value, revenue_cents=lines.revenue_cents, margin_rate=lines.margin_rate,
        as_of=as_of, activated_at=now, activated_by=by,
    )  # fmt: skip


def _columns(
    run_id: int, features: Features, placed: Standings, own_ids: NDArray[np.int64] | None
) -> dict[str, Column]:
    own = np.zeros(len(features)) if own_ids is None else own_ids.astype(float)
    tenure = features.tenure_days.astype(float)
    tenure[features.tenure_days < 0] = np.nan
    return {
        "run_id": Column("bigint", np.full(len(features), run_id)),
        "client_id": Column("bigint", features.client_ids),
        "segment": Column("text", placed.codes, [segment.value for segment in SEGMENT_CODES]),
        "revenue_cents": Column("bigint", features.revenue_cents),
        "margin_rate": Column("double precision", features.margin_rate),
        "cost_coverage": Column("double precision", features.cost_coverage),
        "assumed_share": Column("double precision", features.assumed_share),
        "tenure_days": Column("integer", tenure),
        "pending": Column("text", placed.pending + 1, ["", *(segment.value for segment in SEGMENT_CODES)]),
        "pending_since": Column("date", days_of(placed.since)),
        "own_id": Column("bigint", np.where(own > 0, own, np.nan)),
    }


def _largest_first(columns: dict[str, Column]) -> dict[str, Column]:
    """In the order of the wider of the two indexes: it then grows at its end, an eighth cheaper."""
    order = np.argsort(-columns["revenue_cents"].values, kind="stable")
    return {name: replace(column, values=column.values[order]) for name, column in columns.items()}


def _publish(run: SegmentationRun) -> None:
    replaced = SegmentationRun.objects.filter(as_of=run.as_of, published=True)
    # Kept unpublished until the next run: a page that is being built still reads its rows.
    grace = list(replaced.values_list("pk", flat=True))
    replaced.update(published=False)
    run.published = True
    run.save(update_fields=["published"])
    _forget_old(run, grace)


def _forget_old(run: SegmentationRun, grace: list[int]) -> None:
    published = SegmentationRun.objects.filter(published=True)
    # A day computed once more stays, however long ago it is: somebody asked for it.
    old = nights_to_forget(published.values_list("as_of", flat=True)) - {run.as_of}
    unpublished = SegmentationRun.objects.filter(published=False).exclude(pk__in=[*grace, run.pk])
    gone = [
        *published.filter(as_of__in=old).values_list("pk", flat=True),
        *unpublished.values_list("pk", flat=True),
    ]
    ClientSegment.objects.filter(run__in=gone).delete()
    SegmentationRun.objects.filter(pk__in=gone).delete()
