"""Writes of the grid: classify everybody, move the lines."""

from dataclasses import asdict
from datetime import date, datetime

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from accounts.models import User
from common.arrays import Column, insert
from common.locks import lock_until_commit
from common.periods import nights_to_forget
from sales.rollup import rebuild_dirty
from segmentation.models import ClientSegment, GridThresholds, SegmentationRun
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
from segmentation.selectors.features import Portfolio, portfolio_on, stored_portfolio
from segmentation.selectors.runs import active_thresholds, published_run


@transaction.atomic
def classify_clients(*, as_of: date, now: datetime) -> SegmentationRun:
    """Place every client as of ``as_of`` under the active lines and publish the result.

    A rerun of a day replaces that day's run; equal inputs give equal rows. The first run ever draws
    the lines by preset ABC, automatically. Readers see the run before or the run after, whole.
    """
    lock_until_commit("segmentation")
    rebuild_dirty()
    portfolio = portfolio_on(as_of)
    thresholds = _lines_in_force(portfolio, as_of, now)
    codes = classify_all(portfolio.features, thresholds.lines)
    run = SegmentationRun.objects.create(
        as_of=as_of, thresholds=thresholds, rule_version=RULE_VERSION, computed_at=now,
        counts={
            "clients": len(portfolio.features),
            "segments": count_segments(codes),
            "portfolio_margin_rate": portfolio.margin_rate,
            "sums": {name: asdict(total) for name, total in sum_segments(portfolio.features, codes).items()},
        },
    )  # fmt: skip
    insert(ClientSegment._meta.db_table, _columns(run.pk, portfolio.features, codes))
    _publish(run)
    return run


def _lines_in_force(portfolio: Portfolio, as_of: date, now: datetime) -> GridThresholds:
    active = active_thresholds()
    if active is not None and (active.lines.complete or not active.automatic):
        return active
    lines = propose(Preset.ABC, portfolio.features, portfolio.margin_rate)
    if active is not None and active.lines == lines:
        return active
    return _activate(preset=Preset.ABC, lines=lines, as_of=as_of, by=None, now=now)


def _activate(
    *, preset: Preset, lines: Thresholds, as_of: date, by: User | None, now: datetime
) -> GridThresholds:
    return GridThresholds.objects.create(
        preset=preset.value, revenue_cents=lines.revenue_cents, margin_rate=lines.margin_rate,
        as_of=as_of, activated_at=now, activated_by=by,
    )  # fmt: skip


def _columns(run_id: int, features: Features, codes: NDArray[np.int8]) -> dict[str, Column]:
    tenure = features.tenure_days.astype(float)
    tenure[features.tenure_days < 0] = np.nan
    return {
        "run_id": Column("bigint", np.full(len(features), run_id)),
        "client_id": Column("bigint", features.client_ids),
        "segment": Column("text", codes, [segment.value for segment in SEGMENT_CODES]),
        "revenue_cents": Column("bigint", features.revenue_cents),
        "margin_rate": Column("double precision", features.margin_rate),
        "cost_coverage": Column("double precision", features.cost_coverage),
        "assumed_share": Column("double precision", features.assumed_share),
        "tenure_days": Column("integer", tenure),
    }


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


@transaction.atomic
def activate_thresholds(
    *, preset: Preset, as_of: date, by: User, now: datetime, typed: Thresholds | None = None
) -> GridThresholds:
    """Put a preset's lines, or the ``typed`` ones, in force and classify the same day again at once.

    ``as_of`` names the published run the lines were previewed on. Asked twice, the second time
    changes nothing. Raises ``ValueError`` when a preset has nothing to draw its lines from.
    """
    lock_until_commit("segmentation")
    lines = typed if preset is Preset.TYPED else _proposed(preset, as_of)
    if lines is None or not lines.complete:
        raise ValueError("no lines to activate")
    active = active_thresholds()
    if active and active.preset == preset and active.lines == lines and not active.automatic:
        return active
    thresholds = _activate(preset=preset, lines=lines, as_of=as_of, by=by, now=now)
    classify_clients(as_of=as_of, now=now)
    return thresholds


def _proposed(preset: Preset, as_of: date) -> Thresholds | None:
    run = published_run(as_of)
    if run is None:
        return None
    portfolio, _ = stored_portfolio(run)
    return propose(preset, portfolio.features, portfolio.margin_rate)
