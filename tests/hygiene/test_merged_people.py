"""A record of a person that went into another: its number and its reference still lead there."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.duplicates.finding import find_duplicate_people
from clients.merging.people import merge_people, undo_people_merge
from clients.merging.services import merge_clients
from clients.merging.undo import UndoRefused, undo_merge
from clients.models import Batch, Change, Client, Interaction, MergedPerson, Person
from clients.personal.erasing import erase_subject, identities_of, needles_of
from clients.personal.holdings import collect
from clients.personal.sources import find_record, subject_of
from clients.rules import ClientKind
from intake.rules import Kind, Mode
from tests.conftest import Cast
from tests.factories.records import make_client
from tests.hygiene.world import NOW, differing, fingerprint
from tests.intake.helpers import import_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def works(cast: Cast) -> Client:
    return make_client(owner=cast.alice, name="Works", ref="W1", kind="company")


def person(client: Client, ref: str | None, first_name: str = "Zoé") -> Person:
    return Person.objects.create(client=client, ref=ref, first_name=first_name, last_name="Ardent")


def merge(one: Person, other: Person, cast: Cast) -> Batch:
    return merge_people(survivor_id=one.pk, loser_id=other.pk, by=cast.alice, now=NOW)


def led() -> dict[int, tuple[int, str | None]]:
    return {row.pk: (row.person_id, row.ref) for row in MergedPerson.objects.all()}


# --- merge and undo -------------------------------------------------------------------------------
def test_a_chain_of_merges_leads_to_its_end_and_comes_apart_link_by_link(works: Client, cast: Cast) -> None:
    one, two, three = (person(works, f"Z{number}") for number in (1, 2, 3))
    states, batches = [fingerprint()], []
    for survivor, loser in ((two, one), (three, two)):
        batches.append(merge(survivor, loser, cast))
        states.append(fingerprint())
    assert led() == {one.pk: (three.pk, "Z1"), two.pk: (three.pk, "Z2")}
    with pytest.raises(UndoRefused):  # what it went into is gone
        undo_people_merge(batch_id=batches[0].pk, by=cast.alice, now=NOW)
    assert led() == {one.pk: (three.pk, "Z1"), two.pk: (three.pk, "Z2")}
    for batch, before in zip(reversed(batches), reversed(states[:-1]), strict=True):
        undo_people_merge(batch_id=batch.pk, by=cast.alice, now=NOW)
        assert differing(before, fingerprint()) == []


def test_a_reference_that_goes_along_needs_no_other_way(works: Client, cast: Cast) -> None:
    one, two = person(works, None), person(works, "Z2")
    batch = merge(one, two, cast)
    assert (led(), Person.objects.get().ref) == ({two.pk: (one.pk, None)}, "Z2")
    undo_people_merge(batch_id=batch.pk, by=cast.alice, now=NOW)
    assert (led(), set(Person.objects.values_list("ref", flat=True))) == ({}, {None, "Z2"})


def test_the_undo_stops_when_somebody_else_goes_by_the_reference(works: Client, cast: Cast) -> None:
    batch = merge(person(works, "Z1"), person(works, "Z2"), cast)
    other = person(works, "Z2", "Ida")
    with pytest.raises(UndoRefused) as refusal:
        undo_people_merge(batch_id=batch.pk, by=cast.alice, now=NOW)
    assert (refusal.value.code, MergedPerson.objects.count(), Person.objects.count()) == ("changed", 1, 2)
    merge(Person.objects.get(ref="Z1"), other, cast)  # the newer way counts
    assert sorted(led().values(), key=str) == [
        (Person.objects.get().pk, "Z2"),
        (Person.objects.get().pk, None),
    ]


def test_two_private_clients_that_become_one_keep_both_references(cast: Cast) -> None:
    selves = []
    for number in (1, 2):
        client = make_client(
            owner=cast.alice, ref=f"C{number}", name="Zoé Ardent", kind=ClientKind.PERSON.value
        )
        selves.append(
            Person.objects.create(
                client=client, ref=f"Z{number}", first_name="Zoé", last_name="Ardent", is_client=True
            )
        )
    one, two = selves
    before = fingerprint()
    batch = merge_clients(survivor_id=one.client_id, loser_id=two.client_id, by=cast.alice, now=NOW)
    assert led() == {two.pk: (one.pk, "Z2")}
    undo_merge(batch_id=batch.pk, by=cast.alice, now=NOW)
    assert (led(), differing(before, fingerprint())) == ({}, [])


# --- imports --------------------------------------------------------------------------------------
def test_an_import_that_names_the_old_reference_updates_who_stayed(
    works: Client, cast: Cast, tmp_path: Path
) -> None:
    elsewhere = make_client(owner=cast.alice, name="Elsewhere", ref="W2", kind="company")
    one, two = person(works, "Z1"), person(elsewhere, "Z2")
    merge(one, two, cast)
    body = "client,ref,last_name,job_title\nW2,Z2,Ardent,Buyer\n"
    done = import_text(tmp_path, Kind.PEOPLE, body, user=cast.anne)
    one.refresh_from_db()
    assert (done["created"], done["updated"], done["rejected"]) == (0, 1, {})
    assert (one.ref, one.client, one.job_title) == ("Z1", works, "Buyer")
    again = import_text(tmp_path, Kind.PEOPLE, body, user=cast.anne)
    assert (again["unchanged"], Person.objects.count()) == (1, 1)


def test_an_import_finds_the_person_of_a_merged_private_client(cast: Cast, tmp_path: Path) -> None:
    one, two = (
        Person.objects.create(
            client=make_client(owner=cast.alice, ref=f"C{number}", name="Zoé Ardent", kind=ClientKind.PERSON.value),
            ref=f"Z{number}", first_name="Zoé", last_name="Ardent", is_client=True,
        )
        for number in (1, 2)
    )  # fmt: skip
    merge_clients(survivor_id=one.client_id, loser_id=two.client_id, by=cast.alice, now=NOW)
    done = import_text(tmp_path, Kind.PEOPLE, "client,ref,phone\nC2,Z2,0321000001\n", user=cast.anne)
    one.refresh_from_db()
    assert (done["updated"], done["rejected"], one.ref, one.phone != "") == (1, {}, "Z1", True)


def test_a_talk_with_the_old_reference_comes_to_who_stayed(works: Client, cast: Cast, tmp_path: Path) -> None:
    one = person(works, "Z1")
    merge(one, person(works, "Z2"), cast)
    body = "client,kind,happened_at,summary,person\nW1,call,2026-11-03 10:30,Asked,Z2\n"
    done = import_text(tmp_path, Kind.INTERACTIONS, body, user=cast.anne)
    assert (done["created"], Interaction.objects.get().person) == (1, one)


@pytest.mark.parametrize(("mode", "code"), [(Mode.UPSERT, "not_yours"), (Mode.UPDATE, "no_such_record")])
def test_a_foreign_merged_record_is_found_no_more_than_a_foreign_person(
    mode: Mode, code: str, cast: Cast, tmp_path: Path
) -> None:
    foreign = make_client(owner=cast.carl, name="Foreign", ref="F1", kind="company")
    make_client(owner=cast.alice, ref="mine")
    merge(person(foreign, "Z1"), person(foreign, "Z2"), cast)
    for ref in ("Z1", "Z2"):
        body = f"client,ref,last_name,job_title\nmine,{ref},Ardent,Stolen\n"
        done = import_text(tmp_path, Kind.PEOPLE, body, mode=mode, user=cast.anne)
        assert done["rejected"] == {code: 1}
    assert Person.objects.get().job_title == ""


# --- pages ----------------------------------------------------------------------------------------
def test_the_old_page_leads_to_the_person(works: Client, cast: Cast, browser_of: Any) -> None:
    one, two = person(works, "Z1"), person(works, "Z2")
    merge(one, two, cast)
    answer = browser_of(cast.alice).get(reverse("clients:person", args=[two.pk]))
    assert (answer.status_code, answer["Location"]) == (302, one.get_absolute_url())
    assert browser_of(cast.alice).get(reverse("clients:person", args=[two.pk + 999])).status_code == 404


@pytest.mark.parametrize("who", ["bob", "carl"])
def test_others_are_led_nowhere(who: str, works: Client, cast: Cast, browser_of: Any) -> None:
    two = person(works, "Z2")
    merge(person(works, "Z1"), two, cast)
    assert browser_of(getattr(cast, who)).get(reverse("clients:person", args=[two.pk])).status_code == 404


def test_a_page_of_a_person_asks_as_many_queries_with_merged_records(
    works: Client, cast: Cast, browser_of: Any
) -> None:
    one, browser = person(works, "Z1"), browser_of(cast.alice)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(one.get_absolute_url())
        return len(captured)

    queries()
    before = queries()
    for number in (2, 3):
        merge(one, person(works, f"Z{number}"), cast)
    assert queries() == before


# --- personal data --------------------------------------------------------------------------------
def test_export_and_search_by_reference_know_the_merged_record(works: Client, cast: Cast) -> None:
    one, two = person(works, "Z1"), person(works, "Z2")
    Change.objects.create(
        client=works, model="clients.person", record_id=two.pk, by=cast.alice, at=NOW - timedelta(days=1),
        act="updated", before={"phone": "1"}, after={"phone": "2"},
    )  # fmt: skip
    merge(one, two, cast)
    assert find_record("Z2") == one
    subject = subject_of(Person.objects.get())
    sections = {section.key: section.rows for section in collect(subject)}
    assert sections["merged_records"] == [["Z2", NOW]]
    assert any("{'phone': '1'}" in str(row) for row in sections["changes"])
    assert "Z2" in [identity.ref for identity in identities_of(subject)]
    assert "Z2" in needles_of(subject).refs


@pytest.mark.django_db(transaction=True)
def test_erasure_forgets_the_merged_record_and_no_import_brings_it_back(
    works: Client, cast: Cast, tmp_path: Path
) -> None:
    one, two = person(works, "Z1"), person(works, "Z2")
    Change.objects.create(
        client=works, model="clients.person", record_id=two.pk, by=cast.alice, at=NOW - timedelta(days=1),
        act="updated", before={"phone": "1"}, after={"phone": "2"},
    )  # fmt: skip
    asked = subject_of(two)  # before it was merged
    batch = merge(one, two, cast)
    erase_subject(subject=asked, by=cast.diane, now=timezone.now())
    assert (Person.objects.count(), led()) == (0, {})
    told = Change.objects.filter(model="clients.person").exclude(before=None, after=None)
    assert (told.count(), Batch.objects.get(pk=batch.pk).label) == (0, "")
    body = "client,ref,first_name,last_name\nW1,Z2,Other,Name\n"
    back = import_text(tmp_path, Kind.PEOPLE, body, user=cast.anne)
    assert (back["created"], back["rejected"], Person.objects.count()) == (0, {"erased": 1}, 0)


def test_the_search_for_duplicates_does_not_stumble_over_merged_records(works: Client, cast: Cast) -> None:
    merge(person(works, "Z1"), person(works, "Z2"), cast)
    assert find_duplicate_people(now=NOW)["people_pairs"] == 0
