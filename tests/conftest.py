"""Fixtures of the whole suite: the cast, settings that fit tests, and what runs on which database.

A test that meets neither the database nor the broker is marked ``once``: the run on PostgreSQL leaves it
out (``-m "not once"``). Properties are tried with the same examples each time; with
``CMIX_HYPOTHESIS=thorough`` with ten times as many, drawn anew.
"""

import gc
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from accounts.models import Team, User
from accounts.rules import Role
from tests.databases import django_db_setup, migrated
from tests.installations import installation

__all__ = ["django_db_setup", "installation", "migrated"]

PASSWORD = "correct horse battery"
SERVED = {"db", "transactional_db", "migrated", "broker"}

# A busy machine is no fault of the code: neither slow examples nor slow data are errors.
hypothesis_settings.register_profile(
    "usual", max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.register_profile(
    "thorough", max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile(os.environ.get("CMIX_HYPOTHESIS", "usual"))

# Manifest storage answers 404 without collectstatic; WhiteNoise would read the collected files, which another
# process may be writing, for every browser.
django_settings.STATIC_ROOT = Path(os.environ["CMIX_TEST_FOLDER"], "static")
django_settings.STATIC_ROOT.mkdir(exist_ok=True)
django_settings.STORAGES = django_settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
# A safe hash is meant to be slow.
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    # Marked before ``-m`` chooses by marks, sorted when nobody adds any more.
    on_sqlite = os.environ.get("CMIX_TEST_BACKEND", "sqlite") == "sqlite"
    left_out = [item for item in items if on_sqlite and item.get_closest_marker("servers")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
    for item in items:
        if not (item.get_closest_marker("django_db") or SERVED & set(getattr(item, "fixturenames", ()))):
            item.add_marker(pytest.mark.once)
    yield
    # What mostly waits comes first, beside what computes; at the end it would be waited for.
    items.sort(key=lambda item: not (item.get_closest_marker("slow") or item.get_closest_marker("journey")))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: looking through it for garbage again is lost time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture
def broker() -> str:
    """Address of the broker of this run."""
    return str(django_settings.CELERY_BROKER_URL)


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


def make_cast() -> Cast:
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


def whole_page(client: Any) -> str:
    """The address of the page of ``client`` with nothing left for a second answer."""
    return reverse("clients:more", args=[client.pk])


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def browser_of(db: None) -> Any:
    """``browser_of(user)``: Django's test client, signed in."""

    def sign_in(user: User) -> Browser:
        browser = Browser()
        browser.force_login(user)
        return browser

    return sign_in
