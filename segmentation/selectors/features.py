"""The two axes of every client: from the rollup for a run, from a stored run for a preview."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sales.windows import fetch_all
from segmentation.models import ClientSegment, SegmentationRun
from segmentation.rules.grid import SEGMENT_CODES, Features


@dataclass(frozen=True)
class Portfolio:
    """All clients' axes on one day and the margin rate ΣM/ΣRc of them together (null: no cost known)."""

    features: Features
    margin_rate: float | None


def portfolio_on(as_of: date) -> Portfolio:
    """Sums of W0 out of the rollup, every client once, those without an order included."""
    sums = fetch_all(as_of)
    features = Features(
        client_ids=sums.client_id,
        revenue_cents=sums.rev0,
        margin_rate=_ratio(sums.rc0 - sums.cost0, sums.rc0),
        cost_coverage=_ratio(sums.abs_rc0, sums.abs_rev0),
        assumed_share=_ratio(sums.assumed0, sums.abs_rc0),
        tenure_days=np.nan_to_num(sums.tenure(as_of), nan=-1).astype(np.int64),
    )
    costed, cost = int(sums.rc0.sum()), int(sums.cost0.sum())
    return Portfolio(features, (costed - cost) / costed if costed > 0 else None)


def _ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """``part / whole`` where the whole is above zero, else NaN."""
    result = np.full(len(whole), np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result


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
