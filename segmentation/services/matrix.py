"""Writes of the migration matrix: the night's computation, its two reference days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from accounts.models import User
from clients.sociotypes.rules.instrument import TYPES
from common.arrays import Column, insert
from common.locks import lock_until_commit
from common.periods import nights_to_forget
from sales.rollup import rebuild_dirty
from sales.year import bought_before, observed_since
from segmentation.models import ClientCell, MatrixReference, MatrixRun
from segmentation.rules.grid import SEGMENT_CODES
from segmentation.rules.matrix import CELLS, RULE_VERSION, WHYS, Bucket, Placed, flows, place
from segmentation.selectors.buckets import bucket_sums
from segmentation.selectors.matrix import reference_days
from segmentation.selectors.standing import Standing, standing_on

KEPT_NIGHTS = 3
COMPARED_DAYS = 91
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class _Day:
    """Where everybody was on one day, and what they had bought in the 52 weeks up to it."""

    as_of: date
    placed: Placed
    revenue: Ints
    costed: Ints
    margin: Ints


@transaction.atomic
def compute_matrix(*, as_of: date, now: datetime, since: date | None = None) -> MatrixRun:
    """Every client's cell as of a day, with the flows since another, stored and published as a whole.

    Without ``since`` the flows are those of a quarter. A rerun of a day replaces that day's run.
    """
    lock_until_commit("matrix")
    rebuild_dirty()
    since = since or as_of - timedelta(days=COMPARED_DAYS)
    reference = reference_days()
    standing = standing_on(as_of, since)
    sums, earlier_sums = bucket_sums(
        standing.client_ids, (as_of, since), (standing.year, standing.before), reference.new_since
    )
    came, seen = _new_clients(reference.online_began_on, standing.client_ids)
    today = _day(as_of, place(sums, seen), standing)
    earlier = place(earlier_sums, came)
    run = MatrixRun.objects.create(
        as_of=as_of, online_began_on=reference.online_began_on, new_since=reference.new_since,
        is_automatic=reference.is_automatic, rule_version=RULE_VERSION, computed_at=now,
        results={
            "cells": _sums(today, standing), "since": since.isoformat(), "lines": _line_sums(sums),
            "flows": _flows(earlier, earlier_sums, today),
        },
    )  # fmt: skip
    insert(ClientCell._meta.db_table, _columns(run.pk, standing, today, earlier))
    _publish(run)
    return run


def _new_clients(began: date | None, client_ids: Ints) -> tuple[Flags | None, Flags | None]:
    """Who bought nothing before that day; and, besides, whose records begin later: today they count as new."""
    if began is None:
        return None, None
    came = ~bought_before(began, client_ids)
    return came, came | observed_since(began, client_ids)


def _day(as_of: date, placed: Placed, standing: Standing) -> _Day:
    year = standing.year
    return _Day(as_of, placed, year.rev, year.rc, year.rc - year.cost)


def _sums(day: _Day, standing: Standing) -> list[dict[str, Any]]:
    """Additive sums per cell, segment and type; -1 is no segment and no type."""
    # One number for a combination: numpy sorts rows of four ten times as slowly.
    sizes = (len(CELLS), len(WHYS), len(SEGMENT_CODES) + 1, len(TYPES) + 1)
    parts = (day.placed.cell, day.placed.why, standing.segment + 1, standing.type + 1)
    keys, index = np.unique(np.ravel_multi_index(parts, sizes), return_inverse=True)
    found = np.column_stack(np.unravel_index(keys, sizes)) - (0, 0, 1, 1)
    sums = {
        name: np.bincount(index, values, len(found)).astype(np.int64)
        for name, values in (("revenue", day.revenue), ("costed", day.costed), ("margin", day.margin))
    }
    clients = np.bincount(index, minlength=len(found))
    return [
        {
            "cell": CELLS[cell].value, "why": WHYS[why].value,
            "segment": SEGMENT_CODES[segment].value if segment >= 0 else "", "type": int(kind),
            "clients": int(clients[n]), **{name: int(values[n]) for name, values in sums.items()},
        }
        for n, (cell, why, segment, kind) in enumerate(found.tolist())
    ]  # fmt: skip


def _line_sums(sums: Ints) -> dict[str, int]:
    return {bucket.name.lower(): int(sums[:, bucket].sum()) for bucket in Bucket}


def _flows(before: Placed, before_sums: Ints, day: _Day) -> list[dict[str, Any]]:
    then = before_sums.sum(axis=1)
    return [
        {
            "from": source.value, "to": target.value, "clients": count,
            "revenue": int(day.revenue[who].sum()), "revenue_before": int(then[who].sum()),
        }
        for source, target, count, who in flows(before.cell, day.placed.cell)
    ]  # fmt: skip


def _columns(run_id: int, standing: Standing, day: _Day, earlier: Placed) -> dict[str, Column]:
    cells = [cell.value for cell in CELLS]
    return {
        "run_id": Column("bigint", np.full(len(standing.client_ids), run_id)),
        "client_id": Column("bigint", standing.client_ids),
        "cell": Column("text", day.placed.cell, cells),
        "cell_before": Column("text", earlier.cell, cells),
        "why": Column("text", day.placed.why, [why.value for why in WHYS]),
        "revenue_cents": Column("bigint", day.revenue),
        "costed_cents": Column("bigint", day.costed),
        "margin_cents": Column("bigint", day.margin),
        "segment": Column(
            "text", np.maximum(standing.segment, -1) + 1, ["", *(segment.value for segment in SEGMENT_CODES)]
        ),
        "type": Column("smallint", standing.type),
    }


def _publish(run: MatrixRun) -> None:
    replaced = MatrixRun.objects.filter(as_of=run.as_of, published=True)
    grace = list(replaced.values_list("pk", flat=True))  # a page being built still reads its rows
    replaced.update(published=False)
    run.published = True
    run.save(update_fields=["published"])
    published = MatrixRun.objects.filter(published=True)
    old = nights_to_forget(published.values_list("as_of", flat=True), KEPT_NIGHTS) - {run.as_of}
    stale = MatrixRun.objects.filter(published=False).exclude(pk__in=[*grace, run.pk])
    gone = [
        *published.filter(as_of__in=old).values_list("pk", flat=True),
        *stale.values_list("pk", flat=True),
    ]
    ClientCell.objects.filter(run__in=gone).delete()
    MatrixRun.objects.filter(pk__in=gone).delete()


@transaction.atomic
def set_reference(*, online_began_on: date, new_since: date, by: User, now: datetime) -> MatrixReference:
    """A new version of the two days; the last night is done again with it."""
    current = MatrixReference.objects.order_by("-pk").first()
    if current and (current.online_began_on, current.new_since) == (online_began_on, new_since):
        return current
    reference = MatrixReference.objects.create(
        online_began_on=online_began_on, new_since=new_since, created_at=now, created_by=by
    )
    run = MatrixRun.objects.filter(published=True).order_by("-as_of").first()
    if run is not None:
        since = run.results.get("since")
        compute_matrix(as_of=run.as_of, now=now, since=date.fromisoformat(since) if since else None)
    return reference
