"""What is at stake with one client, in money (care D2, kinetics 3). Pure.

Two quantities rest on the same base, the contribution of the next 12 months:

* ``retain``: CM12 = expected revenue × margin rate, what the client is expected to bring;
* ``recover``: the contribution of what the client bought the year before and no longer buys, counted
  only as far as the evidence carries (shortfall × −log10 p, full from p = .01; kinetics 3).

*Value of a week's full attention*, v = κ̂ · base with κ̂ = belief · κ (care D2): what decides the dose.
*Value at stake*, shown and ranked by: the share of the base that would be lost over 52 weeks at the
loss rates κ if nobody cared, base · Σ b · (1 − (1 − κ)⁵²). It is never above the base.
Parts are additive and kept by name, so that a later part (growth, migration) is one more entry.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

KAPPA_STABLE = 0.003
KAPPA_SLIPPING = 0.03
"""Weekly loss that full attention prevents, by state; sliding and critical alike (half of those in the
critical state are lost already). Assumptions of care D2 until the random draws have measured them."""

WEEKS_A_YEAR = 52
MIN_COST_COVERAGE = 0.8
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
    """``parts`` sum to ``year_cents``; ``week_cents`` is v, ``base_cents`` what both are shares of."""

    week_cents: float
    parts: dict[str, int]
    base_cents: int

    @property
    def year_cents(self) -> int:
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


def loss_over_year(stable: float) -> float:
    """Share of the base lost over 52 weeks without care, under the belief."""
    return stable * _lost(KAPPA_STABLE) + (1.0 - stable) * _lost(KAPPA_SLIPPING)


def _lost(weekly: float) -> float:
    return float(1.0 - (1.0 - weekly) ** WEEKS_A_YEAR)


def appraise(
    *, expected_cents: int | None, shortfall_cents: int, weight: float, margin: Margin, stable: float
) -> Value:
    """The value of a client. A negative margin gives no value: keeping it earns nothing.

    ``shortfall_cents``: revenue of the year before minus this year's (≥ 0); ``weight``: its evidence in
    [0, 1]; ``stable``: the belief that the client is stable.
    """
    rate = max(0.0, margin.rate)
    retain = rate * max(0, expected_cents or 0)
    recover = rate * max(0, shortfall_cents) * weight
    year, slipping = loss_over_year(stable), 1.0 - stable
    parts = {"retain": round(retain * year), "recover": round(recover * slipping * _lost(KAPPA_SLIPPING))}
    return Value(
        week_cents=retain * kappa(stable) + recover * slipping * KAPPA_SLIPPING,
        parts={name: cents for name, cents in parts.items() if cents},
        base_cents=round(retain + recover),
    )
