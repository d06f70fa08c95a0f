"""The week's lists in the administration: the team's, with what became of each mail."""

from typing import Any

from django.urls import reverse

from attention.models import WeeklyList
from jobs.models import OutMail
from jobs.rules import MailState
from tests.attention.helpers import a_week_for
from tests.conftest import Cast

LISTS = reverse("admin:attention_weeklylist_changelist")


def shown(response: Any) -> list[str]:
    return [one.owner.name for one in response.context["cl"].result_list]


def test_managers_read_the_lists_of_their_team(cast: Cast, browser_of: Any) -> None:
    a_week_for(cast.alice)
    assert shown(browser_of(cast.anne).get(LISTS)) == ["Alice"]
    WeeklyList.objects.update(owner=cast.carl)
    assert shown(browser_of(cast.anne).get(LISTS)) == []
    assert shown(browser_of(cast.oscar).get(LISTS)) == ["Carl"]


def test_a_list_says_whether_its_mail_arrived(cast: Cast, browser_of: Any) -> None:
    a_week_for(cast.alice)
    OutMail.objects.update(state=MailState.UNCERTAIN)
    browser = browser_of(cast.anne)
    assert shown(browser.get(LISTS, {"mail": "uncertain"})) == ["Alice"]
    assert shown(browser.get(LISTS, {"mail": "sent"})) == []
    assert "uncertain" in browser.get(LISTS).content.decode().lower()


def test_its_lines_are_shown_and_never_changed(cast: Cast, browser_of: Any) -> None:
    a_week_for(cast.alice, clients=2)
    weekly_list = WeeklyList.objects.get()
    url = reverse("admin:attention_weeklylist_change", args=[weekly_list.pk])
    browser = browser_of(cast.anne)
    text = browser.get(url).content.decode()
    assert [line.client.name in text for line in weekly_list.lines.select_related("client")] == [True, True]
    assert browser.post(url, {"planned_minutes": 1}).status_code == 403


def test_a_line_of_a_client_that_left_the_team_is_not_named(cast: Cast, browser_of: Any) -> None:
    a_week_for(cast.alice)
    client = WeeklyList.objects.get().lines.get().client
    type(client).objects.filter(pk=client.pk).update(owner=cast.carl, team=cast.lyon, name="Kanari gone")
    url = reverse("admin:attention_weeklylist_change", args=[WeeklyList.objects.get().pk])
    assert "Kanari gone" not in browser_of(cast.anne).get(url).content.decode()


def test_a_morning_begins_with_the_lists(cast: Cast, browser_of: Any) -> None:
    text = browser_of(cast.anne).get(reverse("admin:index")).content.decode()
    assert ("Lists of the week" in text, LISTS in text) == (True, True)
