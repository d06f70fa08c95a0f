from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from attention.labels import ACTS, REASONS, REASONS_WITHOUT_AMOUNTS
from attention.rules.acts import channel, suggest_act
from attention.rules.facts import ClientFacts
from attention.rules.lines import Answer, LineState, due_week, is_suppressed, reminder_day
from attention.rules.planning import Portfolio, WeekPlan, plan_week
from common.periods import IsoWeek
from kinetics.states import Evidence, RevenueState
from segmentation.rules.grid import Segment
from tests.attention.helpers import AS_OF, WEEK


def facts(client_id: int = 1, **fields: Any) -> ClientFacts:
    defaults: dict[str, Any] = {
        "client_id": client_id, "created_on": AS_OF - timedelta(days=700), "segment": "whale", "own_segment": "",
        "evidence": Evidence.STABLE, "revenue_state": RevenueState.MEASURED, "window_days": 364,
        "r0_cents": 1_000_000, "r1_cents": 1_000_000, "growth_rate": 0.0, "change_p": None, "gap_p": None,
        "first_day": AS_OF - timedelta(days=900), "last_day": AS_OF - timedelta(days=20),
        "expected_cents": 1_000_000, "repeat_days": 30, "recency_weeks": 120.0, "margin_rate": 0.4,
        "margin_change": 0.0, "cost_coverage": 1.0, "assumed_share": 0.0,
    }  # fmt: skip
    return ClientFacts(**(defaults | fields))


def plan(*clients: ClientFacts, hours: float = 10, stable: float = 0.8, **fields: Any) -> WeekPlan:
    defaults: dict[str, Any] = {
        "owner_id": 1, "week": WEEK, "as_of": AS_OF, "hours": hours, "clients": clients,
        "stable": {client.client_id: stable for client in clients}, "answers": {},
        "first_week": IsoWeek(2026, 20), "margin_rate": 0.3,
    }  # fmt: skip
    return plan_week(Portfolio(**(defaults | fields)))


def codes(week_plan: WeekPlan, line: int = 0) -> list[str]:
    return [reason.code for reason in week_plan.lines[line].reasons]


FADING: dict[str, Any] = {
    "r0_cents": 5_100_000, "r1_cents": 8_400_000, "growth_rate": -0.393, "change_p": 0.004, "gap_p": 0.02,
    "evidence": Evidence.ALERT, "repeat_days": 40, "last_day": AS_OF - timedelta(weeks=9),
}  # fmt: skip
TOUCHED = {1: [Answer(WEEK.plus(-3), LineState.DONE, 30, day=date(2026, 10, 28))]}


def test_a_fading_client_says_so_in_order() -> None:
    week_plan = plan(facts(**FADING), stable=0.2, answers=TOUCHED)
    assert codes(week_plan) == ["silence", "revenue_fell", "slipping", "worth", "is_whale"]
    assert dict(week_plan.lines[0].reasons[0].values) == {"usual": 3, "weeks": 9}
    assert week_plan.lines[0].act == "whale_call"


def test_a_fall_that_calls_for_no_call_admits_chance() -> None:
    faded = FADING | {"change_p": 0.2, "gap_p": 0.2, "evidence": Evidence.STABLE}
    week_plan = plan(facts(**faded), stable=0.9, answers=TOUCHED)
    assert codes(week_plan)[:2] == ["silence_perhaps", "revenue_fell_perhaps"]
    assert week_plan.lines[0].act == "whale_keep"


def test_value_parts_are_kept_and_rank_the_lines() -> None:
    week_plan = plan(facts(1), facts(2, **FADING), facts(3, expected_cents=10_000_000))
    assert {line.client_id for line in week_plan.lines} == {1, 2, 3}
    assert [line.value_cents for line in week_plan.lines] == sorted(
        (line.value_cents for line in week_plan.lines), reverse=True
    )
    fading = next(line for line in week_plan.lines if line.client_id == 2)
    assert set(fading.parts) == {"retain", "recover"}
    assert sum(fading.parts.values()) == fading.value_cents


@pytest.mark.parametrize(
    ("change", "first"),
    [
        ({"revenue_state": RevenueState.SILENT, "r0_cents": 0, "growth_rate": -1.0, "repeat_days": 1}, "stopped"),
        ({"revenue_state": RevenueState.NEW, "growth_rate": None, "r1_cents": None,
          "first_day": AS_OF - timedelta(weeks=6)}, "new"),
        ({"revenue_state": RevenueState.NEW, "growth_rate": None, "r1_cents": None,
          "first_day": AS_OF - timedelta(days=3)}, "new_now"),
        ({"revenue_state": RevenueState.NEW, "growth_rate": None, "r1_cents": None,
          "first_day": AS_OF - timedelta(weeks=50)}, "first_year"),
        ({"revenue_state": RevenueState.REACTIVATED, "growth_rate": None}, "reactivated"),
        ({"margin_change": -0.05}, "margin_fell"),
        ({"growth_rate": 0.5, "r0_cents": 1_500_000}, "revenue_grew"),
        ({"repeat_days": 120, "last_day": AS_OF - timedelta(weeks=4)}, "silence_weekly_perhaps"),
    ],
)  # fmt: skip
def test_the_most_telling_reason_comes_first(change: dict[str, Any], first: str) -> None:
    week_plan = plan(facts(**change), answers=TOUCHED)
    assert codes(week_plan)[0] == first
    assert len(codes(week_plan)) >= 2


def test_who_bought_nothing_all_year_is_called_before_it_is_visited() -> None:
    gone = facts(1, revenue_state=RevenueState.SILENT, r0_cents=0, r1_cents=900_000_00, gap_p=0.001)
    here = facts(2)
    doses = {line.client_id: line.dose_minutes for line in plan(gone, here, hours=10, stable=0.2).lines}
    assert doses == {1: 30, 2: 180}


def test_assumptions_are_named() -> None:
    assert codes(plan(facts(cost_coverage=0.2)))[-1] == "portfolio_margin"
    assert codes(plan(facts(margin_rate=None), margin_rate=None))[-1] == "no_margin"
    assert codes(plan(facts(assumed_share=0.3)))[-1] == "assumed_margin"
    assert codes(plan(facts(segment="athlete", margin_rate=-0.1)))[-1] == "negative_margin"


def test_prospects_stay_out_and_dormant_clients_have_no_floor() -> None:
    prospect = facts(1, revenue_state=RevenueState.PROSPECT, expected_cents=None, last_day=None)
    dormant = facts(2, revenue_state=RevenueState.DORMANT, expected_cents=0, r0_cents=0, r1_cents=0)
    week_plan = plan(prospect, dormant)
    assert (week_plan.looked_at, week_plan.lines) == (1, [])


def test_an_athlete_is_owed_half_an_hour_every_two_weeks() -> None:
    athlete = facts(segment="athlete", expected_cents=0)
    assert [line.dose_minutes for line in plan(athlete).lines] == [30]
    seen = {1: [Answer(WEEK.plus(-1), LineState.DONE, 30)]}
    drawn_alone = plan(athlete, answers=seen, hours=0.25)
    assert drawn_alone.lines == []


def test_the_first_round_of_athletes_is_spread_over_two_weeks() -> None:
    athletes = [facts(number, segment="athlete", expected_cents=0) for number in range(20)]
    owed = [plan(*athletes, first_week=first, hours=40).lines for first in (WEEK, WEEK.plus(-1))]
    assert [sum(line.inputs["floor"] for line in lines) for lines in owed] == [10, 20]


def test_athletes_that_do_not_fit_are_named_first() -> None:
    week_plan = plan(facts(1, segment="athlete"), facts(2, segment="athlete"), facts(3), hours=0.5)
    assert [row["why"] for row in week_plan.left_out] == ["uncovered_athlete", "next_best"]


def test_the_first_round_of_everybody_is_spread_over_13_weeks() -> None:
    clients = [facts(number, expected_cents=0) for number in range(130)]
    untouched = plan(*clients, first_week=WEEK, hours=40)
    owed = [line for line in untouched.lines if line.inputs["floor"]]
    assert len(owed) == 10
    later = plan(*clients, first_week=WEEK.plus(-12), hours=40)
    assert later.params["uncovered_floors"] + sum(line.inputs["floor"] for line in later.lines) == 130


def test_wrong_keeps_off_four_weeks_and_a_snooze_until_its_day() -> None:
    wrong = [Answer(WEEK.plus(-4), LineState.WRONG)]
    assert is_suppressed(wrong, WEEK)
    assert not is_suppressed(wrong, WEEK.plus(1))
    snoozed = [Answer(WEEK.plus(-1), LineState.SNOOZED, snoozed_until=WEEK.plus(1).monday)]
    assert is_suppressed(snoozed, WEEK)
    assert not is_suppressed(snoozed, WEEK.plus(1))
    assert reminder_day(snoozed, WEEK.plus(1)) == WEEK.plus(1).monday


def test_a_snoozed_client_comes_back_on_its_day_and_says_why() -> None:
    answers = {1: [Answer(WEEK.plus(-2), LineState.SNOOZED, snoozed_until=WEEK.monday)]}
    week_plan = plan(facts(1, expected_cents=0), answers=answers, hours=0.25)
    assert codes(week_plan)[0] == "reminder"


@pytest.mark.parametrize("segment", [*Segment, ""])
@pytest.mark.parametrize("evidence", list(Evidence))
@pytest.mark.parametrize("state", list(RevenueState))
def test_every_situation_has_an_act_in_words(segment: str, evidence: Evidence, state: RevenueState) -> None:
    act = suggest_act(facts(segment=segment, evidence=evidence, revenue_state=state), 0.8, AS_OF)
    assert act in ACTS


@pytest.mark.parametrize(("weeks", "act"), [(6, "welcome"), (13, "welcome"), (14, "whale_keep")])
def test_a_client_is_welcomed_for_a_quarter(weeks: int, act: str) -> None:
    recent = facts(revenue_state=RevenueState.NEW, first_day=AS_OF - timedelta(weeks=weeks))
    assert suggest_act(recent, 0.8, AS_OF) == act


def test_both_catalogues_speak_of_the_same_codes() -> None:
    assert set(REASONS) == set(REASONS_WITHOUT_AMOUNTS)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(15, "call"), (30, "video"), (45, "video"), (60, "visit"), (90, "visit"), (180, "visit")],
)
def test_channels(minutes: int, expected: str) -> None:
    assert channel(minutes) == expected


@pytest.mark.parametrize(
    ("zone", "utc", "expected"),
    [
        ("Europe/Paris", "2026-11-16T04:59", None),
        ("Europe/Paris", "2026-11-16T05:00", "2026-W47"),
        ("America/New_York", "2026-11-16T10:59", None),
        ("America/New_York", "2026-11-16T11:00", "2026-W47"),
        ("Pacific/Auckland", "2026-11-15T17:00", "2026-W47"),  # Monday there, Sunday in London
        ("Europe/Paris", "2026-03-30T04:00", "2026-W14"),  # the Monday after summer time began
        ("Europe/Paris", "2026-03-30T03:59", None),
        ("Europe/Paris", "2026-10-26T04:59", None),  # the Monday after it ended
        ("Europe/Paris", "2026-10-26T05:00", "2026-W44"),
        ("Europe/Paris", "2026-12-28T06:00", "2026-W53"),
        ("Europe/Paris", "2027-01-03T12:00", "2026-W53"),  # Sunday of week 53, in the new year
        ("Europe/Paris", "2027-01-04T06:00", "2027-W01"),
    ],
)
def test_when_a_list_is_due(zone: str, utc: str, expected: str | None) -> None:
    local = datetime.fromisoformat(f"{utc}+00:00").astimezone(ZoneInfo(zone))
    week = due_week(local)
    assert (str(week) if week else None) == expected
