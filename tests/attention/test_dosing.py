import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention.rules import dosing
from attention.rules.dosing import Candidate, allocate, attention_stock, floor_quanta, marginal_value

values = st.floats(0, 1e6, allow_nan=False)
candidates = st.lists(
    st.builds(
        Candidate,
        client_id=st.integers(),
        week_cents=values,
        stock_hours=st.floats(0, 20),
        floor_quanta=st.integers(0, 2),
        is_athlete=st.booleans(),
        is_promised=st.booleans(),
        drawable=st.booleans(),
    ),
    max_size=30,
    unique_by=lambda one: one.client_id,
)


def best_by_dynamic_programming(clients: list[Candidate], quanta: int) -> float:
    best = [0.0] * (quanta + 1)
    for client in clients:
        gains = [0.0]
        for given_ in range(min(dosing.MAX_QUANTA, quanta)):
            gains.append(gains[-1] + marginal_value(client, given_))
        best = [
            max(best[left - taken] + gains[taken] for taken in range(min(left, len(gains) - 1) + 1))
            for left in range(quanta + 1)
        ]
    return best[quanta]


def value_of(clients: list[Candidate], doses: dict[int, dosing.Dose]) -> float:
    by_id = {client.client_id: client for client in clients}
    return sum(
        marginal_value(by_id[client_id], given_)
        for client_id, dose in doses.items()
        for given_ in range(dose.quanta)
    )


@given(
    st.lists(st.tuples(values, st.floats(0, 10)), min_size=1, max_size=6), st.integers(0, 24), st.randoms()
)
def test_greedy_is_exact_on_concave_responses(
    rows: list[tuple[float, float]], quanta: int, chance: random.Random
) -> None:
    clients = [Candidate(number, value, stock, drawable=False) for number, (value, stock) in enumerate(rows)]
    plan = allocate(clients, hours=quanta * 0.25, seed="dp")
    assert value_of(clients, plan.doses) == pytest.approx(
        best_by_dynamic_programming(clients, quanta), rel=1e-9, abs=1e-9
    )


@given(candidates, st.floats(0, 60), st.text(max_size=5))
def test_doses_never_exceed_the_hours_nor_three_hours_a_client(
    clients: list[Candidate], hours: float, seed: str
) -> None:
    plan = allocate(clients, hours=hours, seed=seed)
    assert plan.minutes <= hours * 60 + 1e-6
    assert all(1 <= dose.quanta <= dosing.MAX_QUANTA for dose in plan.doses.values())
    assert set(plan.doses) <= {client.client_id for client in clients}


@given(candidates, st.floats(0, 20))
def test_each_athlete_has_its_floor_or_is_named(clients: list[Candidate], hours: float) -> None:
    plan = allocate(clients, hours=hours, seed="floors")
    for client in clients:
        if client.is_athlete and client.floor_quanta:
            dose = plan.doses.get(client.client_id)
            covered = dose is not None and dose.floor and dose.quanta >= client.floor_quanta
            assert covered != (client.client_id in plan.uncovered_athletes)


@given(candidates, st.floats(0, 20), st.text(max_size=5))
def test_the_same_seed_gives_the_same_plan(clients: list[Candidate], hours: float, seed: str) -> None:
    assert allocate(clients, hours=hours, seed=seed) == allocate(clients[::-1], hours=hours, seed=seed)


def test_floors_go_to_the_most_valuable_until_the_hours_are_gone() -> None:
    athletes = [Candidate(number, 100.0 * number, floor_quanta=2, is_athlete=True) for number in range(1, 6)]
    plan = allocate(athletes, hours=1.25, seed="x")
    assert {client_id for client_id, dose in plan.doses.items() if dose.floor} == {5, 4}
    assert plan.uncovered_athletes == (3, 2, 1)


def test_the_13_week_floor_takes_at_most_its_share() -> None:
    owed = [Candidate(number, 1.0, floor_quanta=1) for number in range(100)]
    urgent = Candidate(1000, 1e6)
    plan = allocate([*owed, urgent], hours=10, seed="x")
    assert sum(dose.floor for dose in plan.doses.values()) == 12
    assert plan.uncovered_floors == 88
    assert plan.doses[1000].quanta == dosing.MAX_QUANTA


def test_promises_come_before_athletes() -> None:
    promised = Candidate(1, 0.0, floor_quanta=1, is_promised=True)
    athlete = Candidate(2, 1e6, floor_quanta=2, is_athlete=True)
    plan = allocate([promised, athlete], hours=0.5, seed="x")
    assert 1 in plan.doses
    assert plan.uncovered_athletes == (2,)


def test_a_tenth_of_the_hours_is_drawn_over_the_weeks() -> None:
    clients = [Candidate(number, float(number)) for number in range(200)]
    drawn = [
        sum(dose.drawn for dose in allocate(clients, hours=6, seed=f"week {week}").doses.values())
        for week in range(400)
    ]
    assert set(drawn) == {2, 3}
    assert sum(drawn) / len(drawn) == pytest.approx(2.4, abs=0.1)


def test_every_client_without_a_floor_is_drawn_sometimes() -> None:
    clients = [Candidate(number, 0.0 if number else 1e6, floor_quanta=not number) for number in range(20)]
    drawn = {
        client_id
        for week in range(200)
        for client_id, dose in allocate(clients, hours=5, seed=f"{week}").doses.items()
        if dose.drawn
    }
    assert drawn == set(range(1, 20))


def test_one_more_hour_is_worth_the_next_four_quarters() -> None:
    client = Candidate(1, 1000.0, drawable=False)
    plan = allocate([client], hours=1, seed="x")
    assert plan.hour_value_cents == pytest.approx(
        sum(marginal_value(client, given_) for given_ in range(4, 8))
    )


def test_nobody_left_means_no_price() -> None:
    plan = allocate([Candidate(1, 1000.0)], hours=5, seed="x")
    assert (plan.minutes, plan.hour_value_cents, plan.next_best) == (180, None, ())


def test_an_hour_last_week_is_half_remembered() -> None:
    assert attention_stock([(1, 1.0)]) == 1.0
    assert attention_stock([(1, 1.0), (2, 2.0), (0, 9.0)]) == pytest.approx(2.6)
    fresh, cared = Candidate(1, 100.0), Candidate(2, 100.0, stock_hours=3.0)
    assert marginal_value(cared, 0) < marginal_value(fresh, 0) / 4


@pytest.mark.parametrize(
    ("is_athlete", "recent_hours", "weeks", "quanta"),
    [
        (True, 0.0, 1, 0),
        (True, 0.0, 2, 2),
        (True, 0.25, 1, 1),
        (True, 0.5, 1, 0),
        (True, 3.0, 40, 0),
        (False, 0.0, 12, 0),
        (False, 0.0, 13, 1),
    ],
)
def test_floors(is_athlete: bool, recent_hours: float, weeks: int, quanta: int) -> None:
    assert floor_quanta(is_athlete=is_athlete, recent_hours=recent_hours, weeks_since_touch=weeks) == quanta
