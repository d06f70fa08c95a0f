"""A round over real SMTP, an answer on a phone in French with a break in the middle, the rep's phone form."""

import email
import re
from email import policy

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clients.models import AnswerSheet, QuestionnaireRound, SociotypeResult
from clients.sociotypes.rules.instrument import CURRENT
from clients.sociotypes.services.rounds import JOB_KIND
from jobs import outbox
from jobs.models import Job, OutMail
from jobs.services import run
from tests.clients.sociotypes.records import MOUTON, make_person
from tests.conftest import PASSWORD, Cast
from tests.factories.records import make_client
from tests.jobs.faulty_smtp import faulty_smtp

pytestmark = pytest.mark.django_db(transaction=True)


def mailed_link(settings, base_url: str) -> str:
    """What stands in the mail that a server received, with the host of this test."""
    with faulty_smtp(lambda recipient, nth: "") as (notes, url):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(url.rpartition(":")[2])
        assert outbox.deliver(OutMail.objects.get().pk, timezone.now()) == "sent"
    message = email.message_from_bytes(notes.messages[0], policy=policy.default)
    text = message.get_body(("plain",)).get_content()
    return base_url + re.search(r"(/q/\S+?/)\s", text).group(1)


def start_a_round(visitor, ref: str) -> None:
    visitor.go("sociotypes:new")
    visitor.page.fill("[name=name]", "Spring")
    visitor.page.fill("[name=refs]", ref)
    visitor.page.click("main form button.btn-primary")
    expect(visitor.page.locator(".type-people").first).to_contain_text("Moreau")
    visitor.look()
    visitor.page.click("button[name=start]")
    expect(visitor.page.locator("h1")).to_have_text("Spring")


def tick(page, first: int, answers: list[int]) -> None:
    for number, value in enumerate(answers, start=first):
        page.click(f"button[value='{value}']")
        if number < len(CURRENT.items):
            page.wait_for_url(f"**/{number + 1}/**")


def test_from_the_round_to_the_type(cast: Cast, visit, settings) -> None:
    person = make_person(make_client(owner=cast.alice, ref="M1"), last_name="Moreau", language="fr")
    seller = visit(language="en")
    seller.log_in(cast.alice.email, PASSWORD)
    start_a_round(seller, "M1")
    run(Job.objects.get(kind=JOB_KIND).pk)
    link = mailed_link(settings, seller.base_url)

    phone = visit(width=375, language="fr")
    phone.page.goto(link)
    phone.look()
    phone.page.click("form .ask-button")
    phone.page.wait_for_url("**/1/**")
    phone.look()
    tick(phone.page, 1, MOUTON[:5])
    expect(phone.page.locator(".ask-saved")).to_have_text("Réponse 5 enregistrée")
    phone.page.context.clear_cookies()

    # A break; the same link again, another device, the dark of the evening.
    again = visit(width=375, theme="dark", language="fr")
    again.page.goto(link)
    expect(again.page.locator(".ask-lead")).to_contain_text("5 réponses sur 12")
    again.look()
    again.page.click("a.ask-button")
    again.page.wait_for_url("**/6/**")
    tick(again.page, 6, MOUTON[5:])
    again.page.wait_for_url("**/send/**")
    again.look()
    assert SociotypeResult.objects.count() == 0
    AnswerSheet.objects.update(seconds=90)  # a machine ticks faster than people read
    again.page.click("form .ask-button")
    expect(again.page.locator("h1")).to_have_text("Merci")
    again.look()

    result = SociotypeResult.objects.get()
    assert (result.person, result.type, result.flags) == (person, "technomouton", [])
    seller.go("sociotypes:round", QuestionnaireRound.objects.get().pk)
    expect(seller.page.locator(".strip .figure").first).to_have_text("100%")
    seller.look()
    seller.go("sociotypes:person", person.pk)
    expect(seller.page.locator(".lead-line")).to_contain_text("Follower")
    seller.look()


@pytest.mark.parametrize(("width", "theme", "language"), [(1280, "light", "en"), (375, "dark", "fr")])
def test_the_rep_asks_by_phone(cast: Cast, visit, width, theme, language) -> None:
    person = make_person(make_client(owner=cast.alice), last_name="Moreau")
    type(cast.alice).objects.filter(pk=cast.alice.pk).update(language=language)
    rep = visit(width=width, theme=theme, language=language)
    rep.log_in(cast.alice.email, PASSWORD)
    rep.go("sociotypes:phone", person.pk)
    rep.look()
    for key, value in zip(CURRENT.keys, MOUTON, strict=True):
        rep.page.check(f"input[name={key}][value='{value}']")
    rep.page.click("main form button.btn-primary")
    expect(rep.page.locator(".type-chip")).to_be_visible()
    rep.look()
    assert SociotypeResult.objects.get().by == cast.alice
    for name in ("observe", "explanation"):
        rep.go(f"sociotypes:{name}", person.pk)
        rep.look()
    for name in ("rounds", "reliability"):
        rep.go(f"sociotypes:{name}")
        rep.look()
