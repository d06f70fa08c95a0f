"""Profile, language, and who manages whom in the admin."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Team, User
from tests.conftest import PASSWORD, Cast


def test_a_profile_changes_what_is_ones_own(cast: Cast, browser_of: Any) -> None:
    data = {
        "name": "Alice M.", "language": "fr", "time_zone": "Indian/Reunion", "weekly_hours": "7.5",
        "role": "administrator", "team": cast.lyon.pk, "email": "x@example.org", "is_superuser": "on",
    }  # fmt: skip
    assert browser_of(cast.alice).post(reverse("accounts:profile"), data).status_code == 302
    alice = User.objects.get(pk=cast.alice.pk)
    assert (alice.name, alice.language, alice.time_zone) == ("Alice M.", "fr", "Indian/Reunion")
    assert alice.weekly_hours == Decimal("7.5")
    assert (alice.role, alice.team, alice.email) == ("sales", cast.paris, "alice@example.org")
    assert not alice.is_superuser


@pytest.mark.parametrize(
    ("field", "value"),
    [("time_zone", "Mars/Olympus"), ("weekly_hours", "61"), ("language", "xx"), ("name", "")],
)
def test_a_profile_refuses_nonsense(cast: Cast, browser_of: Any, field: str, value: str) -> None:
    data = {"name": "A", "language": "fr", "time_zone": "Europe/Paris", "weekly_hours": "7", field: value}
    response = browser_of(cast.alice).post(reverse("accounts:profile"), data)
    assert sorted(response.context["form"].errors) == [field]
    assert User.objects.get(pk=cast.alice.pk).name == "Alice"


def test_the_language_stays_with_the_account(cast: Cast, browser_of: Any) -> None:
    url = reverse("accounts:language")
    browser = browser_of(cast.alice)
    assert browser.post(url, {"language": "fr", "next": "/clients/"}).url == "/clients/"
    assert User.objects.get(pk=cast.alice.pk).language == "fr"
    browser.post(url, {"language": "xx"})
    assert User.objects.get(pk=cast.alice.pk).language == "fr"
    assert browser.get(url).status_code == 405
    assert browser.post(url, {"language": "en", "next": "https://evil.example/"}).url == "/"


def test_a_visitor_chooses_a_language_too(db: None) -> None:
    browser = Browser()
    browser.post(reverse("accounts:language"), {"language": "en", "next": "/account/login/"})
    assert '<html lang="en">' in browser.get(reverse("accounts:login")).content.decode()
    browser.post(reverse("accounts:language"), {"language": "fr", "next": "/account/login/"})
    assert '<html lang="fr">' in browser.get(reverse("accounts:login")).content.decode()


def test_e_mails_are_one_whatever_their_capitals(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        User.objects.create_user("ALICE@example.org", PASSWORD, name="Other")


def emails(people: Any) -> list[str]:
    return sorted(people.values_list("name", flat=True))


def test_who_sees_whom(cast: Cast) -> None:
    assert emails(User.objects.visible_to(cast.alice)) == ["Alice"]
    assert emails(User.objects.visible_to(cast.anne)) == ["Alice", "Anne", "Bob"]
    assert len(emails(User.objects.visible_to(cast.diane))) == 6
    assert list(Team.objects.visible_to(cast.carl)) == [cast.lyon]


def test_managers_read_their_team_in_the_admin(cast: Cast, browser_of: Any) -> None:
    browser = browser_of(cast.anne)
    page = browser.get(reverse("admin:accounts_user_changelist"))
    assert sorted(user.name for user in page.context["cl"].result_list) == ["Alice", "Anne", "Bob"]
    url = reverse("admin:accounts_user_change", args=[cast.alice.pk])
    shown = browser.get(url)
    assert shown.status_code == 200
    assert cast.alice.password not in shown.content.decode()
    assert browser.post(url, {"name": "Mallory", "role": "administrator"}).status_code == 403
    assert browser.get(reverse("admin:accounts_user_change", args=[cast.carl.pk])).status_code == 302
    assert browser.get(reverse("admin:accounts_user_add")).status_code == 403
    assert browser.get(reverse("admin:auth_user_password_change", args=[cast.bob.pk])).status_code == 403
    assert User.objects.get(pk=cast.alice.pk).role == "sales"


def test_managers_see_no_technical_records(cast: Cast, browser_of: Any) -> None:
    index = browser_of(cast.anne).get(reverse("admin:index"))
    apps = {app["app_label"] for app in index.context["app_list"]}
    assert apps <= {"accounts", "clients", "intake", "sales", "segmentation", "kinetics", "attention"}
    assert {"accounts", "clients"} <= apps
    assert browser_of(cast.anne).get("/admin/axes/accessattempt/").status_code == 403


def test_administrators_manage_people(cast: Cast, browser_of: Any) -> None:
    browser = browser_of(cast.oscar)
    data = {
        "email": "New@Example.org", "name": "New", "role": "sales", "team": cast.paris.pk, "language": "en",
        "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD,
    }  # fmt: skip
    assert browser.post(reverse("admin:accounts_user_add"), data).status_code == 302
    new = User.objects.get(name="New")
    logged_in = Browser().post(reverse("accounts:login"), {"username": new.email, "password": PASSWORD})
    assert logged_in.status_code == 302
    assert browser.get(reverse("admin:accounts_user_change", args=[new.pk])).status_code == 200
    assert browser.get("/admin/axes/accessattempt/").status_code == 200
    assert browser.get(reverse("admin:accounts_team_changelist")).status_code == 200


def test_absent_pages_have_the_frame_and_no_secret(cast: Cast, browser_of: Any) -> None:
    absent = browser_of(cast.alice).get("/nowhere/")
    assert absent.status_code == 404
    assert "There is nothing here for you" in absent.content.decode()
    assert Browser().get("/nowhere/").status_code == 404
    forbidden = browser_of(cast.alice).get(reverse("clients:create"))
    assert (forbidden.status_code, "Your role does not open this page" in forbidden.content.decode()) == (
        403,
        True,
    )


def test_a_stale_form_says_what_to_do(cast: Cast) -> None:
    browser = Browser(enforce_csrf_checks=True)
    response = browser.post(reverse("accounts:login"), {"username": "a", "password": "b"})
    assert response.status_code == 403
    assert response.templates[0].name == "403_csrf.html"


def test_what_was_seen_stays_out_of_shared_caches(cast: Cast, browser_of: Any) -> None:
    headers = browser_of(cast.alice).get(reverse("accounts:profile")).headers
    assert "private" in headers["Cache-Control"]
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == (
        "'none'",
        "'self'",
        "'self'",
    )
    assert headers["X-Frame-Options"] == "DENY"


def test_a_new_language_speaks_at_once(cast: Cast, browser_of: Any) -> None:
    form = {"name": "Alice", "language": "fr", "time_zone": "Europe/Paris", "weekly_hours": "10"}
    page = browser_of(cast.alice).post(reverse("accounts:profile"), form, follow=True)
    assert page.content.decode().count("Profil enregistré.") == 1
