"""The administration site: closed to sales, and no way round ``visible_to`` for account managers."""

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from tests.access.walk import READERS
from tests.access.world import World, body_of, stored

STAFF = ("manager", "elsewhere", "administrator")


def lists() -> list[str]:
    names = (f"admin:{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry)
    return sorted(f"{name}_changelist" for name in names)


@pytest.mark.parametrize("reader", [reader for reader in READERS if reader not in STAFF])
def test_it_is_closed(reader: str, world: World):
    browser = world.browser(reader)
    answers = {name: browser.get(reverse(name)) for name in ["admin:index", *lists()]}
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 302} == {}
    assert {answer["Location"].split("?")[0] for answer in answers.values()} <= {
        reverse("admin:login"),
        reverse("accounts:login"),
    }


@pytest.mark.parametrize("reader", STAFF)
def test_no_list_or_search_names_a_foreign_client(reader: str, world: World):
    browser = world.browser(reader)
    for name in ["admin:index", *lists()]:
        for question in ("", "?q=kanari", "?all="):
            response = browser.get(reverse(name) + question)
            if response.status_code == 200:
                text = body_of(response)
                assert [bird for bird in world.foreign(reader) if bird in text] == [], name + question


@pytest.mark.parametrize("action", ["change", "delete", "history"])
def test_a_foreign_row_answers_like_an_absent_one(action: str, world: World):
    browser, before = world.browser("manager"), stored()
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}"
        for row in model._base_manager.all():
            text = body_of(browser.get(_address(name, row.pk)))
            assert [bird for bird in world.foreign("manager") if bird in text] == [], f"{name} {row.pk}"
    assert stored() == before


def _address(name: str, pk: object) -> str:
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return reverse("admin:index")
