"""Rollup rows of random clients, and the indicators' sums in plain Python to hold the night to."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from clients.models import Client
from sales.models import ClientDay
from tests.factories.records import make_client

AS_OF = date(2025, 2, 28)  # the windows hold 29 February 2024


@dataclass
class Plain:
    """What a person would compute with a list of days."""

    client: Client
    days: list[ClientDay] = field(default_factory=list)

    def within(self, begin: int, end: int) -> list[ClientDay]:
        """Days more than ``end`` and at most ``begin`` days back… (as_of − begin, as_of − end]."""
        low, high = AS_OF - timedelta(days=begin), AS_OF - timedelta(days=end)
        return [day for day in self.days if low < day.day <= high]

    @property
    def bought(self) -> list[ClientDay]:
        return [day for day in self.days if day.orders > 0 and day.day <= AS_OF]

    @property
    def start(self) -> date | None:
        if not self.bought:
            return None
        return max(self.bought[0].day, self.client.observed_from or date.min)


def add_day(client: Client, day: date, sold: int, refunded: int = 0, cost: int | None = None) -> ClientDay:
    """One day: sales of ``sold``, refunds of ``refunded``; ``cost`` of the sales, ``None`` unknown."""
    rev = sold - refunded
    costed = {"rc": 0, "abs_rc": 0, "cost": 0} if cost is None else {"rc": sold, "abs_rc": sold, "cost": cost}
    return ClientDay(
        client=client, day=day, orders=0 if refunded and not sold else 1, rev=rev, gross=sold,
        abs_rev=sold + refunded, abs_rc_assumed=costed["abs_rc"] // 3, **costed,
    )  # fmt: skip


def random_clients(count: int, seed: int = 7, **fields: Any) -> list[Plain]:
    """Clients with refunds, days of refunds only, price 0, 29 February, unknown costs, late observation."""
    random_ = random.Random(seed)
    plains = []
    for number in range(count):
        observed = AS_OF - timedelta(days=random_.randrange(900)) if number % 11 == 0 else None
        plain = Plain(make_client(observed_from=observed, **fields))
        tenure = random_.randrange(1, 1300)
        offsets = {random_.randrange(-20, tenure + 1) for _ in range(random_.choice([0, 1, 2, 5, 12, 40]))}
        days = {AS_OF - timedelta(days=offset) for offset in offsets}
        if days and number % 3 == 0:
            days.add(date(2024, 2, 29))
        for day in sorted(days):
            plain.days.append(_random_day(plain.client, day, random_))
        plains.append(plain)
    ClientDay.objects.bulk_create([day for plain in plains for day in plain.days])
    return plains


def _random_day(client: Client, day: date, random_: random.Random) -> ClientDay:
    sold = random_.choice([0, 1, random_.randrange(100_000), random_.randrange(100_000)])
    refunded = random_.choice([0, 0, 0, random_.randrange(50_000)])
    cost = random_.choice([None, round(sold * random_.random())])
    return add_day(client, day, sold, refunded, cost)
