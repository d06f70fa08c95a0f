"""Where the company's own segmentation rules, the card, the reasons and the mail name its segments, not the grid's."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from attention.emails import build_mail
from attention.models import ListLine
from attention.services import freeze_lists
from segmentation.models import ClientSegment, OwnSegment, OwnSegmentation, SegmentationRun
from segmentation.rules.own import Method
from tests.attention.helpers import fading, know, make_night
from tests.attention.test_pages import this_week
from tests.conftest import Cast
from tests.factories.records import make_client
from tests.segmentation.test_pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(cast: Cast) -> dict[str, ListLine]:
    """Three clients that the grid calls whales: one key account played like athletes, one segment without a
    playbook, one client in no own segment."""
    run = make_night(this_week().monday - timedelta(days=1))
    for name in ("Aster", "Bellis", "Cistus"):
        know(make_client(owner=cast.alice, name=name), run, **fading(run))
    own = OwnSegmentation.objects.create(
        name="House",
        method=Method.IMPORTED.value,
        in_force=True,
        created_at=timezone.now(),
        changed_at=timezone.now(),
    )
    SegmentationRun.objects.update(own=own)
    for name, label, playbook in (("Aster", "Key accounts", "athlete"), ("Bellis", "Small & <new>", "")):
        segment = OwnSegment.objects.create(segmentation=own, code=name, name=label, playbook=playbook)
        ClientSegment.objects.filter(client__name=name).update(own=segment)
    freeze_lists(week=this_week(), now=timezone.now())
    return {line.client.name: line for line in ListLine.objects.select_related("client")}


def test_a_line_freezes_the_segment_it_was_made_with(lines: dict[str, ListLine]) -> None:
    frozen = {name: (line.segment, line.own_segment) for name, line in lines.items()}
    assert frozen == {
        "Aster": ("athlete", "Key accounts"),
        "Bellis": ("", "Small & <new>"),
        "Cistus": ("", ""),
    }
    codes = {name: {reason["code"] for reason in line.reasons} for name, line in lines.items()}
    assert not {code for found in codes.values() for code in found if code.startswith("is_")}


def test_card_and_mail_say_its_name(lines: dict[str, ListLine], cast: Cast, browser_of: Any) -> None:
    page = text_of(browser_of(cast.alice).get(reverse("home")).content.decode())
    mail = build_mail(lines["Aster"].weekly_list, cast.alice)
    for shown in (unescape(page), mail.text, unescape(text_of(mail.html))):
        assert ("Key accounts" in shown, "Small & <new>" in shown, "Whale" in shown, "Athlete:" in shown) == (
            True, True, False, False,
        )  # fmt: skip


def test_renaming_it_later_changes_no_past_list(
    lines: dict[str, ListLine], cast: Cast, browser_of: Any
) -> None:
    OwnSegment.objects.update(name="Another")
    assert "Another" not in text_of(browser_of(cast.alice).get(reverse("home")).content.decode())


@pytest.mark.parametrize("own_rules", [False, True])
def test_who_does_not_fit_is_listed_by_the_segmentation_that_rules(
    own_rules: bool, cast: Cast, browser_of: Any
) -> None:
    """Two dozen athletes and half an hour: what the side names no more stands in a list that holds all of them."""
    cast.alice.weekly_hours = "0.5"
    cast.alice.save()
    run = make_night(this_week().monday - timedelta(days=1))
    for number in range(24):
        know(
            make_client(owner=cast.alice, name=f"Aster {number}"),
            run,
            **(fading(run) | {"segment": "athlete"}),
        )
    know(make_client(owner=cast.alice, name="Bellis"), run, **(fading(run) | {"segment": "whale"}))
    if own_rules:
        now = timezone.now()
        own = OwnSegmentation.objects.create(
            name="House", method=Method.IMPORTED.value, in_force=True, created_at=now, changed_at=now
        )
        SegmentationRun.objects.update(own=own)
        key = OwnSegment.objects.create(segmentation=own, code="k", name="Key & more", playbook="athlete")
        small = OwnSegment.objects.create(segmentation=own, code="s", name="Small", playbook="")
        ClientSegment.objects.update(own=key, segment="whale")
        ClientSegment.objects.filter(client__name="Bellis").update(own=small, segment="athlete")
    freeze_lists(week=this_week(), now=timezone.now())
    browser = browser_of(cast.alice)
    html = browser.get(reverse("home")).content.decode()
    links = re.findall(r'<a href="([^"]*[?]segment=[^"]*)">([^<]*)</a>', html)
    assert [unescape(name) for _, name in links] == ["Key & more" if own_rules else "Athlete"]
    listed = text_of(browser.get(unescape(links[0][0])).content.decode())
    assert (listed.count("Aster ") >= 24, "Bellis" in listed) == (True, False)
