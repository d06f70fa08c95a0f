"""Pages of those who work with clients: phone form, observation, type with its why, explanation, panel."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from clients.models import AnswerSheet, Person, SociotypeResult
from clients.personal.sources import subject_of
from clients.sociotypes import holdings
from clients.sociotypes.rules.ageing import plus_months
from clients.sociotypes.rules.instrument import CURRENT
from clients.sociotypes.rules.scoring import Channel
from clients.sociotypes.selectors.rounds import mix
from clients.sociotypes.services import answering
from tests.clients.sociotypes.records import (
    MOUTON,
    NO,
    NUL,
    PHILE,
    make_invitation,
    make_person,
    make_result,
)
from tests.conftest import whole_page
from tests.factories.records import make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(cast):
    return make_person(make_client(owner=cast.alice), last_name="Moreau")


def spoken(answers=PHILE):
    return {key: "none" if value is None else value for key, value in zip(CURRENT.keys, answers, strict=True)}


def page(browser, name, person):
    return browser.get(reverse(f"sociotypes:{name}", args=[person.pk])).content.decode()


def test_answers_by_phone_name_who_asked(cast, person, browser_of):
    browser, url = browser_of(cast.alice), reverse("sociotypes:phone", args=[person.pk])
    response = browser.post(url, spoken([None, *PHILE[1:]]))
    assert response.headers["Location"] == reverse("sociotypes:person", args=[person.pk])
    result, sheet = SociotypeResult.objects.get(), AnswerSheet.objects.get()
    assert (result.type, result.channel, result.by, sheet.interviewer) == (
        "technophile", "phone", cast.alice, cast.alice,
    )  # fmt: skip
    assert result.base_confidence == pytest.approx(100 * result.p1 * 11 / 12 * 0.9)


def test_a_statement_passed_over_by_phone_is_asked_for(cast, person, browser_of):
    answers = spoken()
    del answers["O2"]
    response = browser_of(cast.alice).post(reverse("sociotypes:phone", args=[person.pk]), answers)
    assert (response.status_code, SociotypeResult.objects.count()) == (422, 0)
    assert response.content.decode().count('class="is-missing"') == 1


def test_somebody_who_wants_no_profile_is_not_asked(cast, person, browser_of):
    Person.objects.update(profiling_objected_at=timezone.now())
    browser = browser_of(cast.alice)
    browser.post(reverse("sociotypes:phone", args=[person.pk]), spoken())
    browser.post(
        reverse("sociotypes:observe", args=[person.pk]),
        {"kind": "technonul", "certainty": "sure", "traits": ["brakes"]},
    )
    assert SociotypeResult.objects.count() == 0
    assert "<fieldset" not in page(browser, "phone", person)
    assert "This person wants no profile" in page(browser, "person", person)


def test_an_observation_needs_a_fact_of_its_type(cast, person, browser_of):
    browser, url = browser_of(cast.alice), reverse("sociotypes:observe", args=[person.pk])
    wrong = {"kind": "technonul", "certainty": "sure", "traits": ["heavy_user"]}
    assert browser.post(url, wrong).status_code == 422
    assert browser.post(url, wrong | {"traits": []}).status_code == 422
    assert SociotypeResult.objects.count() == 0
    browser.post(url, wrong | {"traits": ["heavy_user", "brakes"]})
    result = SociotypeResult.objects.get()
    assert (result.type, result.traits, result.status, result.p4) == ("technonul", ["brakes"], "firm", 0.85)
    assert result.base_confidence == pytest.approx(51)


def test_an_own_answer_comes_before_an_observation_whenever_it_was_made(cast, person, browser_of):
    browser, url = browser_of(cast.alice), reverse("sociotypes:observe", args=[person.pk])
    seen = {"kind": "technonul", "certainty": "sure", "traits": ["brakes"]}
    browser.post(url, seen)
    browser.post(reverse("sociotypes:phone", args=[person.pk]), spoken())
    browser.post(url, seen)
    history = SociotypeResult.objects.order_by("pk").values_list("channel", "superseded_on")
    today = timezone.localdate()
    assert list(history) == [("observed", today), ("phone", None), ("observed", today)]
    told = page(browser, "person", person)
    assert (told.count("Forerunner") > 0, "an own answer of Moreau counts more" in told) == (True, True)


def test_an_answer_too_short_for_a_type_takes_none_away(cast, person):
    make_result(person, PHILE, timezone.localdate())
    values = dict.fromkeys(CURRENT.keys)
    answering.record_phone_answers(
        person=person, values=values, language="fr", by=cast.alice, now=timezone.now()
    )
    assert SociotypeResult.objects.get(superseded_on=None).type == "technophile"


def test_a_flagged_answer_counts_once_somebody_confirms_it(cast, person, browser_of):
    result = make_result(person, PHILE, timezone.localdate(), is_suspect=True, flags=["fast"])
    browser, url = browser_of(cast.alice), reverse("sociotypes:confirm", args=[result.pk])
    assert "Answered faster than one can read" in page(browser, "person", person)
    assert browser.post(url).status_code == 302
    first = SociotypeResult.objects.get().confirmed_at
    browser_of(cast.anne).post(url)
    result = SociotypeResult.objects.get()
    assert (result.confirmed_by, result.confirmed_at) == (cast.alice, first)


def test_the_type_says_why(cast, person, browser_of):
    make_result(person, PHILE, timezone.localdate())
    told = page(browser_of(cast.alice), "person", person)
    for words in (
        "Forerunner", "Highest scale: ahead of the offer, 5.0 of 5.", "Lowest scale: distance, 1.0 of 5.",
        "The profile lies nearest to “Forerunner”: 100% of the likelihood.", "sociotype-2026.1", "100 of 100",
    ):  # fmt: skip
        assert words in told, words
    assert "Technophile" not in told


def test_the_names_of_the_method_are_a_setting(cast, person, browser_of, settings):
    settings.CMIX_SOCIOTYPE_NAMES = "method"
    make_result(person, NUL, timezone.localdate())
    assert "Techno-nil" in page(browser_of(cast.alice), "person", person)
    assert SociotypeResult.objects.get().type == "technonul"


def test_an_expired_type_is_grey_and_has_no_confidence(cast, person, browser_of):
    make_result(person, PHILE, plus_months(timezone.localdate(), -19))
    told = page(browser_of(cast.alice), "person", person)
    assert ("type-chip--faded" in told, "The last answer has expired" in told) == (True, True)


def test_the_explanation_speaks_the_language_of_the_person(cast, browser_of):
    person = make_person(make_client(owner=cast.alice), language="fr")
    browser = browser_of(cast.alice)
    browser.post(reverse("sociotypes:phone", args=[person.pk]), spoken())
    told = page(browser, "explanation", person)
    assert ("Comment votre profil a été établi" in told, escape(CURRENT.items[0].text["fr"]) in told) == (
        True,
        True,
    )
    english = browser.get(reverse("sociotypes:explanation", args=[person.pk]) + "?lang=en").content.decode()
    assert ("How your profile came about" in english, CURRENT.items[0].text["en"] in english) == (True, True)


def test_the_page_of_the_client_tells_its_type_and_theirs(cast, browser_of):
    client = make_client(owner=cast.alice)
    boss = make_person(client, last_name="Boss", is_decision_maker=True)
    make_result(boss, NO, timezone.localdate())
    make_result(make_person(client, last_name="Other"), PHILE, timezone.localdate())
    told = browser_of(cast.alice).get(whole_page(client)).content.decode()
    part = told[told.index('id="panel-sociotypes"') :]
    assert part.index("Unconcerned") < part.index("Boss") < part.index("Other")


def test_more_people_cost_the_client_page_no_more_queries(cast, browser_of):
    def cost(count):
        client = make_client(owner=cast.alice)
        for _ in range(count):
            make_result(make_person(client), PHILE, timezone.localdate())
        browser = browser_of(cast.alice)
        with CaptureQueriesContext(connection) as captured:
            browser.get(client.get_absolute_url())
        return len(captured)

    assert cost(1) == cost(3)


def test_the_mix_needs_ten_people(cast):
    today = timezone.localdate()
    for number in range(9):
        make_result(make_person(make_client(owner=cast.alice)), PHILE if number % 2 else MOUTON, today)
    make_result(make_person(make_client(owner=cast.carl)), PHILE, today)
    make_result(make_person(make_client(owner=cast.alice)), PHILE, today, is_suspect=True)
    assert mix(cast.alice, today) is None
    make_result(make_person(make_client(owner=cast.alice)), NUL, today)
    found = mix(cast.alice, today)
    assert found is not None
    assert found.counts == {"technophile": None, "technomouton": 5, "techno-no": 0, "technonul": None}
    assert found.total == 10


def test_few_answers_have_no_reliability(cast, browser_of):
    told = browser_of(cast.alice).get(reverse("sociotypes:reliability")).content.decode()
    assert ("Too few answers yet" in told, "<table" in told) == (True, False)


def test_thirty_answers_have_one(cast, browser_of):
    for number in range(30):
        values = dict(zip(CURRENT.keys, (PHILE, MOUTON, NO, NUL)[number % 4], strict=True))
        answering.record_phone_answers(
            person=make_person(make_client(owner=cast.alice)), values=values, language="fr", by=cast.alice,
            now=timezone.now(),
        )  # fmt: skip
    browser, url = browser_of(cast.alice), reverse("sociotypes:reliability")
    told = browser.get(url).content.decode()
    assert told.count('class="type-uncertain"') == 4
    assert "Too few answers yet" in browser.get(url + "?lang=en").content.decode()
    assert "Too few answers yet" in browser_of(cast.carl).get(url).content.decode()


def test_what_is_held_of_a_person_is_handed_out_and_erased(cast, person):
    now = timezone.now()
    make_invitation(person, now)
    values = dict(zip(CURRENT.keys, PHILE, strict=True))
    answering.record_phone_answers(person=person, values=values, language="fr", by=cast.alice, now=now)
    make_result(person, MOUTON, timezone.localdate() - timedelta(days=9), channel=Channel.OBSERVED,
                superseded_on=timezone.localdate())  # fmt: skip
    subject = subject_of(person)
    held = {section.key: len(section.rows) for section in holdings.collect(subject)}
    assert held == {
        "sociotypes": 2, "sociotype_reasons": 2, "item_answers": 12, "invitations": 1,
        "questionnaire_opt_outs": 0,
    }  # fmt: skip
    counts = holdings.erase(subject, now)
    assert counts == {"sociotypes": 2, "answer_sheets": 1, "questionnaire_mails": 1}
    assert {key: len(section.rows) for key, section in ((s.key, s) for s in holdings.collect(subject))} == dict.fromkeys(held, 0)  # fmt: skip
