"""What every client bought in 52 weeks, and by which way it came, for computations that need no more than that.

``sales.windows`` reads each day of the records for the models; these few sums, and the first day, take half the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from common.arrays import places, select
from common.periods import WINDOW_DAYS
from sales.days import DaySums, first_of, parted, summed

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Year:
    """Sums of 52 weeks: one element per client asked for, in their order; money in cents.

    ``rc`` and ``cost`` cover what was sold at a known cost; ``first_day``: ordinal of the first day bought on, 0 for none.
    ``online``, ``offline``, ``no_channel``: parts of ``rev`` as in ``sales.models.ClientDay``.
    """

    rev: Ints
    rc: Ints
    cost: Ints
    first_day: Ints
    online: Ints
    offline: Ints
    no_channel: Ints

    @property
    def bought(self) -> Flags:
        """On at least one day."""
        return self.first_day > 0


def years_of(days: Sequence[date], client_ids: Ints) -> list[Year]:
    """The 52 weeks up to each of ``days``, read at once. ``client_ids`` in rising order.

    The sums equal those of ``sales.windows`` for the same day.
    """
    rows = _ASKED.decode(_ASKED.fetch(min(days) - timedelta(days=WINDOW_DAYS), max(days)))
    client, rows["day"] = parted(rows.pop("client_day"))
    place, known = places(client_ids, client)
    return [
        _year(
            rows,
            place,
            known & (rows["day"] > _start(day)) & (rows["day"] <= day.toordinal()),
            len(client_ids),
        )
        for day in days
    ]


def _start(day: date) -> int:
    return day.toordinal() - WINDOW_DAYS


def _year(rows: dict[str, Ints], place: Ints, inside: Flags, count: int) -> Year:
    which = np.flatnonzero(inside)
    at = place[which]
    sums = {name: summed(at, rows[name][which], count) for name in (*_ASKED.whole, *_ASKED.seldom)}
    bought = rows["bought"][which] == 1
    return Year(
        rev=sums["rev"], rc=sums["rev"] - sums["uncosted"], cost=sums["cost"],
        first_day=first_of(at[bought], rows["day"][which][bought], count),
        online=sums["online"], offline=sums["offline"], no_channel=sums["no_channel"],
    )  # fmt: skip


def bought_before(day: date, client_ids: Ints) -> Flags:
    """Who bought on a day before ``day``; ``client_ids`` in rising order."""
    rows = select(
        f"SELECT client_id FROM sales_clientday WHERE orders > 0 AND day < '{day}'", ("client_id",)
    )["client_id"]
    place, known = places(client_ids, rows)
    found = np.zeros(len(client_ids), dtype=bool)
    found[place[known]] = True
    return found


def observed_since(day: date, client_ids: Ints) -> Flags:
    """Whose records begin on ``day`` or later, so that nothing is said of before."""
    rows = select(
        f"SELECT id AS client_id FROM clients_client WHERE observed_from >= '{day}'", ("client_id",)
    )
    return np.isin(client_ids, rows["client_id"])


_ASKED = DaySums(("rev", "cost", "online", "offline"), {"uncosted": "rev - rc", "no_channel": "no_channel"})
