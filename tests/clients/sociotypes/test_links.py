"""Personal links: replay, tampering, expiry, revocation, scanners, throttling."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.models import (
    AnswerSheet,
    Invitation,
    ItemAnswer,
    LinkUse,
    Person,
    QuestionnaireOptOut,
    SociotypeResult,
)  # fmt: skip
from clients.sociotypes.links import LinkState, open_link, token_of
from clients.sociotypes.rules.instrument import CURRENT
from clients.sociotypes.services import answering, throttle
from clients.sociotypes.services.rounds import revoke
from tests.access.world import stored
from tests.clients.sociotypes.records import PHILE, make_invitation, make_person, make_result
from tests.factories.records import make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation(db):
    person = make_person(make_client(name="Maison Tell"), last_name="Moreau", language="fr")
    return make_invitation(person, timezone.now())


def url(invitation, name="welcome", *args):
    return reverse(f"questionnaire:{name}", args=[token_of(invitation), *args])


def answer_all(browser, invitation, values=PHILE):
    for number, value in enumerate(values, start=1):
        assert browser.post(url(invitation, "statement", number), {"value": value}).status_code == 303


def test_a_whole_answer(invitation):
    browser = Browser()
    assert browser.post(url(invitation)).headers["Location"].endswith("/1/?lang=fr")
    answer_all(browser, invitation)
    assert browser.post(url(invitation, "send")).status_code == 303
    result = SociotypeResult.objects.get()
    assert (result.person, result.type, result.channel, result.status) == (
        invitation.person, "technophile", "self", "firm",
    )  # fmt: skip
    assert (result.language, result.answered, result.superseded_on) == ("fr", 12, None)
    assert result.flags == ["fast"]  # nobody reads twelve statements in the time of a test
    page = browser.get(url(invitation)).content.decode()
    assert ("Merci" in page, 'lang="fr"' in page) == (True, True)


def test_sent_twice_is_sent_once(invitation):
    browser = Browser()
    answer_all(browser, invitation)
    for _ in range(2):
        browser.post(url(invitation, "send"))
    assert SociotypeResult.objects.count() == 1
    replayed = browser.post(url(invitation, "statement", 1), {"value": 1})
    assert ("Merci" in replayed.content.decode(), replayed.status_code) == (True, 200)
    assert ItemAnswer.objects.get(item="A1").value == 5
    assert SociotypeResult.objects.get().type == "technophile"


def test_sending_too_early_leads_to_the_open_statement(invitation):
    browser = Browser()
    for number in (1, 2, 4):
        browser.post(url(invitation, "statement", number), {"value": 3})
    response = browser.post(url(invitation, "send"))
    assert response.headers["Location"].endswith("/3/?lang=fr")
    assert SociotypeResult.objects.count() == 0


def test_a_break_and_another_device(invitation):
    one, two = Browser(), Browser()
    for number in range(1, 6):
        one.post(url(invitation, "statement", number), {"value": 2})
    page = two.get(url(invitation)).content.decode()
    assert re.search(r"5 réponses sur 12", page)
    assert f'href="{url(invitation, "statement", 6)}?lang=fr"' in page


def test_the_other_language_keeps_the_answers(invitation):
    browser = Browser()
    browser.post(url(invitation, "statement", 1), {"value": "4"})
    page = browser.get(url(invitation, "statement", 1) + "?lang=en").content.decode()
    assert CURRENT.items[0].text["en"] in page
    assert page.count("(your answer)") == 1
    browser.post(url(invitation, "statement", 2) + "?lang=en", {"value": "none"})
    sheet = AnswerSheet.objects.get()
    assert (sheet.language, list(sheet.answers.order_by("pk").values_list("value", flat=True))) == (
        "en", [4, None],
    )  # fmt: skip
    assert 'lang="en"' in browser.get(url(invitation)).content.decode()


def test_a_scanner_that_opens_everything_changes_nothing(invitation):
    browser = Browser()
    browser.post(url(invitation, "statement", 1), {"value": 5})
    before = stored()
    for _ in range(3):
        for name, args in (
            ("welcome", ()),
            ("send", ()),
            ("refuse", ()),
            *(("statement", (n,)) for n in range(14)),
        ):
            for ask in (browser.get, browser.head):
                assert ask(url(invitation, name, *args)).status_code in (200, 303)
    assert stored() == before


def test_every_answer_is_kept_out_of_indexes_and_caches(invitation):
    for path in (url(invitation), reverse("questionnaire:welcome", args=["broken"])):
        response = Browser().get(path)
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "no-store" in response.headers["Cache-Control"]
        assert 'name="robots" content="noindex, nofollow"' in response.content.decode()
        assert "<script" not in response.content.decode()


@pytest.mark.parametrize("name", ["welcome", "send", "refuse"])
def test_a_changed_token_opens_nothing(invitation, name):
    token = token_of(invitation)
    forged = signing.dumps({"invitation_id": invitation.pk, "nonce": "x" * 22}, salt="sociotype")
    other_salt = signing.dumps({"invitation_id": invitation.pk, "nonce": invitation.nonce}, salt="password")
    plain = signing.dumps([1, 2], salt="sociotype")
    for bad in (token[:-1], "A" + token[1:], token.replace(":", ";"), forged, other_salt, plain, "x"):
        before = stored()
        for ask in (Browser().get, Browser().post):
            assert ask(reverse(f"questionnaire:{name}", args=[bad])).status_code == 404
        assert stored() == before


def test_a_new_nonce_makes_the_old_link_worthless(invitation):
    old = url(invitation)
    Invitation.objects.update(nonce="another")
    assert Browser().get(old).status_code == 404


def test_a_link_expires(invitation):
    now = timezone.now()
    assert open_link(token_of(invitation), now + timedelta(days=29)).state == LinkState.OPEN
    assert open_link(token_of(invitation), now + timedelta(days=31)).state == LinkState.EXPIRED
    Invitation.objects.update(expires_at=now - timedelta(seconds=1))
    response = Browser().post(url(invitation, "statement", 1), {"value": 1})
    assert (response.status_code, ItemAnswer.objects.count()) == (410, 0)


def test_the_signature_grows_old_by_itself(invitation, monkeypatch):
    token = token_of(invitation)
    later = timezone.now() + timedelta(days=30, minutes=1)
    Invitation.objects.update(expires_at=later + timedelta(days=300))
    with monkeypatch.context() as patch:
        patch.setattr("time.time", later.timestamp)
        assert open_link(token, later).state == LinkState.EXPIRED


def test_a_revoked_link_takes_no_more_and_keeps_nothing_from_counting(invitation, cast):
    browser = Browser()
    browser.post(url(invitation, "statement", 1), {"value": 1})
    assert revoke(invitation=invitation, by=cast.alice, now=timezone.now()) is True
    assert revoke(invitation=invitation, by=cast.alice, now=timezone.now()) is False
    response = browser.post(url(invitation, "statement", 2), {"value": 1})
    assert (response.status_code, ItemAnswer.objects.count()) == (410, 1)
    assert browser.post(url(invitation, "send")).status_code == 410


def test_no_more_questionnaires(invitation):
    browser = Browser()
    browser.post(url(invitation, "statement", 1), {"value": 1})
    make_result(invitation.person, PHILE, timezone.localdate())
    browser.post(url(invitation, "refuse"), {"what": "questionnaires"})
    assert (QuestionnaireOptOut.objects.count(), AnswerSheet.objects.count()) == (1, 0)
    assert SociotypeResult.objects.count() == 1
    assert browser.get(url(invitation)).status_code == 410
    assert browser.post(url(invitation, "statement", 1), {"value": 1}).status_code == 410


def test_an_objection_takes_the_type_away(invitation):
    browser = Browser()
    answer_all(browser, invitation)
    browser.post(url(invitation, "send"))
    assert SociotypeResult.objects.count() == 1
    response = browser.post(url(invitation, "refuse"), {"what": "profile"}, follow=True)
    assert "votre souhait est noté" in response.content.decode().lower()
    person = Person.objects.get(pk=invitation.person_id)
    assert (person.profiling_objected_at is not None, SociotypeResult.objects.count()) == (True, 0)
    assert (AnswerSheet.objects.count(), ItemAnswer.objects.count()) == (0, 0)
    assert browser.get(url(invitation)).status_code == 410


def test_an_old_link_still_lets_somebody_object(invitation):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=400))
    Browser().post(url(invitation, "refuse"), {"what": "profile"})
    assert Person.objects.get(pk=invitation.person_id).profiling_objected_at is not None


@pytest.mark.parametrize("value", ["", "0", "6", "5 ", "a", "-1", "１"])
def test_nonsense_is_not_an_answer(invitation, value):
    response = Browser().post(url(invitation, "statement", 1), {"value": value})
    assert (response.status_code, ItemAnswer.objects.count()) == (422, 0)


def test_a_filled_trap_saves_nothing(invitation):
    response = Browser().post(url(invitation, "statement", 1), {"value": 5, "website": "http://x"})
    assert (response.status_code, ItemAnswer.objects.count()) == (400, 0)


def test_posts_need_the_token_of_the_form(invitation):
    browser = Browser(enforce_csrf_checks=True)
    assert browser.post(url(invitation, "statement", 1), {"value": 5}).status_code == 403
    page = browser.get(url(invitation, "statement", 1)).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
    sent = browser.post(url(invitation, "statement", 1), {"value": 5, "csrfmiddlewaretoken": token})
    assert (sent.status_code, ItemAnswer.objects.count()) == (303, 1)


def test_a_link_that_writes_too_often_is_told_to_wait(invitation, monkeypatch):
    monkeypatch.setattr(throttle, "PER_LINK", 3)
    browser = Browser()
    codes = [browser.post(url(invitation, "statement", n), {"value": 1}).status_code for n in range(1, 6)]
    assert (codes, ItemAnswer.objects.count()) == ([303, 303, 303, 429, 429], 3)


def test_an_address_that_writes_too_often_is_told_to_wait(invitation, monkeypatch):
    monkeypatch.setattr(throttle, "PER_ADDRESS", 2)
    other = make_invitation(make_person(invitation.person.client), timezone.now())
    codes = [
        Browser().post(url(each, "statement", 1), {"value": 1}, REMOTE_ADDR=address).status_code
        for each, address in ((invitation, "10.0.0.1"), (other, "10.0.0.1"), (other, "10.0.0.1"), (other, "10.0.0.2"))
    ]  # fmt: skip
    assert codes == [303, 303, 429, 303]
    assert all("10.0.0" not in use.key for use in LinkUse.objects.all())


def test_what_a_link_costs_does_not_grow_with_the_answers(invitation, django_assert_max_num_queries):
    browser = Browser()
    for number in range(1, 13):
        browser.post(url(invitation, "statement", number), {"value": 1})
    with django_assert_max_num_queries(8):
        browser.get(url(invitation, "send"))


def test_time_counts_breaks_as_two_minutes(invitation):
    start = timezone.now()
    answering.begin(invitation=invitation, language="fr", now=start)
    moments = [5, 20, 86_400, 86_410]
    for key, seconds in zip(CURRENT.keys, moments, strict=False):
        answering.save_answer(
            invitation=invitation, item=key, value=1, language="fr", now=start + timedelta(seconds=seconds)
        )
    assert AnswerSheet.objects.get().seconds == 5 + 15 + 120 + 10
