from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from attention.models import ListLine, WeeklyList
from attention.services import freeze_lists
from attention.views import CARDS_AT_ONCE
from common.periods import IsoWeek
from tests.attention.helpers import fading, know, make_night
from tests.conftest import Cast, whole_page
from tests.factories.records import make_client

HOME_QUERIES = 5
TEAM_QUERIES = 6


def this_week() -> IsoWeek:
    return IsoWeek.of(timezone.localdate())


def list_now(*owners: User, clients: int = 1, **fields: Any) -> list[ListLine]:
    run = make_night(this_week().monday - timedelta(days=1))
    for owner in owners:
        for number in range(clients):
            client = make_client(owner=owner, name=f"{owner.name} {number}")
            know(client, run, **(fading(run) | fields))
    freeze_lists(week=this_week(), now=timezone.now())
    return list(ListLine.objects.order_by("pk"))


def queries_of(browser: Browser, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(url).status_code == 200
    # Session and user belong to every page.
    return len(captured) - 2


def names(response: Any) -> list[str]:
    return [card.client.name for card in response.context["page"].todo]


@pytest.mark.parametrize("clients", [1, 3])
def test_queries_of_the_home_page(cast: Cast, browser_of: Any, clients: int) -> None:
    list_now(cast.alice, clients=clients)
    assert queries_of(browser_of(cast.alice), reverse("home")) == HOME_QUERIES


@pytest.mark.parametrize("clients", [1, 3])
def test_queries_of_the_team_page(cast: Cast, browser_of: Any, clients: int) -> None:
    list_now(cast.alice, cast.bob, clients=clients)
    assert queries_of(browser_of(cast.diane), reverse("home")) == TEAM_QUERIES


def test_home_names_clients_reasons_dose_and_act(cast: Cast, browser_of: Any) -> None:
    list_now(cast.alice)
    page = browser_of(cast.alice).get(reverse("home"))
    (card,) = page.context["page"].todo
    assert card.reasons == [
        "Usually orders every 3 weeks, last order 9 weeks ago",
        "Revenue fell from €84K to €51K in 52 weeks",
    ]
    assert (card.channel, card.act) == (
        "visit", "Ask what changed; offer simpler service online before talking about price",
    )  # fmt: skip
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("data", "state", "todo"),
    [({"state": "done"}, "done", 0), ({"state": "snoozed"}, "snoozed", 0), ({"state": "wrong"}, "wrong", 0),
     ({"state": "open"}, "open", 1)],
)  # fmt: skip
def test_one_click_answers(cast: Cast, browser_of: Any, data: dict[str, str], state: str, todo: int) -> None:
    (line,) = list_now(cast.alice)
    browser = browser_of(cast.alice)
    answered = browser.post(reverse("attention:answer", args=[line.pk]), data)
    assert answered.status_code == 302
    assert answered.headers["Location"].endswith(f"#line-{line.pk}")
    line.refresh_from_db()
    assert line.state == state
    assert len(browser.get(answered.headers["Location"]).context["page"].todo) == todo


def test_htmx_gets_the_week_alone(cast: Cast, browser_of: Any) -> None:
    line, _ = list_now(cast.alice, clients=2)
    url = reverse("attention:answer", args=[line.pk])
    page = browser_of(cast.alice).post(url, {"state": "done"}, headers={"HX-Request": "true"})
    html = page.content.decode()
    assert html.lstrip().startswith('<div id="week"')
    assert html.count("<html") == 0
    assert names(page) == [ListLine.objects.get(state="open").client.name]


@pytest.mark.parametrize(
    ("data", "days"), [({}, 7), ({"weeks": "2"}, 14), ({"weeks": "4"}, 28), ({"until": 10}, 10)]
)
def test_snooze_until(cast: Cast, browser_of: Any, data: dict[str, Any], days: int) -> None:
    (line,) = list_now(cast.alice)
    today = timezone.localdate()
    if "until" in data:
        data = {"until": (today + timedelta(days=data["until"])).isoformat()}
    browser_of(cast.alice).post(reverse("attention:answer", args=[line.pk]), {"state": "snoozed"} | data)
    line.refresh_from_db()
    assert line.snoozed_until == today + timedelta(days=days)


@pytest.mark.parametrize("until", ["2001-01-01", "9999-12-31", "nonsense", "0000-00-00"])
@pytest.mark.parametrize(("headers", "status"), [({}, 422), ({"HX-Request": "true"}, 200)])
def test_an_impossible_day_is_said_and_nothing_written(
    cast: Cast, browser_of: Any, until: str, headers: dict[str, str], status: int
) -> None:
    (line,) = list_now(cast.alice)
    url = reverse("attention:answer", args=[line.pk])
    page = browser_of(cast.alice).post(url, {"state": "snoozed", "until": until}, headers=headers)
    assert (page.status_code, bool(page.context["problem"])) == (status, True)
    line.refresh_from_db()
    assert line.state == "open"


@pytest.mark.parametrize("data", [{}, {"state": "nonsense"}, {"state": "\x00"}])
def test_an_unknown_answer_is_refused(cast: Cast, browser_of: Any, data: dict[str, str]) -> None:
    (line,) = list_now(cast.alice)
    assert browser_of(cast.alice).post(reverse("attention:answer", args=[line.pk]), data).status_code == 400


def test_getting_an_answer_writes_nothing(cast: Cast, browser_of: Any) -> None:
    (line,) = list_now(cast.alice)
    assert browser_of(cast.alice).get(reverse("attention:answer", args=[line.pk])).status_code == 405


@pytest.mark.parametrize("who", ["bob", "carl"])
def test_anothers_line_is_as_absent(cast: Cast, browser_of: Any, who: str) -> None:
    (line,) = list_now(cast.alice)
    browser = browser_of(getattr(cast, who))
    for pk in (line.pk, 10**12):
        assert browser.get(reverse("attention:why", args=[pk])).status_code == 404
        assert browser.post(reverse("attention:answer", args=[pk]), {"state": "done"}).status_code == 404
    for owner in (cast.alice.pk, 10**12, "abc", "١", "-1", "9" * 40):
        assert browser.get(reverse("home"), {"owner": owner}).status_code == 404
    line.refresh_from_db()
    assert line.state == "open"


def test_a_manager_looks_at_the_team_and_a_director_at_all(cast: Cast, browser_of: Any) -> None:
    list_now(cast.alice, cast.carl)
    anne, diane = browser_of(cast.anne), browser_of(cast.diane)
    assert [row.owner.name for row in anne.get(reverse("home")).context["rows"]] == ["Alice"]
    assert [row.owner.name for row in diane.get(reverse("home")).context["rows"]] == ["Alice", "Carl"]
    assert names(anne.get(reverse("home"), {"owner": cast.alice.pk})) == ["Alice 0"]
    assert anne.get(reverse("home"), {"owner": cast.carl.pk}).status_code == 404
    assert names(diane.get(reverse("home"), {"owner": cast.carl.pk})) == ["Carl 0"]


def test_a_manager_with_clients_sees_the_own_week_first(cast: Cast, browser_of: Any) -> None:
    list_now(cast.anne, cast.alice)
    browser = browser_of(cast.anne)
    assert names(browser.get(reverse("home"))) == ["Anne 0"]
    assert len(browser.get(reverse("home"), {"owner": "team"}).context["rows"]) == 2


def test_a_client_that_changed_hands_leaves_the_page(cast: Cast, browser_of: Any) -> None:
    line, _ = list_now(cast.alice, clients=2)
    line.client.owner = cast.bob
    line.client.save()
    alice, bob = browser_of(cast.alice), browser_of(cast.bob)
    page = alice.get(reverse("home"))
    assert names(page) == ["Alice 1"]
    assert page.context["page"].hours.planned == ListLine.objects.get(client__name="Alice 1").dose_minutes
    assert alice.post(reverse("attention:answer", args=[line.pk]), {"state": "done"}).status_code == 404
    # Bob has the client now, but not the list of Alice.
    assert bob.post(reverse("attention:answer", args=[line.pk]), {"state": "done"}).status_code == 404


def test_clients_left_out_that_changed_hands_are_not_named(cast: Cast, browser_of: Any) -> None:
    cast.alice.weekly_hours = "0.5"
    cast.alice.save()
    list_now(cast.alice, clients=3, segment="athlete")
    left_out = [row["client"] for row in WeeklyList.objects.get().left_out]
    browser = browser_of(cast.alice)

    def named() -> set[int]:
        page = browser.get(reverse("home")).context["page"]
        return {one.client.pk for one in [*page.uncovered, *page.next_best]}

    assert named() == set(left_out)
    cast.bob.clients.add(cast.alice.clients.get(pk=left_out[0]))
    assert named() == set(left_out[1:])


@pytest.mark.parametrize("week", ["2026-W99", "nonsense", "2099-W01", "\x00", "0000-W01"])
def test_weeks_that_are_none(cast: Cast, browser_of: Any, week: str) -> None:
    assert browser_of(cast.alice).get(reverse("home"), {"week": week}).status_code == 404


def test_a_week_without_a_list_says_why(cast: Cast, browser_of: Any) -> None:
    browser = browser_of(cast.alice)

    def missing(**query: str) -> str:
        page = browser.get(reverse("home"), query)
        assert page.status_code == 200
        return str(page.context["page"].missing)

    assert missing() == "no_clients"
    client = make_client(owner=cast.alice)
    assert missing() == "no_night"
    know(client, make_night(this_week().monday - timedelta(days=1)))
    assert missing() == "later"
    assert missing(week=str(this_week().plus(-3))) == "past"
    cast.alice.weekly_hours = 0
    cast.alice.save()
    assert missing() == "no_hours"


def test_nobody_needs_you(cast: Cast, browser_of: Any) -> None:
    list_now(cast.alice, revenue_state="dormant", expected_cents=0, r0_cents=0, r1_cents=0, growth_rate=None)
    html = browser_of(cast.alice).get(reverse("home")).content.decode()
    assert html.count("Nobody needs you this week") == 1
    assert html.count("1 client was looked at; nobody needs time this week.") == 1


def test_why_opens_as_page_and_as_fragment(cast: Cast, browser_of: Any) -> None:
    (line,) = list_now(cast.alice)
    url, browser = reverse("attention:why", args=[line.pk]), browser_of(cast.alice)
    page, fragment = browser.get(url), browser.get(url, headers={"HX-Request": "true"})
    assert page.content.decode().count("<html") == 1
    assert fragment.content.decode().count("<html") == 0
    parts = page.context["why"].parts
    assert sum(part.cents for part in parts) == line.value_cents
    assert [part.label for part in parts] == [
        "Keeping what the client is expected to bring", "Winning back what the client no longer buys",
    ]  # fmt: skip


def test_the_client_page_tells_of_the_lists(cast: Cast, browser_of: Any) -> None:
    (line,) = list_now(cast.alice)
    html = browser_of(cast.alice).get(whole_page(line.client)).content.decode()
    assert html.count(f"#line-{line.pk}") == 2  # the panel, and the timeline


def test_pages_need_a_log_in() -> None:
    assert Browser().get(reverse("home")).status_code == 302


def test_a_long_list_shows_its_first_cards_and_then_all(cast: Cast, browser_of: Any) -> None:
    list_now(cast.alice, clients=CARDS_AT_ONCE + 2)
    browser, url = browser_of(cast.alice), reverse("home")
    page = browser.get(url).content.decode()
    assert page.count("data-line=") == CARDS_AT_ONCE
    assert f"Show all {CARDS_AT_ONCE + 2} clients" in page
    whole = browser.get(url, {"all": "1"}).content.decode()
    assert whole.count("data-line=") == CARDS_AT_ONCE + 2
    assert "Show all" not in whole
