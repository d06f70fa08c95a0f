"""Who moved: filters, export, who sees whom, how many queries; the command that proposes lines."""

import csv
import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client
from segmentation.models import SegmentEvent
from segmentation.rules.grid import Preset, Thresholds
from segmentation.services import activate_thresholds, classify_clients
from tests.conftest import Cast, whole_page
from tests.segmentation.records import AS_OF, NOW, client_with, four_corners
from tests.segmentation.test_pages import body_of, lead_of, listed_in, text_of

pytestmark = pytest.mark.django_db
NEXT = AS_OF + timedelta(days=1)
MOVED = "/care/grid/moved/"


@pytest.fixture
def moved(cast: Cast) -> dict[str, Client]:
    """The lines go down over three of Alice's clients and Carl's one."""
    corners = four_corners(owner=cast.alice)
    corners["foreign"] = client_with(90_000, 0.1, owner=cast.carl, name="Zeus of Lyon")
    classify_clients(as_of=AS_OF, now=NOW)
    classify_clients(as_of=NEXT, now=NOW)
    activate_thresholds(
        preset=Preset.TYPED, as_of=NEXT, by=cast.diane, now=NOW, typed=Thresholds(70_000, 0.05)
    )
    return corners


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Boréas", "Circé", "Dédale"]),
        ("?before=whale", ["Boréas"]),
        ("?after=athlete", ["Boréas", "Circé"]),
        ("?cause=threshold&q=dedale", ["Dédale"]),
        ("?cause=value", []),
        ("?days=30&page=99", ["Boréas", "Circé", "Dédale"]),
        ("?days=7&cause=nonsense&owner=x", ["Boréas", "Circé", "Dédale"]),
    ],
)
def test_filters_stand_in_the_address(
    cast: Cast, browser_of: Any, moved: dict[str, Client], query: str, names: list[str]
) -> None:
    assert listed_in(browser_of(cast.alice).get(MOVED + query).content.decode()) == names


def test_each_sees_the_moves_of_own_clients(cast: Cast, browser_of: Any, moved: dict[str, Client]) -> None:
    found = {
        user.name: listed_in(browser_of(user).get(MOVED).content.decode())
        for user in (cast.alice, cast.bob, cast.carl, cast.anne, cast.diane)
    }
    assert found == {
        "Alice": ["Boréas", "Circé", "Dédale"], "Bob": [], "Carl": ["Zeus of Lyon"],
        "Anne": ["Boréas", "Circé", "Dédale"], "Diane": ["Boréas", "Zeus of Lyon", "Circé", "Dédale"],
    }  # fmt: skip
    html = browser_of(cast.diane).get(f"{MOVED}?owner={cast.carl.pk}").content.decode()
    assert (listed_in(html), lead_of(html)) == (["Zeus of Lyon"], "1 change in the last 91 days.")


def test_before_the_first_night_it_says_so(cast: Cast, browser_of: Any) -> None:
    assert (
        lead_of(browser_of(cast.alice).get(MOVED).content.decode()) == "No night has placed the clients yet."
    )
    assert browser_of(cast.alice).get(reverse("segmentation:moved_export")).status_code == 404


def test_the_export_has_the_same_rows(cast: Cast, browser_of: Any, moved: dict[str, Client]) -> None:
    answer = browser_of(cast.alice).get(reverse("segmentation:moved_export") + "?after=thoroughbred")
    _header, row = csv.reader(body_of(answer).removeprefix("\ufeff").splitlines())
    lines = SegmentEvent.objects.latest("pk").thresholds_id
    assert row[1:] == [
        "Dédale", "2026-07-01", "Dilemma", "Thoroughbred", "The lines were moved", "600.0", "0.05", str(lines), "grid-2",
    ]  # fmt: skip


def test_as_many_queries_for_three_moves_as_for_one(cast: Cast, browser_of: Any) -> None:
    browser, counts = browser_of(cast.diane), []
    for number in (1, 2):
        for _ in range(number):
            client_with(50_000 * number, 0.3, owner=cast.alice)
        classify_clients(as_of=AS_OF, now=NOW)
        classify_clients(as_of=NEXT, now=NOW)
        client = Client.objects.latest("pk")
        SegmentEvent.objects.create(
            client=client, as_of=NEXT, before="whale", after="athlete", cause="value", revenue_cents=1,
            thresholds_id=SegmentEvent.thresholds.field.related_model.objects.latest("pk").pk,
            rule_version="grid-2", at=NOW,
        )  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            assert len(listed_in(browser.get(MOVED).content.decode())) >= 1
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_path_stands_on_the_why_and_the_client_page(
    cast: Cast, browser_of: Any, moved: dict[str, Client]
) -> None:
    whale = moved["whale"]
    for url in (reverse("segmentation:why", args=[whale.pk]), whole_page(whale)):
        text = text_of(browser_of(cast.alice).get(url).content.decode())
        assert "The lines were moved" in text, url


def test_the_command_proposes_and_moves_nothing(cast: Cast) -> None:
    four_corners()
    with pytest.raises(CommandError, match="No night"):
        call_command("propose_thresholds", "--as-of", "2026-06-30", "--json")
    run = classify_clients(as_of=AS_OF, now=NOW)
    for _ in range(2):
        out = StringIO()
        call_command("propose_thresholds", "--as-of", "2026-06-30", "--json", stdout=out)
    found = json.loads(out.getvalue().splitlines()[-1])
    abc, medians = found["proposals"]
    assert (found["as_of"], found["in_force"]["version"], found["waiting"]) == (
        "2026-06-30",
        run.thresholds_id,
        None,
    )
    assert (abc["preset"], abc["moved"], abc["paths"]) == ("abc", 0, [])
    assert (medians["revenue_cents"], medians["margin_rate"], medians["moved"]) == (190_000, 0.25, 0)
    assert medians["segments"] == dict.fromkeys(
        ["whale", "thoroughbred", "athlete", "dilemma", "to_qualify"], 1
    )


def test_the_timeline_of_a_client_tells_its_moves(
    cast: Cast, browser_of: Any, moved: dict[str, Client]
) -> None:
    event = SegmentEvent.objects.visible_to(cast.alice).latest("pk")
    url = reverse("clients:timeline", args=[event.client_id])
    page = browser_of(cast.alice).get(url, {"kind": "segment"})
    rows = page.context["timeline"].rows
    wanted = SegmentEvent.objects.filter(client=event.client_id).order_by("-at", "-pk")
    assert [row.record for row in rows] == list(wanted)
    assert page.content.decode().count("<strong>Change of segment</strong>") == len(rows)
    foreign = reverse("clients:timeline", args=[moved["foreign"].pk])
    assert browser_of(cast.alice).get(foreign, {"kind": "segment"}).status_code == 404
