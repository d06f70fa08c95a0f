"""Every URL with every reader: what the matrix says, nothing written by those refused."""

from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse

from tests.access.walk import METHODS, READERS, Entry, entries, site_urls
from tests.access.world import ABSENT, World, body_of, stored, without_tokens, writes


def address(entry: Entry, world: World, number: int | None = None) -> str:
    arguments = [
        (number or world.objects[argument[1:]]) if argument.startswith("@") else argument
        for argument in entry.arguments
    ]
    return reverse(entry.name, args=arguments)


def request(browser: Browser, method: str, url: str, entry: Entry) -> HttpResponse:
    if method == "GET":
        return browser.get(f"{url}?{entry.fields.get('query', '')}")
    form: dict[str, Any] = entry.fields.get("form", {}) if method in entry.methods else {}
    return browser.post(url, form) if method == "POST" else browser.generic(method, url)


def undone(browser: Browser, method: str, url: str, entry: Entry) -> tuple[HttpResponse, bool]:
    """The answer, and whether anything was written; whatever was is undone."""
    with transaction.atomic():
        before = writes()
        response = request(browser, method, url, entry)
        body = body_of(response)
        left = stored() if writes() != before else None
        transaction.set_rollback(True)
    response.text_of_test = body
    return response, left is not None and left != stored()


def answer(response: HttpResponse) -> int | str:
    leads_to_login = response.status_code == 302 and response["Location"].startswith(
        (reverse("accounts:login"), reverse("admin:login"))
    )
    return "login" if leads_to_login and "next=" in response["Location"] else response.status_code


def test_every_url_is_in_the_matrix():
    assert [entry.name for entry in sorted(entries(), key=lambda entry: entry.name)] == site_urls()


@pytest.mark.parametrize("reader", READERS)
def test_each_reader_gets_what_the_matrix_says(reader: str, world: World):
    wrong = []
    for entry in entries():
        browser, url = world.browser(reader), address(entry, world)
        for method in entry.methods:
            response, changed = undone(browser, method, url, entry)
            expected = entry.expected(method, reader)
            if answer(response) != expected:
                wrong.append(f"{method} {entry.name}: {answer(response)} instead of {expected}")
            if changed and (method == "GET" or expected in ("login", 403, 404)):
                wrong.append(f"{method} {entry.name}: something was written")
    assert wrong == []


@pytest.mark.once  # refused by the name of the method
@pytest.mark.parametrize("reader", ["owner", "stranger", "director"])
def test_other_methods_do_nothing(reader: str, world: World):
    wrong = []
    for entry in entries():
        browser, url = world.browser(reader), address(entry, world)
        for method in set(METHODS) - set(entry.methods):
            response, changed = undone(browser, method, url, entry)
            if changed or response.status_code == 500:
                wrong.append(f"{method} {entry.name}: {response.status_code}, changed {changed}")
    assert wrong == []


@pytest.mark.parametrize("reader", READERS)
def test_a_foreign_object_answers_like_an_absent_one(reader: str, world: World):
    numbers, wrong = [ABSENT, *world.objects.values()], []
    for entry in (entry for entry in entries() if entry.has_object):
        for method in entry.methods:
            if entry.expected(method, reader) != 404:
                continue
            browser = world.browser(reader)
            foreign, _ = undone(browser, method, address(entry, world), entry)
            absent, _ = undone(browser, method, address(entry, world, ABSENT), entry)
            texts = {without_tokens(one.text_of_test, *numbers) for one in (foreign, absent)}
            if [absent.status_code, foreign.status_code, len(texts)] != [404, 404, 1]:
                wrong.append(f"{method} {entry.name}")
    assert wrong == []


def test_an_absent_object_is_not_found_by_those_who_see_all(world: World):
    wrong = []
    for entry in (entry for entry in entries() if entry.has_object):
        for method in entry.methods:
            response, changed = undone(
                world.browser("director"), method, address(entry, world, ABSENT), entry
            )
            if (response.status_code, changed) != (404, False):
                wrong.append(f"{method} {entry.name}: {response.status_code}, changed {changed}")
    assert wrong == []


def test_a_write_is_noticed(world: World):
    """The walk would prove nothing if a refused request could write unseen."""
    before, fingerprint = writes(), stored()
    world.readers["owner"].__class__.objects.filter(pk=world.readers["owner"].pk).update(name="Alice A.")
    assert (writes() > before, stored() != fingerprint) == (True, True)
