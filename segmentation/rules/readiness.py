"""How ready the portfolio is for a relation online, and what is at risk on the way (care A6). Pure.

Types stand in the order technophile, technomouton, techno-no, technonul. Unknown clients are never given a
type: the central value is that of the known ones, and the bounds take all unknown as the least and the most
ready. Every sum is additive, so that a reader's own clients give the reader's own readiness.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

RULE_VERSION = "readiness-2"
PRIOR_INVITED = 10
MIN_DEPARTURES = 20
MIGRATED_FROM = 0.5
LAGGARDS_WARN = 0.40
COMPETITOR_FACTS = ("online_order", "client_account", "stock_price", "tracking", "edi")

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Assumptions:
    """``rho``: share of a type that migrates when asked. ``h1``, ``h2``: share a year that would leave for a
    faster competitor, or when the move turns inevitable. ``lead``: the competitors' lead (g), ``market``: the
    share of the market that orders online (u). ``hours``: what moving a client of a type takes us."""

    rho: tuple[float, ...] = (0.90, 0.60, 0.25, 0.10)
    h1: tuple[float, ...] = (0.20, 0.10, 0.0, 0.0)
    h2: tuple[float, ...] = (0.0, 0.0, 0.15, 0.25)
    lead: float = 0.0
    market: float = 0.0
    hours: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in data.items()
            if name in known
        }
        return cls(**values)


@dataclass(frozen=True)
class Clients:
    """One entry per client. ``p`` is NaN and ``online`` (m) is NaN where unknown; ``steps`` (0…4) is how
    many steps of accompaniment are done."""

    revenue: Floats
    p: Floats
    known: Flags
    online: Floats
    steps: Floats

    @property
    def open_share(self) -> Floats:
        """1 − m; a client of unknown channel counts as not migrated, which overstates the risk."""
        return 1.0 - np.nan_to_num(self.online, nan=0.0)


@dataclass(frozen=True)
class PerClient:
    """By client: p·ρ (NaN unknown), and the yearly risks at g = 1 and u = 1."""

    ready: Floats
    risk1: Floats
    risk2: Floats


@dataclass(frozen=True)
class Sums:
    """Additive over clients. Money in the unit of the revenue; ``mix`` is Σ revenue · p by type."""

    clients: float = 0
    revenue: float = 0
    known_clients: float = 0
    known_revenue: float = 0
    ready: float = 0
    ready_heads: float = 0
    online: float = 0
    channel_revenue: float = 0
    risk1: float = 0
    risk2: float = 0
    unknown_open: float = 0
    mix: tuple[float, ...] = (0, 0, 0, 0)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "mix": tuple(data["mix"])})

    def plus(self, other: "Sums", times: int = 1) -> "Sums":
        """With the clients of ``other``; ``times`` −1 takes them away."""
        values = {
            field.name: getattr(self, field.name) + times * getattr(other, field.name)
            for field in fields(self)
            if field.name != "mix"
        }
        return Sums(**values, mix=tuple(a + times * b for a, b in zip(self.mix, other.mix, strict=True)))

    @property
    def as_unknown(self) -> "Sums":
        """The same clients, had nobody a type: what they bought, and how, is no profile."""
        return Sums(
            clients=self.clients, revenue=self.revenue, online=self.online, channel_revenue=self.channel_revenue,
            unknown_open=self.revenue - self.online,
        )  # fmt: skip


@dataclass(frozen=True)
class Bounded:
    """``central`` is null while nobody is known."""

    central: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Readiness:
    coverage: float | None
    known_heads: float | None
    index: Bounded
    heads: Bounded
    migrated: Bounded
    laggards: Bounded
    laggards_warn: bool
    risk1: float
    risk2: float
    risk1_rate: float | None
    risk2_rate: float | None
    risk1_most: float
    risk2_most: float
    mix: tuple[float | None, ...]


def per_client(clients: Clients, assumptions: Assumptions) -> PerClient:
    p = np.where(clients.known[:, None], clients.p, 0.0)
    base = clients.revenue * clients.open_share
    return PerClient(
        ready=np.where(clients.known, p @ np.array(assumptions.rho), np.nan),
        risk1=base * (p @ np.array(assumptions.h1)),
        risk2=base * (p @ np.array(assumptions.h2)) * (1.0 - clients.steps / 4.0),
    )


def sum_up(clients: Clients, each: PerClient) -> Sums:
    known, revenue = clients.known, clients.revenue
    channel = ~np.isnan(clients.online)
    ready = np.nan_to_num(each.ready)
    p = np.where(known[:, None], clients.p, 0.0)
    return Sums(
        clients=len(revenue), revenue=float(revenue.sum()),
        known_clients=int(known.sum()), known_revenue=float(revenue[known].sum()),
        ready=float((revenue * ready).sum()), ready_heads=float(ready.sum()),
        online=float((revenue * np.nan_to_num(clients.online)).sum()),
        channel_revenue=float(revenue[channel].sum()),
        risk1=float(each.risk1.sum()), risk2=float(each.risk2.sum()),
        unknown_open=float((revenue * clients.open_share)[~known].sum()),
        mix=tuple(float(share) for share in revenue @ p),
    )  # fmt: skip


def readiness(sums: Sums, assumptions: Assumptions) -> Readiness:
    """The indices of ``sums`` under the scenario ``assumptions.lead`` and ``assumptions.market``."""
    revenue, unknown = sums.revenue, sums.revenue - sums.known_revenue
    unknown_heads = sums.clients - sums.known_clients
    laggards = _bounded(sums.mix[2] + sums.mix[3], sums.known_revenue, unknown, revenue, 0.0, 1.0)
    risk1, risk2 = sums.risk1 * assumptions.lead, sums.risk2 * assumptions.market
    least, most = min(assumptions.rho), max(assumptions.rho)
    return Readiness(
        coverage=_share(sums.known_revenue, revenue),
        known_heads=_share(sums.known_clients, sums.clients),
        index=_bounded(sums.ready, sums.known_revenue, unknown, revenue, least, most),
        heads=_bounded(sums.ready_heads, sums.known_clients, unknown_heads, sums.clients, least, most),
        migrated=_bounded(
            sums.online, sums.channel_revenue, revenue - sums.channel_revenue, revenue, 0.0, 1.0
        ),
        laggards=laggards,
        laggards_warn=laggards.central is not None and laggards.central > LAGGARDS_WARN,
        risk1=risk1, risk2=risk2, risk1_rate=_share(risk1, revenue), risk2_rate=_share(risk2, revenue),
        risk1_most=risk1 + sums.unknown_open * max(assumptions.h1) * assumptions.lead,
        risk2_most=risk2 + sums.unknown_open * max(assumptions.h2) * assumptions.market,
        mix=tuple(_share(part, sums.known_revenue) for part in sums.mix),
    )  # fmt: skip


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def _bounded(part: float, known: float, unknown: float, whole: float, least: float, most: float) -> Bounded:
    if whole <= 0:
        return Bounded(None, least, most)
    return Bounded(_share(part, known), (part + unknown * least) / whole, (part + unknown * most) / whole)


def measured_rho(rho: Sequence[float], invited: Sequence[int], migrated: Sequence[int]) -> tuple[float, ...]:
    """(10·ρ0 + migrated) / (10 + invited): the assumption gives way as invitations are answered."""
    return tuple(
        (PRIOR_INVITED * assumed + done) / (PRIOR_INVITED + asked)
        for assumed, asked, done in zip(rho, invited, migrated, strict=True)
    )


def measured_hazard(
    assumed: Sequence[float], departed: Sequence[int], at_risk: Sequence[int]
) -> tuple[float, ...]:
    """The share of a type that left within the year, where at least 20 did; else the assumption. A type the
    risk does not concern keeps its zero."""
    return tuple(
        gone / before if hazard > 0 and gone >= MIN_DEPARTURES else hazard
        for hazard, gone, before in zip(assumed, departed, at_risk, strict=True)
    )
