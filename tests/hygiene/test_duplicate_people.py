"""People who stand here twice: found, reviewed, merged into one with the stricter consent, and taken apart again."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from bench.duplicates import Population, measure
from clients.duplicates.finding import find_duplicate_people, find_duplicates
from clients.duplicates.people import compare, person_keys
from clients.merging.joining import MergeRefused
from clients.merging.people import merge_people, undo_people_merge
from clients.merging.services import merge_clients
from clients.merging.undo import UndoRefused
from clients.models import Batch, BuyingUnit, Change, Client, Consent, Interaction, Person, PersonPair
from clients.personal.erasing import erase_subject
from clients.personal.sources import subject_of
from tests.conftest import Cast
from tests.factories.records import make_client
from tests.hygiene.world import NOW, differing, fingerprint

ZOE = ("Zoé", "Ardent", "zoe@works.example", "03 21 00 00 01")
CASES = [
    ((1, ZOE), (1, ("ZOE", "ardent", "", "")), ["same_name", "same_client"]),
    ((1, ZOE), (1, ("Ardent", "Zoé", "", "")), ["same_name", "same_client"]),
    ((1, ZOE), (2, ("Zoé", "Ardent", "ZOE@works.example", "")), ["same_email", "same_name"]),
    ((1, ZOE), (2, ("Zoé", "Ardent", "", "+33 3 21 00 00 01")), ["same_name", "same_phone"]),
    ((1, ZOE), (1, ("Zoé", "Ardant", "zoe@works.example", "")), ["same_email", "similar_name", "same_client"]),
    ((1, ZOE), (1, ("", "Ardent", "zoe@works.example", "")), ["same_email", "same_client", "part_of_name"]),
    ((1, ZOE), (2, ("Zoé", "Ardent", "", "")), None),  # a namesake
    ((1, ZOE), (1, ("Max", "Bonnet", "zoe@works.example", "03 21 00 00 01")), None),  # one desk for two
    ((1, ("Jean", "Martin", "", "")), (1, ("Jeanne", "Martin", "", "")), None),
    ((1, ("", "Ardent", "", "")), (1, ("Zoé", "Ardent", "", "")), None),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "codes"), CASES)
def test_what_makes_two_one(one: Any, other: Any, codes: list[str] | None) -> None:
    keys = [person_keys(pk, client, False, *texts) for pk, (client, texts) in enumerate((one, other), 1)]
    pair = compare(*keys)
    assert (pair and [reason.code for reason in pair.reasons]) == codes
    assert compare(*reversed(keys)) == pair


def test_two_private_clients_are_compared_as_clients() -> None:
    assert compare(person_keys(1, 1, True, *ZOE), person_keys(2, 2, True, *ZOE)) is None


@pytest.mark.django_db
def test_a_population_of_known_truth_is_found() -> None:
    found = measure(Population(3_000, seed=7))["people"]
    assert found["planted"] > 40
    assert (found["recall"] >= 0.95, found["precision"] >= 0.95) == (True, True), found


# --- the list -----------------------------------------------------------------------------------
@pytest.fixture
def works(cast: Cast) -> Client:
    return make_client(owner=cast.alice, name="Works", ref="W1", kind="company")


@pytest.fixture
def twins(works: Client, cast: Cast) -> tuple[Person, Person]:
    """Two records of Zoé with all that may hang on one."""
    found = []
    for number, ref in enumerate(("Z1", "Z2")):
        person = Person.objects.create(
            client=works, ref=ref, first_name="Zoé", last_name="Ardent", email="zoe@works.example" if number else "",
            job_title="" if number else "Buyer", is_decision_maker=bool(number),
        )  # fmt: skip
        Interaction.objects.create(
            client=works,
            person=person,
            kind="call",
            happened_at=NOW - timedelta(days=number),
            summary=ref,
            by=cast.alice,
        )
        BuyingUnit.objects.create(ref=f"U{ref}", name=ref, head=person)
        Consent.objects.create(person=person, purpose="email", given_at=NOW - timedelta(days=9), source=ref)
        found.append(person)
    one, other = found
    Consent.objects.create(person=one, purpose="phone", given_at=NOW - timedelta(days=9))
    Consent.objects.create(
        person=other, purpose="phone", given_at=NOW - timedelta(days=8), withdrawn_at=NOW - timedelta(days=1)
    )
    Person.objects.filter(pk=other.pk).update(profiling_objected_at=NOW - timedelta(days=3))
    find_duplicate_people(now=NOW)
    one.refresh_from_db()
    other.refresh_from_db()
    return one, other


def merge(one: Person, other: Person, by: Any, take: Any = ("email", "is_decision_maker")) -> Batch:
    return merge_people(survivor_id=one.pk, loser_id=other.pk, take=take, by=by, now=NOW)


def test_the_night_finds_them_once(twins: tuple[Person, Person]) -> None:
    again = find_duplicates(now=NOW)
    assert (again["people_pairs"], again["people_open"], PersonPair.objects.count()) == (1, 1, 1)


def test_one_is_left_with_all_that_hung_on_both(twins: tuple[Person, Person], cast: Cast) -> None:
    one, other = twins
    batch = merge(one, other, cast.alice)
    assert list(Person.objects.all()) == [one]
    one.refresh_from_db()
    assert (one.email, one.job_title, one.is_decision_maker, one.ref) == (
        "zoe@works.example",
        "Buyer",
        True,
        "Z1",
    )
    assert "zoe@works.example" in one.search_text
    assert (one.interactions.count(), one.headed_units.count(), PersonPair.objects.count()) == (2, 2, 0)
    assert one.profiling_objected_at == NOW - timedelta(days=3)
    open_now = one.consents.filter(withdrawn_at=None)
    assert list(open_now.values_list("purpose", "source")) == [("email", "Z1")]
    assert (batch.kind, batch.label, batch.by) == ("merge", "Z2", cast.alice)


def test_the_undo_brings_every_row_back(twins: tuple[Person, Person], cast: Cast) -> None:
    before = fingerprint()
    batch = merge(*twins, cast.alice, take=("email", "job_title", "last_name"))
    assert "clients.person" in differing(before, fingerprint())
    undo_people_merge(batch_id=batch.pk, by=cast.alice, now=NOW + timedelta(days=29))
    assert differing(before, fingerprint()) == []
    with pytest.raises(UndoRefused) as refused:
        undo_people_merge(batch_id=batch.pk, by=cast.alice, now=NOW)
    assert refused.value.code == "done"


def test_the_undo_stops_at_what_was_changed_since(twins: tuple[Person, Person], cast: Cast) -> None:
    batch = merge(*twins, cast.alice)
    with pytest.raises(UndoRefused) as late:
        undo_people_merge(batch_id=batch.pk, by=cast.alice, now=NOW + timedelta(days=31))
    Person.objects.update(email="new@works.example")
    with pytest.raises(UndoRefused) as changed:
        undo_people_merge(batch_id=batch.pk, by=cast.alice, now=NOW)
    assert (late.value.code, changed.value.code) == ("late", "changed")


def test_between_two_clients_the_talks_stay_where_they_were(twins: tuple[Person, Person], cast: Cast) -> None:
    elsewhere = make_client(owner=cast.alice, name="Elsewhere")
    old = Person.objects.create(
        client=elsewhere, first_name="Zoé", last_name="Ardent", email="zoe@works.example"
    )
    talk = Interaction.objects.create(
        client=elsewhere, person=old, kind="visit", happened_at=NOW, by=cast.alice
    )
    find_duplicate_people(now=NOW)
    assert PersonPair.objects.filter(right=old).count() == 1
    before = fingerprint()
    batch = merge(twins[1], old, cast.alice, take=())
    talk.refresh_from_db()
    assert (talk.client, talk.person) == (elsewhere, twins[1])
    undo_people_merge(batch_id=batch.pk, by=cast.alice, now=NOW)
    assert differing(before, fingerprint()) == []


def test_the_private_client_itself_always_stays(cast: Cast) -> None:
    client = make_client(owner=cast.alice, name="Zoé Ardent", kind="person")
    me = Person.objects.create(client=client, is_client=True, first_name="Zoé", last_name="Ardent")
    twin = Person.objects.create(client=client, first_name="Zoé", last_name="Ardent")
    with pytest.raises(MergeRefused) as refused:
        merge(twin, me, cast.alice)
    assert refused.value.code == "is_client"
    merge(me, twin, cast.alice)
    assert Person.objects.get().is_client is True


def test_merging_two_private_clients_keeps_the_stricter_consent_too(cast: Cast) -> None:
    selves = []
    for number in range(2):
        client = make_client(owner=cast.alice, name="Zoé Ardent", kind="person")
        selves.append(
            Person.objects.create(client=client, is_client=True, first_name="Zoé", last_name="Ardent")
        )
        taken_back = NOW - timedelta(days=1) if number else None
        Consent.objects.create(
            person=selves[-1], purpose="email", given_at=NOW - timedelta(days=9), withdrawn_at=taken_back
        )
    merge_clients(survivor_id=selves[0].client_id, loser_id=selves[1].client_id, by=cast.alice, now=NOW)
    assert Consent.objects.filter(withdrawn_at=None).count() == 0


@pytest.mark.django_db(transaction=True)
def test_erasing_the_one_forgets_the_merged_record(twins: tuple[Person, Person], cast: Cast) -> None:
    batch = merge(*twins, cast.alice)
    erase_subject(subject=subject_of(Person.objects.get()), by=cast.diane, now=timezone.now())
    told = list(Change.objects.filter(model="clients.person").values_list("before", "after"))
    assert told
    assert "zoe@works" not in repr(told)
    assert "Ardent" not in repr(told)
    with pytest.raises(UndoRefused):
        undo_people_merge(batch_id=batch.pk, by=cast.diane, now=NOW)


# --- pages --------------------------------------------------------------------------------------
def test_reviewed_side_by_side_merged_and_undone(
    twins: tuple[Person, Person], cast: Cast, browser_of: Any
) -> None:
    one, other = twins
    browser, before = browser_of(cast.alice), fingerprint()
    compare_url = reverse("clients:merge_people", args=[one.pk, other.pk])
    listed = browser.get(reverse("clients:duplicate_people")).content.decode()
    assert (compare_url in listed, "Same name" in listed, "Of the same client" in listed) == (
        True,
        True,
        True,
    )
    shown = browser.get(compare_url).content.decode()
    assert ("Buyer" in shown, "zoe@works.example" in shown, "The reference Z2 keeps finding" in shown) == (
        True,
        True,
        True,
    )
    done = browser.post(compare_url, {"take-email": "loser"}, follow=True)
    page = done.content.decode()
    assert "The two records of Zoé Ardent are one now." in page
    assert Person.objects.get().email == "zoe@works.example"
    batch = Batch.objects.get(kind="merge")
    undone = browser.post(reverse("clients:merge_undo", args=[batch.pk]), follow=True).content.decode()
    assert "both people are as they were" in undone
    after = fingerprint()
    assert [label for label in differing(before, after) if label != "sessions.session"] == []


def test_called_different_they_are_not_proposed_again(
    twins: tuple[Person, Person], cast: Cast, browser_of: Any
) -> None:
    browser, pair = browser_of(cast.alice), PersonPair.objects.get()
    browser.post(reverse("clients:different_people", args=[pair.pk]))
    find_duplicate_people(now=NOW)
    pair.refresh_from_db()
    assert pair.dismissed_by == cast.alice
    url = reverse("clients:merge_people", args=[pair.left_id, pair.right_id])
    assert url not in browser.get(reverse("clients:duplicate_people")).content.decode()
    page = browser.get(reverse("clients:duplicate_people"), {"show": "different"}).content.decode()
    assert reverse("clients:different_people", args=[pair.pk]) in page


@pytest.mark.parametrize("who", ["bob", "carl"])
def test_those_of_others_are_not_found(
    who: str, twins: tuple[Person, Person], cast: Cast, browser_of: Any
) -> None:
    browser, pair = browser_of(getattr(cast, who)), PersonPair.objects.get()
    url = reverse("clients:merge_people", args=[pair.left_id, pair.right_id])
    assert "Zoé" not in browser.get(reverse("clients:duplicate_people")).content.decode()
    assert [browser.get(url).status_code, browser.post(url).status_code] == [404, 404]
    assert browser.post(reverse("clients:different_people", args=[pair.pk])).status_code == 404
    batch = merge(*twins, cast.alice)
    assert browser.get(reverse("clients:merged", args=[batch.pk])).status_code == 404
    assert browser.post(reverse("clients:merge_undo", args=[batch.pk])).status_code == 404
