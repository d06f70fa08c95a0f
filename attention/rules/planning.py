"""From what is known of an owner's clients to the lines of one week. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from attention.rules import dosing, value
from attention.rules.acts import suggest_act
from attention.rules.dosing import Candidate, Plan
from attention.rules.facts import ClientFacts
from attention.rules.lines import Answer, LineState, is_suppressed, reminder_day, weeks_between
from attention.rules.reasons import Situation, explain_line
from attention.rules.value import Margin, Value, appraise, choose_margin, evidence_weight, kappa
from common.periods import IsoWeek
from common.reasons import Reason
from kinetics.states import RevenueState
from segmentation.rules.grid import Segment

RULE_VERSION = "attention-1"


@dataclass(frozen=True)
class Portfolio:
    """What one owner's week is planned from. ``first_week``: of the owner's first list;
    ``stable``: the smoothed belief by client; ``margin_rate``: the whole portfolio's, if known."""

    owner_id: int
    week: IsoWeek
    as_of: date
    hours: float
    clients: Sequence[ClientFacts]
    stable: Mapping[int, float]
    answers: Mapping[int, list[Answer]]
    first_week: IsoWeek
    margin_rate: float | None


@dataclass(frozen=True, slots=True)
class Considered:
    """One client with everything its line will say."""

    facts: ClientFacts
    stable: float
    margin: Margin
    value: Value
    candidate: Candidate
    weeks_since_touch: int
    last_touch: date | None
    reminder: date | None


@dataclass(frozen=True)
class Line:
    client_id: int
    dose_minutes: int
    value_cents: int
    parts: dict[str, int]
    act: str
    segment: str
    own_segment: str
    exploration: bool
    reasons: list[Reason]
    inputs: dict[str, Any]


@dataclass(frozen=True)
class WeekPlan:
    """Lines are ranked by value at stake. ``left_out``: client, code of why, value at stake."""

    lines: list[Line]
    left_out: list[dict[str, Any]]
    looked_at: int
    planned_minutes: int
    hour_value_cents: int | None
    params: dict[str, Any] = field(default_factory=dict)


def plan_week(portfolio: Portfolio) -> WeekPlan:
    """The week of one owner. Clients without any order, snoozed or called wrong stay out of it."""
    considered = {
        facts.client_id: _consider(facts, portfolio)
        for facts in portfolio.clients
        if facts.revenue_state != RevenueState.PROSPECT
        and not is_suppressed(portfolio.answers.get(facts.client_id, []), portfolio.week)
    }
    plan = dosing.allocate(
        [one.candidate for one in considered.values()],
        hours=portfolio.hours,
        seed=f"{portfolio.owner_id}:{portfolio.week}",
    )
    lines = [_line(considered[client_id], portfolio, plan) for client_id in plan.doses]
    return WeekPlan(
        lines=sorted(lines, key=lambda line: (-line.value_cents, -line.dose_minutes, line.client_id)),
        left_out=_left_out(plan, considered),
        looked_at=len(considered),
        planned_minutes=plan.minutes,
        hour_value_cents=None if plan.hour_value_cents is None else round(plan.hour_value_cents),
        params=_params(portfolio, plan),
    )


def _consider(facts: ClientFacts, portfolio: Portfolio) -> Considered:
    stable = portfolio.stable[facts.client_id]
    margin = choose_margin(
        own=facts.margin_rate, coverage=facts.cost_coverage, portfolio=portfolio.margin_rate
    )
    worth = appraise(
        expected_cents=facts.expected_cents, shortfall_cents=facts.shortfall_cents,
        weight=evidence_weight(facts.change_p, facts.gap_p), margin=margin, stable=stable,
    )  # fmt: skip
    answers = portfolio.answers.get(facts.client_id, [])
    touches = [answer for answer in answers if answer.state == LineState.DONE]
    waited = _weeks_since_touch(facts, touches, portfolio)
    reminder = reminder_day(answers, portfolio.week)
    return Considered(
        facts, stable, margin, worth, _candidate(facts, worth, touches, waited, reminder, portfolio.week),
        waited, max((touch.day for touch in touches if touch.day), default=None), reminder,
    )  # fmt: skip


def _weeks_since_touch(facts: ClientFacts, touches: list[Answer], portfolio: Portfolio) -> int:
    """Since the last touch. Before the first one the wait starts with the first list (or the client), set
    back by the client's number: so the first round is spread over the floor's weeks, not due at once."""
    if touches:
        return min(weeks_between(touch.week, portfolio.week) for touch in touches)
    start = max(portfolio.first_week, IsoWeek.of(facts.created_on))
    round_weeks = dosing.ATHLETE_FLOOR_WEEKS if facts.segment == Segment.ATHLETE else dosing.FLOOR_WEEKS
    # A week counts from its list on: who is due in the first week has waited the whole round.
    return weeks_between(start, portfolio.week) + 1 + facts.client_id % round_weeks


def _candidate(
    facts: ClientFacts, worth: Value, touches: list[Answer], waited: int, reminder: date | None, week: IsoWeek
) -> Candidate:
    ages = [(weeks_between(touch.week, week), touch.minutes / 60) for touch in touches]
    is_athlete = facts.segment == Segment.ATHLETE
    # Two years without an order: worth an hour only if its value says so.
    is_dormant = facts.revenue_state == RevenueState.DORMANT
    recent = sum(hours for age, hours in ages if age < dosing.ATHLETE_FLOOR_WEEKS)
    floor = 0 if is_dormant else dosing.floor_quanta(
        is_athlete=is_athlete, recent_hours=recent, weeks_since_touch=waited
    )  # fmt: skip
    return Candidate(
        client_id=facts.client_id, week_cents=worth.week_cents, stock_hours=dosing.attention_stock(ages),
        floor_quanta=max(floor, 1) if reminder else floor, is_athlete=is_athlete,
        is_promised=reminder is not None, drawable=not is_dormant,
        most_quanta=dosing.CALL_QUANTA if facts.revenue_state == RevenueState.SILENT else dosing.MAX_QUANTA,
    )  # fmt: skip


def _line(one: Considered, portfolio: Portfolio, plan: Plan) -> Line:
    dose = plan.doses[one.facts.client_id]
    contribution = round(max(0.0, one.margin.rate) * max(0, one.facts.expected_cents or 0))
    situation = Situation(
        one.facts, portfolio.as_of, one.stable, one.margin, contribution, dose, one.weeks_since_touch,
        one.last_touch is not None, one.reminder,
    )  # fmt: skip
    return Line(
        client_id=one.facts.client_id,
        dose_minutes=dose.minutes,
        value_cents=one.value.stake_cents,
        parts=one.value.parts,
        act=suggest_act(one.facts, one.stable, portfolio.as_of),
        segment=one.facts.segment,
        own_segment=one.facts.own_segment,
        exploration=dose.drawn,
        reasons=explain_line(situation),
        inputs=_inputs(one, dose),
    )


def _inputs(one: Considered, dose: dosing.Dose) -> dict[str, Any]:
    """What a reader needs to work the line out again."""
    return {
        "evidence": one.facts.evidence.value,
        "stable": round(one.stable, 4),
        "kappa": round(kappa(one.stable), 5),
        "expected_cents": one.facts.expected_cents,
        "shortfall_cents": one.facts.shortfall_cents,
        "shortfall_weight": round(evidence_weight(one.facts.change_p, one.facts.gap_p), 3),
        "basis": one.margin.basis.value,
        "margin_rate": round(one.margin.rate, 4),
        "base_cents": one.value.base_cents,
        "week_cents": round(one.value.week_cents),
        "stock_hours": round(one.candidate.stock_hours, 3),
        "gain_cents": round(_gain(one.candidate, dose.quanta)),
        "floor": dose.floor,
        "last_touch": one.last_touch.isoformat() if one.last_touch else None,
    }


def _gain(candidate: Candidate, quanta: int) -> float:
    return sum(dosing.marginal_value(candidate, given) for given in range(quanta))


def _left_out(plan: Plan, considered: Mapping[int, Considered]) -> list[dict[str, Any]]:
    """Athletes without their floor, then who would get the next hour; each by value at stake."""
    listed = set(plan.uncovered_athletes)
    found = [("uncovered_athlete", client_id) for client_id in plan.uncovered_athletes]
    found += [("next_best", client_id) for client_id in plan.next_best if client_id not in listed]
    rows = [
        {"client": client_id, "why": why, "value_cents": considered[client_id].value.stake_cents}
        for why, client_id in found
    ]
    return sorted(rows, key=lambda row: (row["why"] != "uncovered_athlete", -int(row["value_cents"])))


def _params(portfolio: Portfolio, plan: Plan) -> dict[str, Any]:
    return {
        "kappa_stable": value.KAPPA_STABLE,
        "kappa_slipping": value.KAPPA_SLIPPING,
        "tau_hours": dosing.TAU_HOURS,
        "memory": dosing.MEMORY,
        "reserve_share": dosing.RESERVE_SHARE,
        "general_floor_share": dosing.GENERAL_FLOOR_SHARE,
        "portfolio_margin_rate": portfolio.margin_rate,
        "uncovered_floors": plan.uncovered_floors,
    }
