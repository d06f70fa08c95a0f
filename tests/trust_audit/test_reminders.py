"""What waits for a person: late actions, what ends within thirty days; in the weekly mail too."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation

from attention.emails import build_mail
from attention.models import WeeklyList
from common.periods import IsoWeek
from tests.conftest import Cast
from tests.trust_audit.helpers import NOW, make_audit, make_site, mark_all
from trust_audit.models import Action, Seal, Site
from trust_audit.selectors.reminders import reminders_for
from trust_audit.services.audits import reaudit, sign
from trust_audit.services.evidence import add_record
from trust_audit.states import ActionState, Proof

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def signed_site(cast: Cast, **fields: Any) -> Site:
    """Led and signed by Alice at ``NOW``; to be audited again a year later."""
    site = make_site(**fields)
    audit = make_audit(site, cast.alice)
    mark_all(audit, 3, cast.alice)
    sign(audit=audit, by=cast.alice, now=NOW)
    return site


def shown(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def told(user: Any, today: date) -> list[tuple[str, str]]:
    with translation.override("en"):
        return [(one.text, one.path) for one in reminders_for(user, today)]


def test_an_audit_is_due_thirty_days_before_its_year_ends(cast: Cast):
    site = signed_site(cast)
    due = date(2027, 11, 24)
    path = site.get_absolute_url()
    assert told(cast.alice, due - timedelta(days=31)) == []
    assert told(cast.alice, due - timedelta(days=30)) == [("Shop: to be audited again by 24 Nov 2027.", path)]
    assert told(cast.alice, due + timedelta(days=9)) == [("Shop: to be audited again by 24 Nov 2027.", path)]
    assert told(cast.bob, due) == []


@pytest.mark.parametrize(("days", "count"), [(31, 0), (30, 1), (-1, 1)])
def test_a_certificate_is_named_thirty_days_ahead(cast: Cast, days: int, count: int):
    site = signed_site(cast, certificate_until=TODAY + timedelta(days=days))
    day = shown(TODAY + timedelta(days=days))
    said = (f"Shop: the certificate ends on {day}.", site.get_absolute_url())
    assert (told(cast.alice, TODAY), told(cast.bob, TODAY)) == ([said] * count, [])


@pytest.mark.parametrize(("days", "count"), [(31, 0), (30, 1), (-1, 1)])
def test_a_seal_is_named_to_its_owner_thirty_days_ahead(cast: Cast, days: int, count: int):
    site, day = make_site(), TODAY + timedelta(days=days)
    Seal.objects.create(site=site, issuer="Fair Shops", strength=3, renewal_on=day, owner=cast.bob)
    Seal.objects.create(site=site, issuer="No end", strength=3, owner=cast.bob)
    said = (f"Shop: the seal of Fair Shops ends on {shown(day)}.", site.get_absolute_url())
    assert (told(cast.bob, TODAY), told(cast.alice, TODAY)) == ([said] * count, [])


@pytest.mark.parametrize(("days", "closed", "count"), [(0, False, 0), (-1, False, 1), (-1, True, 0)])
def test_an_action_is_late_the_day_after_until_it_is_closed(cast: Cast, days: int, closed: bool, count: int):
    site, day = make_site(), TODAY + timedelta(days=days)
    audit = make_audit(site, cast.alice)
    proof = add_record(
        audit=audit, code="NAV-01", kind=Proof.URL, data={}, captured_on=TODAY, by=cast.bob, now=NOW,
        url="https://shop.example/menu",
    )  # fmt: skip
    state = ActionState.VERIFIED if closed else ActionState.TO_DO
    action = Action.objects.create(
        site=site, audit=audit, code="NAV-01", title="Name the menu", owner=cast.bob, due_on=day,
        state=state.value, proof=proof, created_at=NOW,
    )  # fmt: skip
    said = (f"Shop: Name the menu was due on {shown(day)}.", action.get_absolute_url())
    assert (told(cast.bob, TODAY), told(cast.alice, TODAY)) == ([said] * count, [])


def test_what_fell_is_said_for_a_week(cast: Cast):
    site = signed_site(cast)
    fresh = reaudit(audit=site.audits.get(), lead=cast.alice, now=NOW + timedelta(days=1))
    mark_all(fresh, 3, cast.alice, TEC_01=0)
    sign(audit=fresh, by=cast.alice, now=NOW + timedelta(days=1))
    texts = [text for text, _ in told(cast.alice, TODAY + timedelta(days=2))]
    assert [text for text in texts if "level 0" in text] == [
        "Shop: TEC-01 fell to level 0 and caps the score at 39.0."
    ]
    assert told(cast.alice, TODAY + timedelta(days=9)) == []


def test_they_stand_in_the_weekly_mail_of_their_owner(cast: Cast, settings: Any):
    settings.CMIX_BASE_URL = "https://mix.example"
    site = make_site()
    Seal.objects.create(site=site, issuer="Fair Shops", strength=3, renewal_on=TODAY, owner=cast.bob)
    said = "Shop: the seal of Fair Shops ends on 24 Nov 2026."
    mails = {}
    for person in (cast.alice, cast.bob):
        week = IsoWeek.of(TODAY)
        frozen = WeeklyList.objects.create(
            owner=person, iso_year=week.year, iso_week=week.week, capacity_minutes=600, frozen_at=NOW
        )
        mails[person] = build_mail(frozen, person)
    link = f"https://mix.example{site.get_absolute_url()}"
    found = {
        person: (said in mail.text, link in mail.text, said in mail.html) for person, mail in mails.items()
    }
    assert found == {cast.alice: (False, False, False), cast.bob: (True, True, True)}
