"""The two axes of every client: from the rollup for a run, from a stored run for a preview."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from common.periods import current_window
from segmentation.models import ClientSegment, SegmentationRun
from segmentation.rules.grid import SEGMENT_CODES, Features

_SUMS = """
SELECT c.id,
       COALESCE(w.rev, 0), COALESCE(w.rc, 0), COALESCE(w.cost, 0), COALESCE(w.abs_rev, 0),
       COALESCE(w.abs_rc, 0), COALESCE(w.abs_rc_assumed, 0), f.first_day
FROM clients_client c
LEFT JOIN (
    SELECT client_id, SUM(rev) AS rev, SUM(rc) AS rc, SUM(cost) AS cost, SUM(abs_rev) AS abs_rev,
           SUM(abs_rc) AS abs_rc, SUM(abs_rc_assumed) AS abs_rc_assumed
    FROM sales_clientday WHERE day > %s AND day <= %s GROUP BY client_id
) w ON w.client_id = c.id
LEFT JOIN (
    SELECT client_id, MIN(day) AS first_day
    FROM sales_clientday WHERE orders > 0 AND day <= %s GROUP BY client_id
) f ON f.client_id = c.id
ORDER BY c.id
"""


@dataclass(frozen=True)
class Portfolio:
    """All clients' axes on one day and the margin rate ΣM/ΣRc of them together (null: no cost known)."""

    features: Features
    margin_rate: float | None


def portfolio_on(as_of: date) -> Portfolio:
    """Sums of W0 out of the rollup, every client once, those without a day included."""
    window = current_window(as_of)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [window.start, window.end, window.end])
        rows = cursor.fetchall()
    ids, rev, rc, cost, abs_rev, abs_rc, assumed = (_integers(rows, column) for column in range(7))
    features = Features(
        client_ids=ids,
        revenue_cents=rev,
        margin_rate=_ratio(rc - cost, rc),
        cost_coverage=_ratio(abs_rc, abs_rev),
        assumed_share=_ratio(assumed, abs_rc),
        tenure_days=np.array([_tenure(row[7], as_of) for row in rows], dtype=np.int64),
    )
    costed = int(rc.sum())
    return Portfolio(features, (costed - int(cost.sum())) / costed if costed > 0 else None)


def _integers(rows: Sequence[Sequence[Any]], column: int) -> NDArray[np.int64]:
    return np.array([int(row[column]) for row in rows], dtype=np.int64)


def _ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """``part / whole`` where the whole is above zero, else NaN."""
    result = np.full(len(whole), np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result


def _tenure(first_day: date | str | None, as_of: date) -> int:
    if first_day is None:
        return -1
    day = date.fromisoformat(first_day) if isinstance(first_day, str) else first_day
    return (as_of - day) // timedelta(days=1)


def stored_portfolio(run: SegmentationRun) -> tuple[Portfolio, NDArray[np.int8]]:
    """What ``run`` kept of every client, and the codes (into ``SEGMENT_CODES``) it gave."""
    code = {segment.value: number for number, segment in enumerate(SEGMENT_CODES)}
    rows = ClientSegment.objects.filter(run=run).order_by("client_id").values_list(
        "client_id", "revenue_cents", "margin_rate", "cost_coverage", "assumed_share", "tenure_days", "segment"
    )  # fmt: skip
    columns = list(zip(*rows, strict=True)) or [()] * 7
    features = Features(
        client_ids=np.array(columns[0], dtype=np.int64),
        revenue_cents=np.array(columns[1], dtype=np.int64),
        margin_rate=np.array(columns[2], dtype=np.float64),
        cost_coverage=np.array(columns[3], dtype=np.float64),
        assumed_share=np.array(columns[4], dtype=np.float64),
        tenure_days=np.array([-1 if days is None else days for days in columns[5]], dtype=np.int64),
    )
    codes = np.array([code[segment] for segment in columns[6]], dtype=np.int8)
    return Portfolio(features, run.counts.get("portfolio_margin_rate")), codes
