"""Dealing out the hours of one week: floors, a random reserve, then the best next quarter of an hour.

The response to h hours on top of the attention remembered is v · (e^(−G′/τ) − e^(−(G′+h)/τ)): concave,
so taking the largest marginal value again and again is exact under one budget (Gross 1956, Fox 1966).
Pure; the draw is reproducible from its seed.
"""

import heapq
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

QUANTUM_HOURS = 0.25
QUANTUM_MINUTES = 15
MAX_QUANTA = 12  # 3 h per client and week
CALL_QUANTA = 2  # who bought nothing all year is called first; a visit comes when there is an answer
TAU_HOURS = 1.5
MEMORY = 0.8
RESERVE_SHARE = 0.10

ATHLETE_FLOOR_QUANTA = 2  # half an hour every 2 weeks
ATHLETE_FLOOR_WEEKS = 2
FLOOR_QUANTA = 1  # a quarter of an hour every 13 weeks
FLOOR_WEEKS = 13
GENERAL_FLOOR_SHARE = 0.30
"""At most this share of the hours goes to the 13-week floor. Where one person owns thousands of
clients that floor alone would eat every week, and no alert would ever be answered."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A client in the running. ``stock_hours`` is G at the end of last week; ``floor_quanta`` what its
    floor still asks for this week; ``drawable`` whether the random reserve may pick it; ``most_quanta``
    what it may get in one week."""

    client_id: int
    week_cents: float
    stock_hours: float = 0.0
    floor_quanta: int = 0
    is_athlete: bool = False
    is_promised: bool = False  # its owner asked to be reminded this week
    drawable: bool = True
    most_quanta: int = MAX_QUANTA


@dataclass(frozen=True, slots=True)
class Dose:
    quanta: int
    floor: bool = False
    drawn: bool = False

    @property
    def minutes(self) -> int:
        return self.quanta * QUANTUM_MINUTES


@dataclass(frozen=True)
class Plan:
    """``hour_value_cents``: what one more hour would be worth (the shadow price); None when nobody is
    left who could take it. ``next_best``: who would get it, best first."""

    doses: dict[int, Dose]
    uncovered_athletes: tuple[int, ...]
    uncovered_floors: int
    hour_value_cents: float | None
    next_best: tuple[int, ...]

    @property
    def minutes(self) -> int:
        return sum(dose.minutes for dose in self.doses.values())


def attention_stock(hours_by_age: Iterable[tuple[int, float]]) -> float:
    """G at the end of last week from (weeks ago ≥ 1, hours): G ← 0.8·G + hours, week after week."""
    return sum(hours * MEMORY ** (age - 1) for age, hours in hours_by_age if age >= 1)


def marginal_value(candidate: Candidate, quanta: int) -> float:
    """Value of the next quarter of an hour on top of ``quanta`` already given this week, in cents."""
    stock = MEMORY * candidate.stock_hours + quanta * QUANTUM_HOURS
    return candidate.week_cents * math.exp(-stock / TAU_HOURS) * (1.0 - math.exp(-QUANTUM_HOURS / TAU_HOURS))


def floor_quanta(*, is_athlete: bool, recent_hours: float, weeks_since_touch: int) -> int:
    """What the floors ask for this week. ``recent_hours``: given within the athlete's period before;
    ``weeks_since_touch``: the wait, also of a client never touched."""
    if is_athlete:
        if not recent_hours and weeks_since_touch < ATHLETE_FLOOR_WEEKS:
            return 0
        missing = ATHLETE_FLOOR_QUANTA * QUANTUM_HOURS - recent_hours
        return max(0, math.ceil(missing / QUANTUM_HOURS - 1e-9))
    return FLOOR_QUANTA if weeks_since_touch >= FLOOR_WEEKS else 0


@dataclass
class _Ledger:
    """What is left of the budget and who got what so far."""

    left: int
    quanta: dict[int, int] = field(default_factory=dict)
    floors: set[int] = field(default_factory=set)
    drawn: set[int] = field(default_factory=set)

    def give(self, client_id: int, quanta: int) -> None:
        self.quanta[client_id] = self.quanta.get(client_id, 0) + quanta
        self.left -= quanta

    def doses(self) -> dict[int, Dose]:
        return {
            client_id: Dose(quanta, client_id in self.floors, client_id in self.drawn)
            for client_id, quanta in self.quanta.items()
        }


def allocate(candidates: Sequence[Candidate], *, hours: float, seed: str) -> Plan:
    """Deal ``hours`` out; the doses never add up to more.

    1. promises (snoozed until this week), then athletes' floors, then the 13-week floor within its
       share, each by v descending; a floor that does not fit whole is left out and said;
    2. a tenth of the hours at random among the others, to learn what attention does;
    3. greedy on marginal value with what is left.
    """
    total = math.floor(hours / QUANTUM_HOURS + 1e-9)
    ledger = _Ledger(left=total)
    ordered = sorted(candidates, key=lambda one: (-one.week_cents, one.client_id))
    uncovered, missed = _cover_floors(ordered, ledger, total)
    _draw_reserve(ordered, ledger, total, random.Random(seed))
    heap = _greedy(ordered, ledger)
    price, next_best = _one_more_hour(heap, ledger)
    return Plan(ledger.doses(), uncovered, missed, price, next_best)


def _cover_floors(ordered: Sequence[Candidate], ledger: _Ledger, total: int) -> tuple[tuple[int, ...], int]:
    asking = [one for one in ordered if one.floor_quanta]
    promised = [one for one in asking if one.is_promised]
    athletes = [one for one in asking if one.is_athlete and not one.is_promised]
    others = [one for one in asking if not one.is_athlete and not one.is_promised]
    missed = _cover(promised, ledger, ledger.left) + _cover(athletes, ledger, ledger.left)
    missed_others = _cover(others, ledger, math.ceil(total * GENERAL_FLOOR_SHARE))
    uncovered = tuple(one.client_id for one in missed if one.is_athlete)
    return uncovered, len(missed_others)


def _cover(asking: Sequence[Candidate], ledger: _Ledger, most: int) -> list[Candidate]:
    """Give whole floors within ``most`` quanta; returns those that did not fit."""
    missed = []
    for one in asking:
        if one.floor_quanta > min(ledger.left, most):
            missed.append(one)
            continue
        ledger.give(one.client_id, one.floor_quanta)
        ledger.floors.add(one.client_id)
        most -= one.floor_quanta
    return missed


def _draw_reserve(ordered: Sequence[Candidate], ledger: _Ledger, total: int, chance: random.Random) -> None:
    share = total * RESERVE_SHARE
    # The odd part of a quarter of an hour falls by chance, so that the share holds over the weeks.
    slots = int(share) + (chance.random() < share - int(share))
    pool = sorted(one.client_id for one in ordered if one.drawable and one.client_id not in ledger.floors)
    for client_id in chance.sample(pool, min(slots, len(pool), ledger.left)):
        ledger.give(client_id, 1)
        ledger.drawn.add(client_id)


Entry = tuple[float, int, Candidate]


def _greedy(ordered: Sequence[Candidate], ledger: _Ledger) -> list[Entry]:
    """Spend what is left; returns the heap as it stands, the next best on top."""
    heap = [
        _entry(one, ledger)
        for one in ordered
        if one.week_cents > 0 and ledger.quanta.get(one.client_id, 0) < one.most_quanta
    ]
    heapq.heapify(heap)
    while heap and ledger.left:
        _pop_best(heap, ledger)
    return heap


def _entry(one: Candidate, ledger: _Ledger) -> Entry:
    return -marginal_value(one, ledger.quanta.get(one.client_id, 0)), one.client_id, one


def _pop_best(heap: list[Entry], ledger: _Ledger) -> float:
    """Give the next quarter of an hour to whom it is worth most; returns that worth."""
    negative, client_id, one = heapq.heappop(heap)
    ledger.give(client_id, 1)
    if ledger.quanta[client_id] < one.most_quanta:
        heapq.heappush(heap, _entry(one, ledger))
    return -negative


def _one_more_hour(heap: list[Entry], ledger: _Ledger) -> tuple[float | None, tuple[int, ...]]:
    if not heap:
        return None, ()
    waiting = heapq.nsmallest(5, (entry for entry in heap if entry[1] not in ledger.quanta))
    beyond = _Ledger(left=round(1 / QUANTUM_HOURS), quanta=dict(ledger.quanta))
    gains = [_pop_best(heap, beyond) for _ in range(beyond.left) if heap]
    return sum(gains), tuple(client_id for _, client_id, _ in waiting)
