"""The trade of the last 52 weeks with every client, as the grid asks for it.

Of what is older only the first and the last day count: half of what ``sales.windows`` reads for the models.
"""

from dataclasses import dataclass, fields
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from common.arrays import places
from common.periods import WINDOW_DAYS
from sales.days import client_range, days_within, first_of, purchases_until, summed
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
    begin, count = as_of - timedelta(days=WINDOW_DAYS), len(client_id)
    rows = _of_clients(client_id, _lately(begin, as_of, after, upto))
    sums = {
        name: summed(rows["place"], rows[name], count) for name in ("rev", "rc", "abs_rc", "cost", *_SELDOM)
    }
    bought = rows["bought"]
    older = _of_clients(client_id, purchases_until(begin, client_range(after, upto)))
    place = np.concatenate([older["place"], rows["place"][bought]])
    day = np.concatenate([older["day"], rows["day"][bought]])
    first, last = first_of(place, day, count), np.zeros(count, dtype=np.int64)
    np.maximum.at(last, place, day)
    return Trade(
        client_id=client_id, start=np.where(first > 0, np.maximum(first, observed), 0), last_day=last,
        days=np.bincount(rows["place"][bought], minlength=count), rev=sums["rev"],
        abs_rev=sums["rev"] + 2 * sums["refunds"],  # Σ|net| = sales + refunds, and rev = sales − refunds
        rc=sums["rc"], abs_rc=sums["abs_rc"], cost=sums["cost"], assumed=sums["assumed"],
    )  # fmt: skip


_RANGE = 400_000  # clients read at once, some 150 MB
_SELDOM = {
    "refunds": "gross - rev", "uncosted": "rev - rc", "costed_refunds": "abs_rc - ABS(rc)", "assumed": "abs_rc_assumed",
}  # fmt: skip


def _lately(begin: date, as_of: date, after: int, upto: int) -> dict[str, Ints]:
    rows = days_within(begin, as_of, ("rev", "cost"), _SELDOM, client_range(after, upto))
    rc = rows["rev"] - rows["uncosted"]
    return rows | {"rc": rc, "abs_rc": np.abs(rc) + rows["costed_refunds"]}


def _of_clients(client_id: Ints, rows: dict[str, Ints]) -> dict[str, Ints]:
    """With the place of each row's client. Days of a client merged away are its survivor's, once the rollup follows."""
    place, known = places(client_id, rows.pop("client"))
    rows["place"] = place
    return rows if known.all() else {name: values[known] for name, values in rows.items()}
