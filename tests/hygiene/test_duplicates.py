"""Which clients are likely one: the rules, a population whose truth is known, and the list that is kept."""

from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from bench.duplicates import Population, measure
from clients.duplicates import keys
from clients.duplicates.finding import dismiss, find_duplicates
from clients.duplicates.keys import Facts, keys_of
from clients.duplicates.scoring import compare, find_pairs
from clients.models import Client, DuplicatePair
from clients.rules import ClientKind
from tests.conftest import Cast
from tests.factories.records import make_client
from tests.hygiene.test_merging import merge

SPELLINGS = [
    (keys.name_key, "Ets. Müller & Cie S.A.R.L.", "muller"),
    (keys.name_key, "MULLER, SARL", "muller"),
    (keys.name_key, "Zoé  ARDENT", "ardent zoe"),
    (keys.name_key, "SA", "sa"),
    (keys.city_key, "Saint-Étienne CEDEX 2", "st etienne"),
    (keys.street_key, "12, av. Foch", "12 avenue foch"),
    (keys.phone_key, "+33 (0)3 21 00 00 01", "321000001"),
    (keys.phone_key, "0321000001", "321000001"),
    (keys.phone_key, "1234", ""),
    (keys.email_key, "Zo.E+shop@Gmail.com", "zoe@gmail.com"),
    (keys.email_key, "zo.e@mail.example", "zo.e@mail.example"),
    (keys.company_key, "fr12732829320", "732829320"),
    (keys.company_key, "73282932000074", "732829320"),
    (keys.company_key, "hrb12345", "hrb12345"),
]


@pytest.mark.parametrize(("function", "text", "expected"), SPELLINGS)
def test_two_spellings_have_one_key(function: Any, text: str, expected: str) -> None:
    assert function(text) == expected


BASE = {"name": "Menuiserie Duval", "postcode": "62300", "city": "Lens"}
COUPLE = {"street": "1 rue A", "phone": "0321000001", "email": "a@mail.example"}
CASES = [
    (BASE, BASE, False, 65, ["same_name", "same_place"]),
    (BASE, {"name": "Menuiserie Duvall SARL"} | {k: BASE[k] for k in ("postcode", "city")}, False, None, []),
    (BASE, {"name": "Menuiserie Duval", "postcode": "59000", "city": "Lille"}, False, None, []),
    (BASE | {"registration": "732829320"}, BASE | {"registration": "732829321"}, False, None, []),
    (
        BASE | {"registration": "732 829 320"},
        {"name": "Duval bois", "registration": "FR12 732829320"},
        False, 60, ["same_registration", "other_name"],
    ),
    (
        {"name": "Zoé Ardent", **COUPLE, "postcode": "62300"},
        {"name": "Max Ardent", **COUPLE, "postcode": "62300"},
        True, None, [],
    ),
    (
        {"name": "Zoé Ardent", "email": "Z@mail.example"}, {"name": "ARDENT Zoe", "email": "z@mail.example"},
        True, 95, ["same_email", "same_name"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "person", "score", "codes"), CASES)
def test_a_pair_says_why(one: Any, other: Any, person: bool, score: int | None, codes: list[str]) -> None:
    pair = compare(keys_of(Facts(2, person, **one)), keys_of(Facts(1, person, **other)))
    found = (pair.score, [reason.code for reason in pair.reasons]) if pair else (None, [])
    assert found == (score, codes)
    if pair:
        assert (pair.left_id, pair.right_id) == (1, 2)


def test_a_switchboard_proves_nothing() -> None:
    many = [keys_of(Facts(number, False, f"Firm {number}", phone="0321000001")) for number in range(1, 200)]
    assert find_pairs(many) == []


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [3, 4])
def test_planted_duplicates_are_found_and_hardly_anything_else(seed: int) -> None:
    measured = measure(Population(2_500, seed))
    assert measured["planted"] == 50
    assert (measured["recall"] >= 0.95, measured["precision"] >= 0.95) == (True, True), measured


@pytest.mark.django_db
def test_what_was_called_different_stays_so(cast: Cast, capsys: Any) -> None:
    one, other = (make_client(owner=cast.alice, name=name, city="Lens") for name in ("Duval SA", "DUVAL"))
    assert find_duplicates(now=timezone.now())["open"] == 1
    pair = DuplicatePair.objects.get()
    assert (pair.left, pair.right, pair.score) == (one, other, 65)
    dismiss(pair=pair, by=cast.alice, now=timezone.now())
    call_command("find_duplicates", "--json")
    assert '"open": 0, "dismissed": 1' in capsys.readouterr().out
    Client.objects.filter(pk=other.pk).update(name="Somebody else")
    find_duplicates(now=timezone.now())
    pair.refresh_from_db()
    assert pair.dismissed_by == cast.alice


@pytest.mark.django_db
def test_pairs_that_are_none_any_more_go(cast: Cast) -> None:
    _, other = (make_client(owner=cast.alice, name=name, city="Lens") for name in ("Duval SA", "DUVAL"))
    find_duplicates(now=timezone.now())
    Client.objects.filter(pk=other.pk).update(name="Somebody else")
    assert find_duplicates(now=timezone.now())["removed"] == 1
    assert not DuplicatePair.objects.exists()


@pytest.mark.django_db
def test_the_page_shows_pairs_one_may_merge_in_as_many_queries_for_three(cast: Cast, browser_of: Any) -> None:
    def pair(number: int, second: Any = None) -> None:
        for owner in (cast.alice, second or cast.alice):
            make_client(owner=owner, name=f"Firm {number}{number}", city="Lens")
        find_duplicates(now=timezone.now())

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = browser_of(cast.alice)
    counts = []
    for number in range(1, 4):
        pair(number)
        with CaptureQueriesContext(connection) as queries:
            text = browser.get(reverse("clients:duplicates")).content.decode()
        counts.append(len(queries))
        assert text.count("Compare") == number
    assert counts[0] == counts[2]
    pair(7, cast.bob)
    assert "Firm 77" not in browser.get(reverse("clients:duplicates")).content.decode()
    assert "Firm 77" in browser_of(cast.anne).get(reverse("clients:duplicates")).content.decode()


@pytest.mark.django_db
def test_merge_by_page_and_the_old_address_finds_the_survivor(cast: Cast, browser_of: Any) -> None:
    one = make_client(owner=cast.alice, name="Duval", ref="A1", kind=ClientKind.COMPANY.value)
    other = make_client(owner=cast.alice, name="Duval SA", ref="A2", phone="0321")
    browser = browser_of(cast.alice)
    found = browser.get(reverse("clients:merge_with", args=[one.pk]), {"ref": "a2"})
    assert found["Location"] == reverse("clients:merge", args=[one.pk, other.pk])
    browser.post(found["Location"], {"take-name": "loser", "take-phone": "survivor"})
    one.refresh_from_db()
    assert (one.name, one.phone) == ("Duval SA", "")
    old = reverse("clients:detail", args=[other.pk])
    assert browser.get(old)["Location"] == one.get_absolute_url()
    assert browser_of(cast.carl).get(old).status_code == 404
    batch = one.changes.first().batch
    done = browser.post(reverse("clients:merge_undo", args=[batch.pk]), follow=True)
    assert "both clients are as they were" in done.content.decode()
    assert browser.get(old).status_code == 200


@pytest.mark.django_db
def test_merging_twice_tells_instead_of_failing(cast: Cast, browser_of: Any) -> None:
    one, other = (make_client(owner=cast.alice, name=name) for name in ("Duval", "Duval SA"))
    merge(one, other, cast)
    assert browser_of(cast.alice).get(reverse("clients:merge", args=[one.pk, other.pk])).status_code == 404
