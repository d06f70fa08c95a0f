"""Fixtures of the whole suite: the cast, and settings that fit tests."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client as Browser

from accounts.models import Team, User
from accounts.rules import Role

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    # Manifest storage answers 404 without collectstatic.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@dataclass(frozen=True)
class Cast:
    """Alice and Bob sell in Paris, Anne manages Paris; Carl sells in Lyon; Diane directs; Oscar administers."""

    paris: Team
    lyon: Team
    alice: User
    bob: User
    anne: User
    carl: User
    diane: User
    oscar: User


@pytest.fixture
def cast(db: None) -> Cast:
    paris, lyon = Team.objects.create(name="Paris"), Team.objects.create(name="Lyon")

    def user(name: str, role: Role, team: Team | None) -> User:
        return User.objects.create_user(
            f"{name}@example.org", PASSWORD, name=name.title(), role=role.value, team=team, language="en"
        )

    return Cast(
        paris, lyon,
        alice=user("alice", Role.SALES, paris),
        bob=user("bob", Role.SALES, paris),
        anne=user("anne", Role.ACCOUNT_MANAGER, paris),
        carl=user("carl", Role.SALES, lyon),
        diane=user("diane", Role.DIRECTOR, None),
        oscar=user("oscar", Role.ADMINISTRATOR, None),
    )  # fmt: skip


@pytest.fixture
def browser_of(db: None) -> Any:
    """``browser_of(user)``: Django's test client, signed in."""

    def sign_in(user: User) -> Browser:
        browser = Browser()
        browser.force_login(user)
        return browser

    return sign_in
