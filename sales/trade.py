"""The trade of the last 52 weeks with every client, as the grid asks for it.

Of what is older only the first and the last day count: half of what ``sales.windows`` reads for the models.
"""

from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.arrays import places
from common.periods import WINDOW_DAYS
from sales.days import TRADE, client_range, first_of, parted, purchases_until, summed, trade_sums
from sales.windows import clients_between, id_ranges

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Trade:
    """One element per client, in order of id, those without any order included. Sums of W0 in cents, named as in
    ``sales.models.ClientDay``; days as ordinals, 0 for none.

    ``start``: the first purchase day, or ``observed_from`` when records of the client begin later; ``days``: purchase
    days of W0; ``last_day``: of the whole record.
    """

    client_id: Ints
    start: Ints
    last_day: Ints
    days: Ints
    rev: Ints
    abs_rev: Ints
    rc: Ints
    abs_rc: Ints
    cost: Ints
    assumed: Ints

    def tenure(self, as_of: date) -> NDArray[np.float64]:
        """Days since ``start``, 0 when that lies ahead; NaN for a client who never ordered."""
        days = np.maximum(as_of.toordinal() - self.start, 0).astype(float)
        return np.where(self.start > 0, days, np.nan)


def trade_of(as_of: date) -> Trade:
    """Equal, client by client, to the sums of ``sales.windows``; read in ranges of ids."""
    parts = [_trade(as_of, after, upto) for after, upto in id_ranges(_RANGE)]
    if len(parts) == 1:
        return parts[0]
    return Trade(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Trade)})


def _trade(as_of: date, after: int, upto: int) -> Trade:
    client_id, observed = clients_between(after, upto)
    begin, among, count = as_of - timedelta(days=WINDOW_DAYS), client_range(after, upto), len(client_id)
    rows = trade_sums(TRADE.decode(TRADE.fetch(begin, as_of, among)))
    place, day, known = _placed(client_id, rows["client_day"])
    sums = {
        name: summed(place, rows[name][known], count)
        for name in ("rev", "gross", "rc", "abs_rc", "cost", "abs_rc_assumed")
    }
    bought = rows["bought"][known] == 1
    older_place, older_day, _ = _placed(client_id, purchases_until(begin, among))
    there, when = np.concatenate([older_place, place[bought]]), np.concatenate([older_day, day[bought]])
    first, last = first_of(there, when, count), np.zeros(count, dtype=np.int64)
    np.maximum.at(last, there, when)
    return Trade(
        client_id=client_id, start=np.where(first > 0, np.maximum(first, observed), 0), last_day=last,
        days=np.bincount(place[bought], minlength=count), rev=sums["rev"],
        abs_rev=2 * sums["gross"] - sums["rev"],  # Σ|net| = sales + refunds, and rev = sales − refunds
        rc=sums["rc"], abs_rc=sums["abs_rc"], cost=sums["cost"], assumed=sums["abs_rc_assumed"],
    )  # fmt: skip


_RANGE = 400_000  # clients read at once, some 150 MB


def _placed(client_id: Ints, client_day: Ints) -> tuple[Ints, Ints, Any]:
    """Place of the client and day of each row of a client that is there, and which rows these are. Days of one merged
    away are its survivor's, once the rollup follows."""
    client, day = parted(client_day)
    place, known = places(client_id, client)
    return (place, day, slice(None)) if known.all() else (place[known], day[known], known)
