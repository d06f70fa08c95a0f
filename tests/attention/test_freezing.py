from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command

from attention.models import Belief, ListLine, WeeklyList
from attention.rules.belief import first_look, smooth
from attention.rules.lines import LineState
from attention.services import answer_line, ensure_lists, freeze_lists, send_lists
from common.periods import IsoWeek
from jobs.models import OutMail
from kinetics.states import Evidence
from sales.models import ClientDay
from tests.attention.helpers import AS_OF, NOW, WEEK, a_week_for, fading, know, make_night
from tests.conftest import Cast
from tests.factories.records import make_client


def counts(**changed: int) -> dict[str, int]:
    return {"frozen": 0, "empty": 0, "already": 0, "waiting": 0} | changed


def test_a_list_is_frozen_once_with_its_mail_and_beliefs(cast: Cast) -> None:
    run = make_night()
    client = make_client(owner=cast.alice, name="Maison Lune")
    know(client, run, **fading(run))
    ClientDay.objects.create(
        client=client, day=AS_OF, orders=1, rev=700, gross=700, abs_rev=700, rc=0, abs_rc=0, cost=0,
        abs_rc_assumed=0,
    )  # fmt: skip
    assert freeze_lists(week=WEEK, now=NOW) == counts(frozen=1)
    weekly_list = WeeklyList.objects.get()
    line = weekly_list.lines.get()
    assert (weekly_list.owner, weekly_list.as_of, weekly_list.capacity_minutes) == (cast.alice, AS_OF, 600)
    assert (line.client, line.rank, line.dose_minutes, line.segment) == (client, 1, 180, "whale")
    assert line.trend == [0] * 12 + [700]
    assert weekly_list.mail.recipient == cast.alice
    belief = Belief.objects.get()
    (expected,) = first_look([Evidence.ALERT])
    assert (belief.stable, belief.sliding, belief.critical) == pytest.approx(tuple(expected))
    before = list(ListLine.objects.values())
    ClientDay.objects.all().delete()
    assert freeze_lists(week=WEEK, now=NOW + timedelta(hours=1)) == counts(already=1)
    assert list(ListLine.objects.values()) == before
    assert OutMail.objects.count() == 1


def test_the_belief_of_last_week_is_carried_on(cast: Cast) -> None:
    a_week_for(cast.alice)
    first = Belief.objects.get()
    freeze_lists(week=WEEK.plus(2), now=NOW + timedelta(weeks=2))
    second = Belief.objects.get(iso_week=49)
    before = np.array([[first.stable, first.sliding, first.critical]])
    (expected,) = smooth(before, [2], [Evidence.ALERT])
    assert (second.stable, second.sliding, second.critical) == pytest.approx(tuple(expected))


def test_without_a_night_the_list_waits(cast: Cast) -> None:
    make_client(owner=cast.alice)
    assert freeze_lists(week=WEEK, now=NOW) == counts(waiting=1)
    assert WeeklyList.objects.count() == 0
    make_night()
    assert freeze_lists(week=WEEK, now=NOW) == counts(frozen=1, empty=1)


def test_a_later_night_does_not_tell_an_earlier_week(cast: Cast) -> None:
    make_client(owner=cast.alice)
    make_night(AS_OF + timedelta(days=8))
    assert freeze_lists(week=WEEK, now=NOW) == counts(waiting=1)


def test_who_gets_a_list(cast: Cast) -> None:
    run = make_night()
    for owner in (cast.alice, cast.bob, cast.carl, None):
        know(make_client(owner=owner), run)
    cast.bob.is_active = False
    cast.bob.save()
    cast.carl.weekly_hours = 0
    cast.carl.save()
    assert freeze_lists(week=WEEK, now=NOW) == counts(frozen=1)
    assert {line.client.owner for line in ListLine.objects.all()} == {cast.alice}


def test_minutes_never_exceed_the_hours(cast: Cast) -> None:
    cast.alice.weekly_hours = "2.10"
    cast.alice.save()
    a_week_for(cast.alice, clients=30)
    weekly_list = WeeklyList.objects.get()
    assert weekly_list.planned_minutes == 120
    assert sum(line.dose_minutes for line in weekly_list.lines.all()) == 120


def test_answers_tell_on_the_next_list(cast: Cast) -> None:
    a_week_for(cast.alice, clients=3)
    done, wrong, open_ = ListLine.objects.order_by("pk")
    answer_line(line=done, state=LineState.DONE, now=NOW, spent_minutes=180)
    answer_line(line=wrong, state=LineState.WRONG, now=NOW)
    freeze_lists(week=WEEK.plus(1), now=NOW + timedelta(weeks=1))
    after = {line.client_id: line for line in ListLine.objects.filter(weekly_list__iso_week=48)}
    assert set(after) == {done.client_id, open_.client_id}
    assert after[done.client_id].inputs["stock_hours"] == 3.0
    assert after[done.client_id].inputs["last_touch"] == "2026-11-16"
    assert after[done.client_id].inputs["gain_cents"] < after[open_.client_id].inputs["gain_cents"]


def test_old_beliefs_are_forgotten(cast: Cast) -> None:
    client = make_client(owner=cast.alice)
    Belief.objects.create(client=client, iso_year=2026, iso_week=20, stable=1, sliding=0, critical=0)
    Belief.objects.create(client=client, iso_year=2026, iso_week=21, stable=1, sliding=0, critical=0)
    know(client, make_night())
    freeze_lists(week=WEEK, now=NOW)
    assert list(Belief.objects.order_by("iso_week").values_list("iso_week", flat=True)) == [21, 47]


@pytest.mark.django_db(transaction=True)
def test_every_hour_from_monday_six_in_each_zone(cast: Cast, mailoutbox: list[Any]) -> None:
    run = make_night()
    for owner, zone in ((cast.alice, "Europe/Paris"), (cast.carl, "America/New_York")):
        owner.time_zone = zone
        owner.save()
        know(make_client(owner=owner), run)

    def at(text: str) -> tuple[int, int]:
        ensure_lists(now=datetime.fromisoformat(text).replace(tzinfo=UTC))
        return WeeklyList.objects.count(), len(mailoutbox)

    # Early Monday in Paris is still Sunday of week 46 in New York, whose list is caught up.
    assert at("2026-11-16T04:10") == (1, 1)
    assert at("2026-11-16T05:10") == (2, 2)
    assert at("2026-11-16T10:10") == (2, 2)
    assert at("2026-11-16T11:10") == (3, 3)
    assert at("2026-11-16T11:10") == (3, 3)
    # Nothing ran on the Monday after: Wednesday catches up, once.
    assert at("2026-11-25T09:10") == (5, 5)
    assert at("2026-11-25T10:10") == (5, 5)


@pytest.mark.django_db(transaction=True)
def test_the_last_week_of_a_long_year(cast: Cast) -> None:
    know(make_client(owner=cast.alice), make_night())
    ensure_lists(now=datetime(2027, 1, 3, 12, tzinfo=UTC))
    assert WeeklyList.objects.get().week == IsoWeek(2026, 53)


@pytest.mark.django_db(transaction=True)
def test_commands_print_counts_by_state(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    know(make_client(owner=cast.alice), make_night())
    call_command("freeze_lists", "--week", "2026-W47", "--json")
    assert capsys.readouterr().out.splitlines()[-1] == (
        '{"week": "2026-W47", "frozen": 1, "empty": 0, "already": 0, "waiting": 0}'
    )
    for _ in range(2):
        call_command("send_lists", "--week", "2026-W47", "--json")
        assert capsys.readouterr().out.splitlines()[-1] == (
            '{"week": "2026-W47", "pending": 0, "claimed": 0, "data": 0, "sent": 1, "failed": 0, "uncertain": 0}'
        )


@pytest.mark.django_db(transaction=True)
def test_sending_before_any_list_is_quiet(cast: Cast) -> None:
    assert sum(send_lists(week=WEEK, now=NOW).values()) == 0


@pytest.mark.django_db(transaction=True)
def test_only_the_mails_of_the_week_asked_for_go_out(cast: Cast, mailoutbox: list[Any]) -> None:
    run = make_night()
    know(make_client(owner=cast.alice), run, **fading(run))
    for week in (WEEK, WEEK.plus(1)):
        freeze_lists(week=week, now=NOW)
    assert send_lists(week=WEEK, now=NOW)["sent"] == 1
    assert (len(mailoutbox), send_lists(week=WEEK.plus(1), now=NOW)["pending"]) == (1, 0)
    assert len(mailoutbox) == 2
