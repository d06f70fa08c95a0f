"""A line of the weekly list becomes a task, once."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from attention.models import ListLine
from attention.rules.lines import task_day
from clients.models import Client, Task
from tests.attention.test_pages import list_now
from tests.conftest import Cast

HTMX = {"HX-Request": "true"}
ACT = "Ask what changed; offer simpler service online before talking about price"


@pytest.mark.parametrize(
    ("today", "friday"),
    [(date(2026, 11, 23), date(2026, 11, 27)), (date(2026, 11, 27), date(2026, 11, 27)),
     (date(2026, 11, 28), date(2026, 12, 4)), (date(2026, 11, 29), date(2026, 12, 4))],
)  # fmt: skip
def test_a_task_is_proposed_for_friday(today: date, friday: date) -> None:
    assert task_day(today) == friday


def url_of(line: ListLine) -> str:
    return reverse("attention:task", args=[line.pk])


def test_the_form_proposes_the_act_and_friday(cast: Cast, browser_of: Any) -> None:
    (line,) = list_now(cast.alice)
    friday = f'value="{task_day(timezone.localdate()).isoformat()}"'
    for page in (reverse("home"), reverse("attention:why", args=[line.pk])):
        html = browser_of(cast.alice).get(page).content.decode()
        form = html[html.index(f'action="{url_of(line)}"') :]
        assert (ACT in form, friday in form) == (True, True)


def test_sent_twice_is_one_task_and_the_card_says_so(cast: Cast, browser_of: Any) -> None:
    (line,) = list_now(cast.alice)
    browser, due_on = browser_of(cast.alice), timezone.localdate() + timedelta(days=3)
    for title in ("  Ring\tthem ", "Something else"):
        answered = browser.post(url_of(line), {"title": title, "due_on": due_on.isoformat()})
        assert (answered.status_code, answered.headers["Location"].endswith(f"#line-{line.pk}")) == (
            302,
            True,
        )
    task = Task.objects.get()
    assert (task.title, task.due_on, task.client_id, task.owner, task.created_by, task.origin) == (
        "Ring them", due_on, line.client_id, cast.alice, cast.alice, f"attention.line:{line.pk}",
    )  # fmt: skip
    (card,) = browser.get(reverse("home")).context["page"].todo
    assert card.task == task
    assert url_of(line) not in browser.get(reverse("home")).content.decode()
    assert browser.get(reverse("attention:why", args=[line.pk])).context["task"] == task


def test_without_a_day_it_is_due_on_friday_and_htmx_gets_the_week(cast: Cast, browser_of: Any) -> None:
    (line,) = list_now(cast.alice)
    page = browser_of(cast.alice).post(url_of(line), {"title": "Ring"}, headers=HTMX)
    assert page.content.decode().lstrip().startswith('<div id="week"')
    assert Task.objects.get().due_on == task_day(timezone.localdate())


@pytest.mark.parametrize(
    "data",
    [{}, {"title": " \t "}, {"title": "x" * 201}, {"title": "Ring", "due_on": "2001-01-01"},
     {"title": "Ring", "due_on": "9999-12-31"}, {"title": "Ring", "due_on": "nonsense"}],
)  # fmt: skip
@pytest.mark.parametrize(("headers", "status"), [({}, 422), (HTMX, 200)])
def test_an_impossible_task_is_said_and_not_made(
    cast: Cast, browser_of: Any, data: dict[str, str], headers: dict[str, str], status: int
) -> None:
    (line,) = list_now(cast.alice)
    page = browser_of(cast.alice).post(url_of(line), data, headers=headers)
    assert (page.status_code, bool(page.context["problem"]), Task.objects.count()) == (status, True, 0)


def test_the_manager_gives_it_to_whose_list_it_is(cast: Cast, browser_of: Any) -> None:
    (line,) = list_now(cast.alice)
    assert browser_of(cast.anne).post(url_of(line), {"title": "Ring"}).status_code == 302
    task = Task.objects.get()
    assert (task.owner, task.created_by) == (cast.alice, cast.anne)


def test_whose_client_it_no_longer_is_gets_no_task(cast: Cast, browser_of: Any) -> None:
    line, _ = list_now(cast.alice, clients=2)
    Client.objects.filter(pk=line.client_id).update(owner=cast.bob)
    assert browser_of(cast.alice).post(url_of(line), {"title": "Ring"}).status_code == 404
    assert browser_of(cast.anne).post(url_of(line), {"title": "Ring"}).status_code == 302
    assert Task.objects.get().owner == cast.anne


@pytest.mark.parametrize("who", ["bob", "carl"])
def test_anothers_line_is_as_absent(cast: Cast, browser_of: Any, who: str) -> None:
    (line,) = list_now(cast.alice)
    browser = browser_of(getattr(cast, who))
    for pk in (line.pk, 10**12):
        url = reverse("attention:task", args=[pk])
        assert browser.post(url, {"title": "Ring"}).status_code == 404
    assert (Task.objects.count(), browser.get(url_of(line)).status_code) == (0, 405)


def test_the_timeline_tells_the_list(cast: Cast, browser_of: Any) -> None:
    (line,) = list_now(cast.alice)
    url = reverse("clients:timeline", args=[line.client_id])
    (event,) = browser_of(cast.alice).get(url, {"kind": "list"}).context["timeline"].rows
    week = line.weekly_list.iso_week
    assert (event.title, event.text, event.by) == (f"On the list of week {week}", f"{ACT} · To do", "Alice")
    assert browser_of(cast.alice).get(event.url.partition("#")[0]).status_code == 200
