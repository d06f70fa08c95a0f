"""In which order clients are brought online, and when the next wave may start (care A6). Pure."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

PILOT_SHARE = 0.10
GATE_SHARE = 0.60
GATE_POINTS = 0.02
MIN_GATE_DAYS = 28


class Wave(IntEnum):
    ASK = -1  # type unknown, expired or between two: ask first
    PILOTS = 0  # firm technophiles, at most a tenth of the revenue
    FORWARD = 1  # all technophiles, athletes first
    FOLLOWERS = 2  # technomoutons, where an ambassador is
    UNCONCERNED = 3  # techno-no, after awareness and information
    RELUCTANT = 4  # technonul, after training; offline stays


WAVES = tuple(wave for wave in Wave if wave != Wave.ASK)


class Step(StrEnum):
    """Steps of accompaniment, in their order; each is a quarter of a."""

    AWARENESS = "awareness"
    INFORMATION = "information"
    TRAINING = "training"
    ASSISTED_ORDER = "assisted_order"


STEPS = tuple(Step)


class Hold(IntEnum):
    """What keeps a client from being moved now; the first that applies."""

    NONE = 0
    ALERT = 1  # an athlete with an alert: the move is frozen
    CLOSED = 2  # its wave is not open
    NO_AMBASSADOR = 3  # nobody of its team's clients speaks for it yet
    STEPS = 4  # awareness and information, or training, are missing
    DONE = 5  # half of its orders or more are online


@dataclass(frozen=True)
class Movers:
    """One entry per client. ``type``: position of the type acted by, −1 unknown; ``steps``: bit n set when
    step n is done; ``sector``: id of the team that looks after it, 0 for none."""

    revenue: Floats
    type: Ints
    firm: Flags
    tie: Flags
    athlete: Flags
    alert: Flags
    volunteer: Flags
    ambassador: Flags
    sector: Ints
    steps: Ints
    online: Floats


def priority(revenue: Floats, ready: Floats, online: Floats, hours: Floats) -> Floats:
    """r · (p·ρ) · (1 − m) / hours; NaN where the type is unknown."""
    return revenue * ready * (1.0 - np.nan_to_num(online)) / hours


def waves_of(movers: Movers, rank: Floats) -> Ints:
    """The wave of every client; ``rank`` is the priority, by which pilots are picked."""
    found = np.where((movers.type < 0) | movers.tie, int(Wave.ASK), movers.type + 1)
    pilots = _pilots(movers, rank, found)
    found[pilots] = int(Wave.PILOTS)
    return found.astype(np.int64)


def _pilots(movers: Movers, rank: Floats, found: Ints) -> Ints:
    """Firm technophiles, best first, as long as they stay within a tenth of the revenue of all."""
    candidate = (found == int(Wave.FORWARD)) & movers.firm & (movers.revenue > 0)
    candidate &= ~movers.athlete | movers.volunteer
    positions = np.flatnonzero(candidate)
    best_first = positions[np.argsort(-rank[positions], kind="stable")]
    room = PILOT_SHARE * movers.revenue.sum()
    picked = []
    for position, revenue in zip(best_first.tolist(), movers.revenue[best_first].tolist(), strict=True):
        if revenue <= room:
            picked.append(position)
            room -= revenue
    return np.array(picked, dtype=np.int64)


def holds(movers: Movers, waves: Ints, opened: frozenset[int]) -> Ints:
    """Why each client is not to be moved now; ``Hold.NONE`` for who may be."""
    done = np.nan_to_num(movers.online) >= 0.5
    needed = np.select([waves == Wave.UNCONCERNED, waves == Wave.RELUCTANT], [0b011, 0b111], 0)
    spoken_for = np.isin(movers.sector, np.unique(movers.sector[movers.ambassador]))
    return np.select(
        [
            done,
            movers.athlete & movers.alert,
            ~np.isin(waves, sorted(opened)),
            (waves == Wave.FOLLOWERS) & ~spoken_for,
            (movers.steps & needed) != needed,
        ],
        [Hold.DONE, Hold.ALERT, Hold.CLOSED, Hold.NO_AMBASSADOR, Hold.STEPS],
        Hold.NONE,
    ).astype(np.int64)


@dataclass(frozen=True)
class Gate:
    """Whether the wave after this one may open. ``loss`` and ``loss_outside``: how much less than in the same
    days a year before was bought since the wave opened, in the wave and elsewhere; null: too early to say."""

    migrated_share: float | None
    loss: float | None
    loss_outside: float | None
    is_open: bool

    @property
    def enough_migrated(self) -> bool:
        return self.migrated_share is not None and self.migrated_share >= GATE_SHARE

    @property
    def loss_bearable(self) -> bool:
        return (
            self.loss is not None
            and self.loss_outside is not None
            and self.loss <= self.loss_outside + GATE_POINTS
        )

    @property
    def passed(self) -> bool:
        return self.is_open and self.enough_migrated and self.loss_bearable


def loss_of(now: float, before: float) -> float | None:
    """The part of ``before`` that is gone, 0 when it grew; null without anything to compare with."""
    return max(0.0, 1.0 - now / before) if before > 0 else None
