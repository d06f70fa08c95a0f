"""What is at stake with one client, in money (care D2, kinetics 3). Pure.

Two quantities rest on the same base, the contribution of the next 12 months:

* ``retain``: CM12 = expected revenue × margin rate, what the client is expected to bring;
* ``recover``: the contribution of what the client bought the year before and no longer buys, counted
  only as far as the evidence carries (shortfall × −log10 p, full from p = .01; kinetics 3).

*Value at stake*, shown and ranked by: both times the chance that the client is slipping away (sliding or
critical, smoothed belief of care D2). Never above the base; 0 for a client certainly stable.
*Value of a week's full attention*, v = κ̂ · base (care D2), which decides the dose, is then the value at
stake times the weekly loss while slipping, plus the small upkeep of what is stable.
Parts are additive and kept by name, so that a later part (growth, migration) is one more entry.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from sales.rules import MIN_COST_COVERAGE

KAPPA_STABLE = 0.003
KAPPA_SLIPPING = 0.03
"""Weekly loss that full attention prevents, by state; sliding and critical alike (half of those in the
critical state are lost already). Assumptions of care D2 until the random draws have measured them."""

FULL_EVIDENCE = 2.0  # −log10(.01)


class Basis(StrEnum):
    """Whose margin rate turns revenue into contribution."""

    CLIENT = "client"
    PORTFOLIO = "portfolio"
    REVENUE = "revenue"  # no margin known at all: amounts are revenue


@dataclass(frozen=True, slots=True)
class Margin:
    basis: Basis
    rate: float  # 1.0 on the basis of revenue


@dataclass(frozen=True, slots=True)
class Value:
    """``parts`` sum to ``stake_cents``; ``week_cents`` is v, ``base_cents`` what both are shares of."""

    week_cents: float
    parts: dict[str, int]
    base_cents: int

    @property
    def stake_cents(self) -> int:
        return sum(self.parts.values())


def choose_margin(*, own: float | None, coverage: float | None, portfolio: float | None) -> Margin:
    """The client's own rate where at least 80 % of its sales have a cost, else the portfolio's."""
    if own is not None and (coverage or 0.0) >= MIN_COST_COVERAGE:
        return Margin(Basis.CLIENT, own)
    if portfolio is not None:
        return Margin(Basis.PORTFOLIO, portfolio)
    return Margin(Basis.REVENUE, 1.0)


def evidence_weight(*p_values: float | None) -> float:
    """−log10 of the smallest p, scaled so that p = .01 and below count in full; 0 without any test."""
    known = [p for p in p_values if p is not None]
    if not known:
        return 0.0
    return min(1.0, -math.log10(max(min(known), 1e-12)) / FULL_EVIDENCE)


def kappa(stable: float) -> float:
    """κ̂: the weekly loss rate under the belief."""
    return stable * KAPPA_STABLE + (1.0 - stable) * KAPPA_SLIPPING


def appraise(
    *, expected_cents: int | None, shortfall_cents: int, weight: float, margin: Margin, stable: float
) -> Value:
    """The value of a client. A negative margin gives no value: keeping it earns nothing.

    ``shortfall_cents``: revenue of the year before minus this year's (≥ 0); ``weight``: its evidence in
    [0, 1]; ``stable``: the belief that the client is stable.
    """
    rate, slipping = max(0.0, margin.rate), 1.0 - stable
    retain = rate * max(0, expected_cents or 0)
    recover = rate * max(0, shortfall_cents) * weight
    parts = {"retain": round(retain * slipping), "recover": round(recover * slipping)}
    return Value(
        week_cents=retain * kappa(stable) + recover * slipping * KAPPA_SLIPPING,
        parts={name: cents for name, cents in parts.items() if cents},
        base_cents=round(retain + recover),
    )
