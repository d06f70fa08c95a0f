"""The two axes of every client: from the rollup for a run, from a stored run for a preview."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from common import arrays
from sales.trade import trade_of
from segmentation.models import SegmentationRun
from segmentation.rules.grid import SEGMENT_CODES, Features
from segmentation.rules.stability import NONE, Standings

_SCALE = 10**12  # rates travel as whole numbers of their 12th decimal
_UNKNOWN = -(10**15)  # below any rate so scaled


@dataclass(frozen=True)
class Portfolio:
    """All clients' axes on one day and the margin rate ΣM/ΣRc of them together (null: no cost known)."""

    features: Features
    margin_rate: float | None
    orders: NDArray[np.float64] | None = None  # purchase days of W0; not of a stored run
    recency_days: NDArray[np.float64] | None = None


def portfolio_on(as_of: date) -> Portfolio:
    """Sums of W0 out of the rollup, every client once, those without an order included."""
    sums = trade_of(as_of)
    features = Features(
        client_ids=sums.client_id,
        revenue_cents=sums.rev,
        margin_rate=_ratio(sums.rc - sums.cost, sums.rc),
        cost_coverage=_ratio(sums.abs_rc, sums.abs_rev),
        assumed_share=_ratio(sums.assumed, sums.abs_rc),
        tenure_days=np.nan_to_num(sums.tenure(as_of), nan=-1).astype(np.int64),
    )
    costed, cost = int(sums.rc.sum()), int(sums.cost.sum())
    return Portfolio(
        features,
        (costed - cost) / costed if costed > 0 else None,
        orders=sums.days.astype(float),
        recency_days=np.where(sums.last_day > 0, as_of.toordinal() - sums.last_day, np.nan),
    )


def _ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """``part / whole`` where the whole is above zero, else NaN."""
    result = np.full(len(whole), np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result


def stored_portfolio(run: SegmentationRun) -> tuple[Portfolio, Standings]:
    """What ``run`` kept of every client, and where it placed them."""
    rows = arrays.select(_stored_sql(run.pk), _STORED)
    order = np.argsort(rows["client_id"], kind="stable")
    rows = {name: values[order] for name, values in rows.items()}
    features = Features(
        client_ids=rows["client_id"], revenue_cents=rows["revenue"], margin_rate=_rate(rows["margin"]),
        cost_coverage=_rate(rows["coverage"]), assumed_share=_rate(rows["assumed"]), tenure_days=rows["tenure"],
    )  # fmt: skip
    standings = Standings(rows["code"].astype(np.int8), rows["pending_code"].astype(np.int8), rows["since"])
    return Portfolio(features, run.counts.get("portfolio_margin_rate")), standings


_STORED = ("client_id", "revenue", "margin", "coverage", "assumed", "tenure", "code", "pending_code", "since")


def _stored_sql(run_id: int) -> str:
    return (
        f"SELECT client_id, revenue_cents AS revenue, {_scaled('margin_rate')} AS margin,"
        f" {_scaled('cost_coverage')} AS coverage, {_scaled('assumed_share')} AS assumed,"
        f" COALESCE(tenure_days, -1) AS tenure, {_code('segment')} AS code, {_code('pending')} AS pending_code,"
        f" COALESCE({arrays.day_number('pending_since')}, 0) AS since"
        f" FROM segmentation_clientsegment WHERE run_id = {run_id:d}"
    )


def _scaled(column: str) -> str:
    return f"COALESCE(CAST(ROUND({column} * {_SCALE}) AS bigint), {_UNKNOWN})"


def _rate(values: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.where(values == _UNKNOWN, np.nan, values / _SCALE)


def _code(column: str) -> str:
    cases = " ".join(f"WHEN '{segment.value}' THEN {code}" for code, segment in enumerate(SEGMENT_CODES))
    return f"CASE {column} {cases} ELSE {NONE} END"


def standings_before(run: SegmentationRun, client_ids: NDArray[np.int64]) -> Standings:
    """Where ``run`` left each of ``client_ids``, in their order; ``NONE`` for those it did not know."""
    rows = arrays.select(
        f"SELECT client_id, {_code('segment')} AS code, {_code('pending')} AS pending_code,"
        f" COALESCE({arrays.day_number('pending_since')}, 0) AS since"
        f" FROM segmentation_clientsegment WHERE run_id = {run.pk:d}",
        ("client_id", "code", "pending_code", "since"),
    )
    found = Standings.nobody(len(client_ids))
    place, known = arrays.places(client_ids, rows["client_id"])
    place = place[known]
    found.codes[place] = rows["code"][known]
    found.pending[place] = rows["pending_code"][known]
    found.since[place] = rows["since"][known]
    return found
