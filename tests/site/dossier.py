"""A client about whom everything is known, so that every panel of its page has something to show."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from attention.services import freeze_lists
from clients.models import Batch, Change, Client, Consent, DuplicatePair, Tag
from common.periods import IsoWeek
from kinetics.services import recompute_kinetics
from sales.models import Order, OrderLine
from sales.rollup import rebuild_dirty
from sales.services import mark_all_dirty
from segmentation.models import DilemmaDiagnosis, OwnSegment, OwnSegmentation, PlayedStep
from segmentation.rules.waves import STEPS
from segmentation.services import classify_clients
from segmentation.services.matrix import compute_matrix, set_reference
from segmentation.services.migration import log_step, set_facts
from segmentation.services.readiness import compute_readiness
from tests.clients.sociotypes.records import PHILE, make_result
from tests.conftest import Cast
from tests.factories.records import (
    make_client,
    make_interaction,
    make_order,
    make_person,
    make_task,
    make_unit,
)

NOW = timezone.now().replace(microsecond=0)
TODAY = timezone.localdate(NOW)
NIGHTS = [TODAY - timedelta(days=days) for days in (70, 40, 1)]


def whole_client(cast: Cast, count: int) -> Client:
    """``count`` of everything a client may have several of: people with their consents and types, units,
    subsidiaries, talks, tasks, orders, nights, lists, likely duplicates, steps, tags, imports."""
    client = make_client(owner=cast.alice, name="Dossier", parent=make_client(owner=cast.alice))
    for number in range(count):
        _people(client, number)
        _records(client, number)
        _orders(client, number)
    _unit_and_double(client, count)
    mark_all_dirty()
    rebuild_dirty()
    _segments(client, count)
    _way(client, cast, count)
    _nights(count)
    return client


def _people(client: Client, number: int) -> None:
    person = make_person(client, is_decision_maker=True, job_title="Buyer", phone="+33 1")
    make_person(client, left_on=date(2026, 1, 1))
    Consent.objects.create(person=person, purpose="profiling", given_at=NOW - timedelta(days=9))
    Consent.objects.create(person=person, purpose="email", given_at=NOW - timedelta(days=9), withdrawn_at=NOW)
    since = TODAY - timedelta(days=150)
    make_result(person, PHILE, since - timedelta(days=30 + number), superseded_on=since)
    make_result(person, PHILE, since)
    make_interaction(client, person=person, minutes=20, happened_at=NOW - timedelta(days=number + 1))


def _records(client: Client, number: int) -> None:
    make_client(owner=client.owner, parent=client)
    make_task(client, due_on=TODAY - timedelta(days=1))
    make_task(client, state="done", done_at=NOW)
    client.tags.add(Tag.objects.create(name=f"Tag {client.pk} {number}"))
    batch = Batch.objects.create(kind="import", label="file.csv", by=client.owner, at=NOW)
    Change.objects.create(
        batch=batch, client=client, model="clients.client", record_id=client.pk, act="updated",
        before={"city": ""}, after={"city": "Lens"}, by=client.owner, at=NOW,
    )  # fmt: skip


def _orders(client: Client, number: int) -> None:
    for days in (500, 300, 45, 20):
        order = make_order(client, TODAY - timedelta(days=days + number), 90_000, 1_000, cost_cents=60_000)
        Order.objects.filter(pk=order.pk).update(channel="online" if days < 50 else "offline")
    assert OrderLine.objects.filter(order__client=client).count() == 8 * (number + 1)


def _unit_and_double(client: Client, count: int) -> None:
    for number in range(count - 1):
        past = make_unit(client, joined_on=date(2020, 1, 1))
        past.memberships.update(left_on=date(2021 + number, 1, 1))
    unit = make_unit(client, make_client(owner=client.owner), joined_on=TODAY - timedelta(days=30))
    unit.head = client.people.first()
    unit.save()
    for _each in range(count):
        double = make_client(owner=client.owner)
        DuplicatePair.objects.create(
            left=client, right=double, score=80, rule_version="test", found_at=NOW,
            reasons=[{"code": "same_email", "values": {}}],
        )  # fmt: skip


def _segments(client: Client, count: int) -> None:
    """A segmentation of the company's own, whose segment plays the dilemma: all of the playbook shows."""
    own = OwnSegmentation.objects.create(
        name=f"Own {client.pk}", method="rules", in_force=True, created_at=NOW, changed_at=NOW
    )
    for number in range(count):
        conditions = [] if number else [["revenue", "at_least", 1]]
        OwnSegment.objects.create(
            segmentation=own, code=f"s{number}", name=f"Own {number}", playbook="dilemma", position=number,
            conditions=conditions,
        )  # fmt: skip
    DilemmaDiagnosis.objects.create(
        client=client, diagnosis="immature", target="athlete", made_on=TODAY, by=client.owner
    )
    for number in range(count):
        PlayedStep.objects.create(
            client=client, segment="dilemma", stage=0, step=number, done_on=TODAY, by=client.owner
        )


def _way(client: Client, cast: Cast, count: int) -> None:
    set_facts(client=client, is_volunteer=True, is_ambassador=False, hours=None, by=cast.diane, now=NOW)
    set_reference(
        online_began_on=TODAY - timedelta(days=400), new_since=TODAY - timedelta(days=400), by=cast.diane, now=NOW
    )  # fmt: skip
    for step in STEPS[:count]:
        log_step(client=client, step=step, done_on=TODAY, by=cast.alice, now=NOW)


def _nights(count: int) -> None:
    for day in NIGHTS[-count:]:
        at = datetime.combine(day + timedelta(days=1), NOW.timetz())
        recompute_kinetics(as_of=day, now=at)
        classify_clients(as_of=day, now=at)
        compute_readiness(as_of=day, now=at)
        compute_matrix(as_of=day, now=at)
        freeze_lists(week=IsoWeek.of(day), now=at)
