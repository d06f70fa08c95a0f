"""The same rules for one client, in plain arithmetic, each with its reasons (the "why?" drawer).

``tests/kinetics/test_indicators.py`` holds them equal to the vectorised night.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from common.periods import WINDOW_DAYS
from common.reasons import Reason
from kinetics.rules.evidence import ALERT, MIN_ORDERS, WATCH
from kinetics.states import Evidence, ExpectedState, ProfitState, RevenueState
from sales.rules import MIN_COST_COVERAGE

EVERY_OTHER = 0.5  # a probability that says nothing


@dataclass(frozen=True)
class RevenueVerdict:
    state: RevenueState
    growth: float | None
    because: Sequence[Reason]


def explain_revenue(*, tenure: int | None, r0: int, r1: int | None, days: int | None) -> RevenueVerdict:
    """``tenure`` in days, ``None`` without any order; ``r0``, ``r1`` in cents over windows of ``days``."""
    if tenure is None:
        return RevenueVerdict(RevenueState.PROSPECT, None, [Reason("revenue.prospect")])
    if r1 is None or tenure < WINDOW_DAYS:
        reason = Reason("revenue.new", {"tenure": tenure, "r0_cents": r0})
        return RevenueVerdict(RevenueState.NEW, None, [reason])
    state = _revenue_state(tenure, r0, r1)
    growth = (r0 - r1) / r1 if r1 > 0 else None
    values = {"r0_cents": r0, "r1_cents": r1, "change_cents": r0 - r1, "days": days, "growth_rate": growth}
    because = [Reason(f"revenue.{state.value}", values)]
    if days != WINDOW_DAYS and state != RevenueState.SHORT:
        because.append(Reason("revenue.shorter_windows", {"days": days, "tenure": tenure}))
    return RevenueVerdict(state, growth, because)


def _revenue_state(tenure: int, r0: int, r1: int) -> RevenueState:
    if r0 == 0 and r1 == 0:
        return RevenueState.DORMANT
    if r1 < 0 or (r1 == 0 and r0 < 0):
        return RevenueState.NEGATIVE_BASE
    if r1 == 0:
        return RevenueState.REACTIVATED
    if r0 == 0:
        return RevenueState.SILENT
    return RevenueState.SHORT if tenure < 2 * WINDOW_DAYS else RevenueState.MEASURED


@dataclass(frozen=True)
class EvidenceVerdict:
    evidence: Evidence
    because: Sequence[Reason]


def explain_evidence(
    *, z: float | None, change_p: float | None, gap: float | None, orders: int
) -> EvidenceVerdict:
    """Whether a decline or a silence could be chance; ``orders`` purchase days of both windows."""
    fell = z is not None and z < 0
    change, silence = 1.0 if change_p is None else change_p, 1.0 if gap is None else gap
    decline = change if fell else 1.0
    # What happens every other time tells nothing, and a rise does not speak for a decline.
    because = []
    if change < EVERY_OTHER and (fell or silence > WATCH):
        because.append(Reason("change.fell" if fell else "change.rose", {"chance": _chance(change)}))
    if silence < EVERY_OTHER:
        because.append(Reason("gap.silence", {"chance": _chance(silence)}))
    if orders < MIN_ORDERS and silence > WATCH:
        return EvidenceVerdict(Evidence.NOT_ENOUGH, [*because, Reason("evidence.few", {"orders": orders})])
    least = min(decline, silence)
    evidence = Evidence.ALERT if least <= ALERT else Evidence.WATCH if least <= WATCH else Evidence.STABLE
    return EvidenceVerdict(evidence, [Reason(f"evidence.{evidence.value}"), *because])


def _chance(p: float) -> str:
    """The n of "1 time in n", as people say a small probability."""
    return str(max(2, round(1 / max(p, 1e-4))))


@dataclass(frozen=True)
class ExpectedVerdict:
    state: ExpectedState
    cents: int | None
    because: Sequence[Reason]


def explain_expected(
    *, state: ExpectedState, orders: float | None, order_cents: int | None, refund_rate: float,
    factor: float, repeats: int | None, p_alive: float | None, p_order: float | None,
) -> ExpectedVerdict:  # fmt: skip
    """``orders`` expected in 52 weeks after the gate's ``factor``; ``order_cents`` E[M] before refunds."""
    if state == ExpectedState.PROSPECT or orders is None or order_cents is None:
        return ExpectedVerdict(ExpectedState.PROSPECT, None, [Reason("expected.prospect")])
    cents = round(orders * order_cents * (1 - refund_rate))
    values = {"orders": orders, "order_cents": order_cents, "refund_rate": refund_rate}
    because = [Reason("expected.product", values), Reason("expected.some", {"p_rate": p_order})]
    if not repeats:
        because.append(Reason("expected.no_repeat"))
    elif p_alive is not None:
        because.append(Reason("expected.alive", {"alive_rate": p_alive, "repeats": repeats}))
    if abs(factor - 1) > 1e-9:
        because.append(Reason("expected.factor", {"factor_rate": factor}))
    if state == ExpectedState.FALLBACK:
        because.append(Reason("expected.fallback"))
    return ExpectedVerdict(state, cents, because)


@dataclass(frozen=True)
class ProfitVerdict:
    state: ProfitState
    because: Sequence[Reason]


def explain_profit(
    *, state: ProfitState, rate: float | None, rate_before: float | None, margin_cents: int | None,
    coverage: float | None, assumed: float | None, volume_cents: int | None, rate_cents: int | None,
    z: float | None,
) -> ProfitVerdict:  # fmt: skip
    values = {
        "margin_cents": margin_cents, "now_rate": rate, "before_rate": rate_before, "coverage_rate": coverage,
        "change_points": None if rate is None or rate_before is None else rate - rate_before,
        "needed_rate": MIN_COST_COVERAGE,
    }  # fmt: skip
    because = [Reason(f"profit.{state.value}", values)]
    if volume_cents is not None and rate_cents is not None:
        because.append(Reason("profit.split", {"volume_cents": volume_cents, "by_rate_cents": rate_cents}))
    if assumed:
        because.append(Reason("profit.assumed", {"assumed_rate": assumed}))
    if z is not None:
        p = math.erfc(abs(z) / math.sqrt(2)) / 2
        because.append(Reason("profit.chance", {"chance": _chance(p)}))
    return ProfitVerdict(state, because)
