"""How the demo's clients live: who buys when. Pure: numpy arrays over clients and days.

A life is a fate (fading, growing, gone …), a rate of purchase days a year, a size of orders and a
discount; days are offsets from the first day of the story, ``DAYS - 1`` being yesterday.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cmix_site.demo.catalogue import FAMILIES
from common.periods import WINDOW_DAYS

DAYS = 3 * WINDOW_DAYS
LAST_YEAR = DAYS - WINDOW_DAYS  # first day of the current window
YEAR_BEFORE = LAST_YEAR - WINDOW_DAYS
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Fate(StrEnum):
    STEADY = "steady"
    GROWING = "growing"
    FADING = "fading"
    STOPPED = "stopped"  # within the last year
    LOST = "lost"  # the year before
    CHEAPER = "cheaper"  # buys as ever, at cut prices
    NEW = "new"
    JUST_ARRIVED = "just arrived"  # too new to be put into the grid
    SECOND_YEAR = "second year"
    RETURNED = "returned"  # after a year of nothing
    GAVE_BACK = "gave back"  # a year of refunds alone
    ONCE = "once"  # long ago
    SERVICES = "services"  # buys what has no known cost
    PROSPECT = "prospect"


# Share of the portfolio; every fate occurs at least once, the steady ones take the rest.
SHARES = {
    Fate.GROWING: 0.11, Fate.FADING: 0.12, Fate.STOPPED: 0.06, Fate.LOST: 0.04, Fate.CHEAPER: 0.07,
    Fate.NEW: 0.07, Fate.JUST_ARRIVED: 0.03, Fate.SECOND_YEAR: 0.08, Fate.RETURNED: 0.02,
    Fate.GAVE_BACK: 0.005, Fate.ONCE: 0.03, Fate.SERVICES: 0.03, Fate.PROSPECT: 0.035,
}  # fmt: skip
# First and last possible day of the first order; those not named come from before the story.
_STARTS = {
    Fate.NEW: (LAST_YEAR + 20, DAYS - 100),
    Fate.JUST_ARRIVED: (DAYS - 80, DAYS - 5),
    Fate.SECOND_YEAR: (YEAR_BEFORE + 40, LAST_YEAR - 100),
}
# When the life turns: fading begins, the last order falls, the price drops, the client comes back.
_TURNS = {
    Fate.GROWING: (LAST_YEAR - 200, LAST_YEAR + 60),
    Fate.FADING: (LAST_YEAR - 60, LAST_YEAR + 160),
    Fate.STOPPED: (LAST_YEAR + 60, DAYS - 70),
    Fate.LOST: (YEAR_BEFORE + 120, LAST_YEAR - 20),
    Fate.CHEAPER: (LAST_YEAR - 10, LAST_YEAR + 60),
    Fate.RETURNED: (LAST_YEAR + 30, DAYS - 60),
    Fate.GAVE_BACK: (LAST_YEAR + 30, DAYS - 120),
}
_ORDERS_AT_TURN = (Fate.STOPPED, Fate.LOST, Fate.RETURNED, Fate.GAVE_BACK)
_TELLING = (Fate.GROWING, Fate.FADING, Fate.STOPPED, Fate.LOST, Fate.CHEAPER, Fate.GAVE_BACK)
_MONTHS = (0.82, 0.85, 0.95, 1.0, 1.08, 1.35, 0.9, 0.6, 1.05, 1.05, 1.15, 1.6)
_WEEKDAYS_FIRM = (1.25, 1.2, 1.1, 1.15, 1.0, 0.25, 0.02)
_WEEKDAYS_PERSON = (0.8, 0.8, 1.0, 0.85, 1.0, 1.6, 0.9)
_CLOSED = frozenset({(1, 1), (5, 1), (7, 14), (8, 15), (11, 1), (12, 25)})
_FIRM_TASTES = (0.26, 0.15, 0.15, 0.14, 0.1, 0.05, 0.14, 0.01)
_PERSON_TASTES = (0.36, 0.3, 0.17, 0.1, 0.07, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Lives:
    """One entry per client. ``value`` in cents per order at list price, ``discount`` as a share."""

    fates: NDArray[np.str_]
    persons: NDArray[np.bool_]
    rate: Floats
    value: Floats
    discount: Floats
    tastes: Floats  # clients × families, rows add up to 1
    start: Ints
    turn: Ints

    def __len__(self) -> int:
        return len(self.fates)

    def are(self, *fates: Fate) -> NDArray[np.bool_]:
        return np.isin(self.fates, [fate.value for fate in fates])

    @property
    def known_from_the_first_day(self) -> NDArray[np.bool_]:
        return ~self.are(*_STARTS, Fate.PROSPECT)


def draw_lives(count: int, rng: np.random.Generator) -> Lives:
    fates = _draw_fates(count, rng)
    persons = rng.random(count) < 0.22
    size = np.clip(rng.standard_normal(count), -2.4, 2.4)
    rhythm = 0.3 * size + 0.95 * rng.standard_normal(count)
    rate = np.where(persons, 4.0, 10.0) * np.exp(0.5 * rhythm)
    # Whoever is to show a change buys often enough for the change to be seen.
    rate = np.where(np.isin(fates, [fate.value for fate in _TELLING]), np.maximum(rate, 9.0), rate)
    value = np.where(persons, 7_500, 36_000) * np.exp(0.75 * size)
    return Lives(
        fates=fates,
        persons=persons,
        rate=np.minimum(rate, 60.0),
        value=value,
        discount=np.clip(0.06 + 0.05 * size + 0.06 * rng.standard_normal(count), 0.0, 0.28),
        tastes=_draw_tastes(fates, persons, rng),
        start=_draw_days(fates, _STARTS, rng, default=(0, 150)),
        turn=_draw_days(fates, _TURNS, rng, default=(DAYS, DAYS + 1)),
    )


def _draw_fates(count: int, rng: np.random.Generator) -> NDArray[np.str_]:
    quotas = {fate: max(1, round(share * count)) for fate, share in SHARES.items()}
    fates = [fate.value for fate, quota in quotas.items() for _ in range(quota)][:count]
    fates += [Fate.STEADY.value] * (count - len(fates))
    return rng.permutation(np.array(fates))


def _draw_tastes(fates: NDArray[np.str_], persons: NDArray[np.bool_], rng: np.random.Generator) -> Floats:
    common = np.where(persons[:, None], _PERSON_TASTES, _FIRM_TASTES)
    tastes = common * rng.gamma(0.8, size=common.shape)
    tastes[:, 0] += 0.01  # everybody buys some coffee
    tastes[fates == Fate.SERVICES] = [0.1] + [0.0] * (len(FAMILIES) - 2) + [0.9]
    return tastes / tastes.sum(axis=1, keepdims=True)


def _draw_days(
    fates: NDArray[np.str_],
    ranges: dict[Fate, tuple[int, int]],
    rng: np.random.Generator,
    default: tuple[int, int],
) -> Ints:
    low, high = (
        np.array([ranges.get(Fate(fate), default)[end] for fate in fates], dtype=np.int64) for end in (0, 1)
    )
    return rng.integers(low, high)


def season(first: date, weekdays: tuple[float, ...]) -> Floats:
    """Relative weight of each day of the story, 1 on average."""
    days = [first + timedelta(days=offset) for offset in range(DAYS)]
    weights = np.array([
        0.0 if (day.month, day.day) in _CLOSED else _MONTHS[day.month - 1] * weekdays[day.weekday()]
        for day in days
    ])  # fmt: skip
    return weights / weights.mean()


def purchase_days(lives: Lives, first: date, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """``(clients, days)`` of all orders, in order of day: Poisson around rate, season and fate."""
    firm, person = season(first, _WEEKDAYS_FIRM), season(first, _WEEKDAYS_PERSON)
    found = []
    for begin in range(0, len(lives), 1000):
        rows = np.arange(begin, min(begin + 1000, len(lives)))
        weights = np.where(lives.persons[rows, None], person, firm)
        bought = rng.poisson(lives.rate[rows, None] / 365 * weights * _activity(lives, rows)) > 0
        _add_certain_orders(bought, lives, rows)
        clients, days = np.nonzero(bought)
        found.append(np.stack([days, clients + begin]))
    days, clients = np.concatenate(found, axis=1)
    order = np.lexsort((clients, days))
    return clients[order], days[order]


def _activity(lives: Lives, rows: Ints) -> Floats:
    """How lively each client is on each day, 1 being its usual rate."""
    days = np.arange(DAYS)
    since = (days - lives.turn[rows, None]).astype(float)
    after = since > 0
    # The clients of before the story buy from its first day; ``start`` is their first order for sure.
    begin = np.where(lives.known_from_the_first_day[rows], 0, lives.start[rows])
    activity = (days >= begin[:, None]).astype(float)
    fates = lives.fates[rows]

    def change(fate: Fate, factor: Floats) -> None:
        chosen = fates == fate
        activity[chosen] *= factor[chosen]

    change(Fate.FADING, np.where(after, np.exp(-np.maximum(since, 0) / 110), 1.0))
    change(Fate.GROWING, np.where(after, np.minimum(1 + since / 170, 3.0), 1.0))
    for fate in (Fate.STOPPED, Fate.LOST):
        change(fate, (~after).astype(float))
    change(Fate.RETURNED, ((days < YEAR_BEFORE - 30) | after).astype(float))
    change(Fate.GAVE_BACK, ((days < YEAR_BEFORE) | after).astype(float))
    change(Fate.ONCE, np.zeros_like(activity))
    change(Fate.PROSPECT, np.zeros_like(activity))
    return activity


def _add_certain_orders(bought: NDArray[np.bool_], lives: Lives, rows: Ints) -> None:
    """The first order of every client, and the one that makes a turn visible."""
    buyers = np.flatnonzero(lives.fates[rows] != Fate.PROSPECT)
    bought[buyers, lives.start[rows][buyers]] = True
    turning = np.flatnonzero(lives.are(*_ORDERS_AT_TURN)[rows])
    bought[turning, lives.turn[rows][turning]] = True
    giving_back = np.flatnonzero(lives.fates[rows] == Fate.GAVE_BACK)
    bought[giving_back, YEAR_BEFORE - 20] = True
