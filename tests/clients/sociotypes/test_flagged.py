"""Answers that look hurried or contradict themselves: what they take the place of, and when."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.models import Person, SociotypeResult
from clients.sociotypes.rules.asking import LeftOut
from clients.sociotypes.rules.instrument import CURRENT
from clients.sociotypes.rules.scoring import Channel
from clients.sociotypes.selectors.asking import judged
from clients.sociotypes.selectors.people import person_type, to_confirm
from clients.sociotypes.selectors.types import client_types
from clients.sociotypes.services import answering
from clients.sociotypes.services.results import confirm
from tests.clients.sociotypes.records import MOUTON, NO, PHILE, make_person, make_result
from tests.factories.records import make_client

pytestmark = pytest.mark.django_db

ALIKE = [4] * 10 + [2, 5]  # flagged, and the type of a techno-no nonetheless


@pytest.fixture
def person(cast):
    return make_person(make_client(owner=cast.alice), last_name="Moreau")


def page(browser, name, person):
    return browser.get(reverse(f"sociotypes:{name}", args=[person.pk])).content.decode()


SUSPECT = {"is_suspect": True, "flags": ["fast"]}


def told_by_phone(person, by, answers, now):
    values = dict(zip(CURRENT.keys, answers, strict=True))
    return answering.record_phone_answers(person=person, values=values, language="fr", by=by, now=now)


def known_types(day):
    found = client_types(day)
    return list(zip(found.acts_as.tolist(), found.known.tolist(), strict=True))


def test_a_flagged_answer_takes_an_earlier_one_away_only_when_confirmed(cast, person, browser_of):
    now = timezone.now()
    today = timezone.localdate(now)
    make_result(person, PHILE, today - timedelta(days=40))
    waiting = told_by_phone(person, cast.alice, ALIKE, now)
    assert (waiting.superseded_on, waiting.needs_confirmation, known_types(today)) == (
        today,
        True,
        [(0, True)],
    )
    assert list(to_confirm(cast.alice)) == [waiting]
    browser, told = browser_of(cast.alice), page(browser_of(cast.alice), "person", person)
    assert ("A later answer" in told, "let it count" in told, "Before" in told) == (True, True, False)
    assert judged(Person.objects.all(), now).get().verdict == LeftOut.ANSWERED
    browser.post(reverse("sociotypes:confirm", args=[waiting.pk]))
    history = SociotypeResult.objects.order_by("pk").values_list("type", "superseded_on")
    assert list(history) == [("technophile", today), (waiting.type, None)]
    assert (list(to_confirm(cast.alice)), "A later answer" in page(browser, "person", person)) == ([], False)
    assert known_types(today) == [(2, True)]


def test_one_confirmed_after_a_newer_answer_stays_in_the_history(cast, person):
    today = timezone.localdate()
    make_result(person, PHILE, today - timedelta(days=40))
    waiting = make_result(
        person, NO, today - timedelta(days=20), superseded_on=today - timedelta(days=20), **SUSPECT
    )
    SociotypeResult.objects.filter(superseded_on=None).update(superseded_on=today - timedelta(days=10))
    make_result(person, MOUTON, today - timedelta(days=10))
    assert (list(to_confirm(cast.alice)), person_type(person, today).waiting) == ([], None)
    assert confirm(result=waiting, by=cast.alice, now=timezone.now())
    assert SociotypeResult.objects.get(superseded_on=None).type == "technomouton"


@pytest.mark.parametrize(
    ("days", "fields", "current"),
    [
        (40, {}, False),
        (600, {}, True),  # the earlier one is over
        (40, {"channel": Channel.OBSERVED}, True),  # an own answer always comes before an observation
        (40, SUSPECT, True),
        (40, {"status": "undetermined", "type": ""}, True),
        (40, SUSPECT | {"confirmed_at": timezone.now()}, False),
    ],
)
def test_what_a_flagged_answer_takes_the_place_of(days, fields, current, cast, person):
    make_result(person, PHILE, timezone.localdate() - timedelta(days=days), **fields)
    flagged = told_by_phone(person, cast.alice, ALIKE, timezone.now())
    assert (flagged.is_suspect, flagged.superseded_on is None) == (True, current)
