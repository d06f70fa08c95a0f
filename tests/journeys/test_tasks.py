"""A day with tasks: a call with a next step, the desk, the palette by keyboard, a line made a task."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from clients.models import Task
from tests.attention.test_pages import list_now
from tests.conftest import PASSWORD
from tests.factories.records import make_client

LOOKS = [(1280, "light", "en"), (375, "dark", "fr")]
pytestmark = pytest.mark.django_db(transaction=True)


def arrived(visit, user, width, theme, language):
    type(user).objects.filter(pk=user.pk).update(language=language)
    visitor = visit(width=width, theme=theme, language=language)
    visitor.log_in(user.email, PASSWORD)
    return visitor


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_what_comes_next_after_a_call_is_on_the_desk_until_done(visit, cast, width, theme, language):
    client = make_client(owner=cast.alice, name="Crèmerie du Port")
    visitor = arrived(visit, cast.alice, width, theme, language)
    page = visitor.page
    visitor.go("clients:detail", client.pk)
    page.locator(".log-fold > summary").click()
    form = page.locator(".log-form")
    form.locator("[name=kind]").select_option("call")
    form.locator("[name=summary]").fill("Asked for a new offer.")
    form.locator("[name=next_step]").fill("Send the offer")
    form.locator("[name=next_on]").fill(f"{page.evaluate('new Date().getFullYear()')}-01-01")
    visitor.look()
    form.locator("button.btn-primary").click()
    expect(page.locator("#panel-tasks")).to_contain_text("Send the offer")
    visitor.look()
    visitor.go("clients:tasks")
    expect(page.locator(".shelf--overdue")).to_contain_text("Crèmerie du Port")
    visitor.look()
    page.locator(".shelf--overdue .task-check").click()
    expect(page.locator(".shelf--done")).to_contain_text("Send the offer")
    visitor.look()
    assert [task.state for task in Task.objects.all()] == ["done"]


def test_the_palette_obeys_the_arrows(visit, cast):
    make_client(owner=cast.alice, name="Port A")
    second = make_client(owner=cast.alice, name="Port B")
    visitor = arrived(visit, cast.alice, 1280, "light", "en")
    page = visitor.page
    visitor.settle()
    page.keyboard.press("Control+k")
    page.keyboard.type("Port")
    page.locator("#search-results a", has_text="Port B").wait_for()
    visitor.look()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(visitor.base_url + second.get_absolute_url())


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_a_line_of_the_week_becomes_a_task(visit, cast, width, theme, language):
    (line,) = list_now(cast.alice)
    visitor = arrived(visit, cast.alice, width, theme, language)
    page = visitor.page
    page.locator(f"#line-{line.pk} details", has=page.locator(".task-form")).locator("summary").click()
    visitor.look()
    page.locator(f"#line-{line.pk} .task-form button").click()
    made = page.locator(f"#line-{line.pk} .visit-task a")
    expect(made).to_be_visible()
    visitor.look()
    made.click()
    expect(page).to_have_url(re.compile(reverse("clients:task_edit", args=[Task.objects.get().pk])))
