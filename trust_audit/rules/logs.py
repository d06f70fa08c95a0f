"""Levels that follow from counted things: timed calls (ORD-07) and test orders (ORD-04).

The thresholds are ours; docs/method.md says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from common.reasons import Reason

CALLS_NEEDED, ORDERS_NEEDED = 5, 3
PROMPT_SECONDS = 60
CALL_LINES = ((90, 4), (80, 3), (60, 2), (40, 1))
ORDER_LINES = ((98, 4), (95, 3), (90, 2), (80, 1))


@dataclass(frozen=True)
class Call:
    """``waited_seconds`` until somebody answered; None when nobody did."""

    waited_seconds: int | None
    solved: bool = False

    @property
    def prompt(self) -> bool:
        return self.waited_seconds is not None and self.waited_seconds <= PROMPT_SECONDS


@dataclass(frozen=True)
class TestOrder:
    promised_on: date
    delivered_on: date | None  # None: never came
    right_goods: bool
    extra_cost: bool

    @property
    def on_time(self) -> bool:
        return self.delivered_on is not None and self.delivered_on <= self.promised_on


@dataclass(frozen=True)
class Suggestion:
    """``level`` is None while too little was counted."""

    level: int | None
    because: Reason


def _level(rate: Fraction, lines: Sequence[tuple[int, int]]) -> int:
    return next((level for line, level in lines if 100 * rate >= line), 0)


def level_of_calls(calls: Sequence[Call]) -> Suggestion:
    if len(calls) < CALLS_NEEDED:
        return Suggestion(None, Reason("calls_too_few", {"calls": len(calls)}))
    rate = Fraction(sum(call.prompt for call in calls), len(calls))
    return Suggestion(
        _level(rate, CALL_LINES),
        Reason("calls_answered", {"calls": len(calls), "rate_exact_rate": float(rate)}),
    )


def level_of_orders(orders: Sequence[TestOrder]) -> Suggestion:
    """The worst of three rates decides: on time, right goods, no extra cost."""
    if len(orders) < ORDERS_NEEDED:
        return Suggestion(None, Reason("orders_too_few", {"orders": len(orders)}))
    rates = {
        "on_time_exact_rate": Fraction(sum(order.on_time for order in orders), len(orders)),
        "right_exact_rate": Fraction(sum(order.right_goods for order in orders), len(orders)),
        "cost_exact_rate": Fraction(sum(not order.extra_cost for order in orders), len(orders)),
    }
    said = {name: float(rate) for name, rate in rates.items()} | {"orders": len(orders)}
    return Suggestion(_level(min(rates.values()), ORDER_LINES), Reason("orders_kept", said))
