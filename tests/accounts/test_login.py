"""Logging in, out and back in with a new password."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import RESET_PAUSE, may_send_reset
from tests.conftest import PASSWORD, Cast

NEW = "a quite different sentence"


def log_in(browser: Browser, email: str, password: str = PASSWORD, **headers: Any) -> Any:
    return browser.post(reverse("accounts:login"), {"username": email, "password": password}, **headers)


def signed_in(browser: Browser) -> bool:
    return browser.get(reverse("accounts:profile")).status_code == 200


def test_the_e_mail_logs_in_whatever_its_capitals(cast: Cast) -> None:
    browser = Browser()
    assert log_in(browser, "Alice@Example.ORG").url == "/"
    assert signed_in(browser)


def test_the_session_changes_at_log_in(cast: Cast) -> None:
    browser = Browser()
    session = browser.session
    session.save()
    before = session.session_key
    log_in(browser, "alice@example.org")
    assert browser.session.session_key != before


def test_log_out_wants_a_post(cast: Cast, browser_of: Any) -> None:
    browser = browser_of(cast.alice)
    assert browser.get(reverse("accounts:logout")).status_code == 405
    assert browser.post(reverse("accounts:logout")).url == reverse("accounts:login")
    assert not signed_in(browser)


def test_log_in_leads_to_no_other_site(cast: Cast) -> None:
    url = reverse("accounts:login") + "?next=https://evil.example/"
    response = Browser().post(url, {"username": "alice@example.org", "password": PASSWORD})
    assert response.url == "/"


def test_a_closed_account_does_not_log_in(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    assert log_in(Browser(), "alice@example.org").status_code == 200


def test_closing_an_account_ends_its_sessions(cast: Cast, browser_of: Any) -> None:
    browser = browser_of(cast.alice)
    User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    assert not signed_in(browser)


def test_guessing_is_paused_for_this_account_from_there(cast: Cast) -> None:
    browser = Browser(headers={"accept-language": "en"})
    spellings = ["alice@example.org", "Alice@example.org"] * 5
    answers = [log_in(browser, email, "guess").status_code for email in spellings]
    assert answers == [200] * 9 + [429]
    locked = log_in(browser, "alice@example.org")
    assert locked.status_code == 429
    assert "accounts/locked.html" in [template.name for template in locked.templates]
    assert "Nothing was changed. Wait, then try again" in locked.content.decode()
    assert log_in(Browser(), "alice@example.org", REMOTE_ADDR="192.0.2.7").status_code == 302
    assert log_in(browser, "bob@example.org").status_code == 302


@pytest.mark.parametrize(
    "name",
    ["home", "clients:list", "clients:search", "clients:batch_list", "accounts:profile", "admin:index"],
)
def test_pages_want_a_log_in(db: None, name: str) -> None:
    response = Browser().get(reverse(name))
    assert response.status_code == 302
    assert response.url.split("?")[0] in {reverse("accounts:login"), reverse("admin:login")}


def test_changing_the_password_ends_the_other_sessions(cast: Cast) -> None:
    here, elsewhere = Browser(), Browser()
    log_in(here, "alice@example.org")
    log_in(elsewhere, "alice@example.org")
    response = here.post(
        reverse("accounts:password_change"),
        {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW},
    )
    assert response.url == reverse("accounts:profile")
    assert (signed_in(here), signed_in(elsewhere)) == (True, False)


def test_short_passwords_are_refused(cast: Cast, browser_of: Any) -> None:
    response = browser_of(cast.alice).post(
        reverse("accounts:password_change"),
        {"old_password": PASSWORD, "new_password1": "short", "new_password2": "short"},
    )
    assert sorted(response.context["form"].errors) == ["new_password2"]


def ask_reset(email: str, **headers: Any) -> Any:
    return Browser().post(reverse("accounts:password_reset"), {"email": email}, **headers)


def link_in(message: Any) -> str:
    (link,) = re.findall(r"https?://\S+", message.body)
    return str(link)


def test_a_forgotten_password_is_set_by_mail(cast: Cast, settings: Any) -> None:
    settings.CMIX_BASE_URL = "https://mix.example.org"
    settings.SECURE_SSL_REDIRECT = False
    ask_reset("alice@example.org", HTTP_HOST="localhost")
    (message,) = mail.outbox
    link = link_in(message)
    assert message.to == ["alice@example.org"]
    assert message.subject == "Customer Mix: choose a new password"
    assert link.startswith("https://mix.example.org/account/password/reset/")
    assert link in message.alternatives[0][0]

    browser = Browser()
    form = browser.get(link.removeprefix("https://mix.example.org"), follow=True)
    browser.post(form.request["PATH_INFO"], {"new_password1": NEW, "new_password2": NEW})
    assert log_in(Browser(), "alice@example.org", NEW).status_code == 302
    used = Browser().get(link.removeprefix("https://mix.example.org"), follow=True)
    assert used.context["validlink"] is False


def test_the_mail_speaks_the_accounts_language(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(language="fr")
    ask_reset("alice@example.org", HTTP_ACCEPT_LANGUAGE="en")
    assert '<html lang="fr">' in mail.outbox[0].alternatives[0][0]


def test_a_known_and_an_unknown_address_get_one_answer(cast: Cast) -> None:
    known, unknown = ask_reset("alice@example.org"), ask_reset("nobody@example.org")
    assert (
        (known.status_code, known.url)
        == (unknown.status_code, unknown.url)
        == (302, reverse("accounts:password_reset_done"))
    )
    assert [message.to for message in mail.outbox] == [["alice@example.org"]]


def test_asking_again_at_once_sends_nothing(cast: Cast) -> None:
    now = timezone.now()
    assert may_send_reset(user=cast.alice, now=now)
    assert not may_send_reset(user=cast.alice, now=now + RESET_PAUSE - timedelta(seconds=1))
    assert may_send_reset(user=cast.bob, now=now)
    assert may_send_reset(user=cast.alice, now=now + RESET_PAUSE)


def test_two_requests_send_one_mail(cast: Cast) -> None:
    ask_reset("alice@example.org")
    ask_reset("alice@example.org")
    assert [message.to for message in mail.outbox] == [["alice@example.org"]]


@pytest.fixture
def demo_people(db: None) -> None:
    User.objects.create_user("vera@demo.example", "demo-demo-demo", name="Vera", role="director")
    User.objects.create_user("paul@demo.example", "demo-demo-demo", name="Paul", role="sales")
    User.objects.create_user("real@example.org", "demo-demo-demo", name="Real", role="sales")


@pytest.mark.parametrize(("demo", "shown"), [(True, ["paul@demo.example", "vera@demo.example"]), (False, [])])
def test_the_demo_log_ins_show_in_demo_mode_only(
    demo_people: None, settings: Any, demo: bool, shown: list[str]
) -> None:
    settings.CMIX_DEMO = demo
    page = Browser().get(reverse("accounts:login")).content.decode()
    assert re.findall(r'name="username" value="([^"]+)"', page) == shown
    assert page.count("demo-demo-demo") == 2 * len(shown)


def test_an_endless_name_is_a_wrong_name(cast: Cast) -> None:
    browser = Browser(headers={"accept-language": "en"})
    answer = browser.post(reverse("accounts:login"), {"username": "a" * 300, "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.context["form"].errors["username"] == [
        "E-mail and password do not match. Mind capitals in the password."
    ]
