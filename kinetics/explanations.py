"""The "why?" of a stored indicator: its inputs and reasons, from the row and the run it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.reasons import Reason
from common.wording import explain
from kinetics.labels import (
    EVIDENCES,
    EXPECTED_STATES,
    FORMULAS,
    INDICATORS,
    PROFIT_STATES,
    REASONS,
    REVENUE_STATES,
)
from kinetics.models import ClientIndicator, KineticsRun
from kinetics.rules import because as rules
from kinetics.states import Evidence, ExpectedState, ProfitState, RevenueState


@dataclass(frozen=True)
class Input:
    """``kind``: money, percent, number, date or text; says how a page prints ``value``."""

    label: str | Promise
    value: Any
    kind: str


@dataclass(frozen=True)
class Why:
    indicator: str
    title: str | Promise
    state: str
    state_label: str | Promise
    because: Sequence[Reason]
    inputs: Sequence[Input]
    formula: str | Promise

    @property
    def sentences(self) -> list[str]:
        return [explain(reason, REASONS) for reason in self.because]


def why(row: ClientIndicator, indicator: str) -> Why:
    """Raises ``KeyError`` for an indicator that does not exist."""
    return {"revenue": _why_revenue, "expected": _why_expected, "profit": _why_profit}[indicator](row)


def states_of(row: ClientIndicator) -> dict[str, str | Promise]:
    """The words of each indicator's state, without its reasons."""
    return {
        "revenue": REVENUE_STATES[RevenueState(row.revenue_state)],
        "expected": EXPECTED_STATES[ExpectedState(row.expected_state)],
        "profit": PROFIT_STATES[ProfitState(row.profit_state)],
    }


def _why(
    indicator: str, state: str, label: str | Promise, because: Sequence[Reason], inputs: list[Input]
) -> Why:
    return Why(indicator, INDICATORS[indicator], state, label, because, inputs, FORMULAS[indicator])


def tenure_days(row: ClientIndicator) -> int | None:
    return None if row.age_weeks is None else round(row.age_weeks * 7)


def orders_compared(row: ClientIndicator) -> int:
    return row.purchase_days + row.purchase_days_before


def _why_revenue(row: ClientIndicator) -> Why:
    verdict = rules.explain_revenue(
        tenure=tenure_days(row), r0=row.r0_cents, r1=row.r1_cents, days=row.window_days
    )
    label = REVENUE_STATES[RevenueState(row.revenue_state)]
    inputs = [
        Input(_("Revenue of the later window"), row.r0_cents, "money"),
        Input(_("Revenue of the earlier window"), row.r1_cents, "money"),
        Input(_("Days in each window"), row.window_days, "number"),
        Input(_("Against the portfolio"), row.relative_rate, "percent"),
        Input(_("Purchase days, last 364 days"), row.purchase_days, "number"),
        Input(_("Purchase days, 364 days before"), row.purchase_days_before, "number"),
        Input(
            _("Share of the portfolio's orders in the later window"), row.run.params.get("share"), "percent"
        ),
        Input(_("p of the change"), row.change_p, "p"),
        Input(_("p of the silence"), row.gap_p, "p"),
        Input(_("Last order"), row.last_day, "date"),
    ]
    return _why("revenue", row.revenue_state, label, [*verdict.because, *evidence_reasons(row)], inputs)


def evidence_reasons(row: ClientIndicator) -> Sequence[Reason]:
    """What speaks for a decline, or why nothing can be told; the stored evidence decides the headline."""
    verdict = rules.explain_evidence(
        z=row.change_z, change_p=row.change_p, gap=row.gap_p, orders=orders_compared(row)
    )
    return [] if row.revenue_state == RevenueState.PROSPECT else verdict.because


def _why_expected(row: ClientIndicator) -> Why:
    params = row.run.params
    gate = params.get("gate", {})
    verdict = rules.explain_expected(
        state=ExpectedState(row.expected_state), orders=row.expected_orders,
        order_cents=row.expected_order_cents, refund_rate=params.get("refund_rate", 0.0),
        factor=gate.get("factor", 1.0), repeats=row.repeat_days, p_alive=row.p_alive, p_order=row.p_order,
    )  # fmt: skip
    inputs = [
        Input(_("Expected revenue"), row.expected_cents, "money"),
        Input(_("Low end of the range"), row.expected_low_cents, "money"),
        Input(_("High end of the range"), row.expected_high_cents, "money"),
        Input(_("Repeat purchase days"), row.repeat_days, "number"),
        Input(_("Weeks from the first to the last order"), row.recency_weeks, "decimal"),
        Input(_("Weeks since the first order"), row.age_weeks, "decimal"),
        Input(_("Expected orders"), row.expected_orders, "decimal"),
        Input(_("Expected value of an order"), row.expected_order_cents, "money"),
        Input(_("Refunds of the portfolio"), params.get("refund_rate"), "percent"),
        Input(_("Correction of the last check"), gate.get("factor"), "percent"),
    ]
    label = EXPECTED_STATES[ExpectedState(row.expected_state)]
    return _why("expected", row.expected_state, label, verdict.because, inputs)


def _why_profit(row: ClientIndicator) -> Why:
    verdict = rules.explain_profit(
        state=ProfitState(row.profit_state), rate=row.margin_rate, rate_before=row.margin_rate_before,
        margin_cents=row.margin_cents, coverage=row.cost_coverage, assumed=row.assumed_share,
        volume_cents=row.volume_effect_cents, rate_cents=row.rate_effect_cents, z=row.margin_z,
    )  # fmt: skip
    inputs = [
        Input(_("Margin on costed lines"), row.margin_cents, "money"),
        Input(_("Margin rate"), row.margin_rate, "percent"),
        Input(_("Margin rate before"), row.margin_rate_before, "percent"),
        Input(_("Revenue with a known or assumed cost"), row.cost_coverage, "percent"),
        Input(_("Part of it with an assumed margin"), row.assumed_share, "percent"),
        Input(_("Effect of the volume"), row.volume_effect_cents, "money"),
        Input(_("Effect of the rate"), row.rate_effect_cents, "money"),
    ]
    label = PROFIT_STATES[ProfitState(row.profit_state)]
    return _why("profit", row.profit_state, label, verdict.because, inputs)


def evidence_label(row: ClientIndicator) -> str | Promise:
    return EVIDENCES[Evidence(row.evidence)]


def gate_reasons(run: KineticsRun) -> list[Reason]:
    """How far the run's forecast can be trusted, from its stored check."""
    params, gate = run.params, run.params.get("gate", {})
    refunds = Reason("gate.refunds", {"refund_rate": params.get("refund_rate")})
    if not params.get("enough_data"):
        needs = params.get("needs", {})
        values = {
            "repeaters": params.get("repeaters"),
            "weeks": int(needs["weeks"]),
            "needed": needs["repeaters"],
        }
        return [Reason("gate.little_data", values), refunds]
    if not gate.get("checked"):
        return [Reason("gate.unchecked"), refunds]
    return [*_checked(gate), *([Reason("gate.kept")] if params.get("kept_from_before") else []), refunds]


def _checked(gate: dict[str, Any]) -> list[Reason]:
    bias = gate["bias"]
    values = {"deviance": gate["deviance"], "naive": gate["deviance_naive"]}
    reasons = [
        Reason("gate.exact") if bias is None else Reason("gate.bias", {"bias_rate": bias}),
        Reason("gate.better" if gate["passed"] else "gate.worse", values),
    ]
    if gate["lift"] is not None:
        reasons.append(Reason("gate.lift", {"lift": gate["lift"]}))
    if gate["factor"] != 1:
        reasons.append(Reason("gate.factor", {"factor_rate": gate["factor"]}))
    return reasons
