"""People of a client: their page, consents, the client as a person; and the history every change leaves."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from clients.families import chain_above, family_below
from clients.models import Change, Client, Consent, Person, Tag
from clients.past import history
from clients.rules import ConsentPurpose
from clients.services import (
    Stale,
    give_consent,
    save_client,
    save_person,
    self_people,
    self_person,
    withdraw_consent,
)
from tests.clients.test_detail import facts
from tests.conftest import Cast
from tests.factories.records import make_client, make_person, make_task

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 9, tzinfo=UTC)
PERSON = {
    "first_name": "Léa", "last_name": "Marchand", "job_title": "Achats", "role": "buys", "is_decision_maker": "on",
    "email": "lea@example.org", "phone": "", "language": "fr", "legal_basis": "contract", "source": "Fair", "left_on": "",
}  # fmt: skip


def test_a_person_is_added_and_shown(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice)
    browser = browser_of(cast.alice)
    response = browser.post(reverse("clients:person_create", args=[client.pk]), PERSON)
    assert response.url == client.get_absolute_url()
    person = Person.objects.get(client=client)
    assert (person.name, person.is_decision_maker, person.is_client) == ("Léa Marchand", True, False)
    page = browser.get(client.get_absolute_url()).content.decode()
    assert page.count("Léa Marchand") > 0
    assert "Nobody here is marked as the one who decides" not in page
    assert "contract" in browser.get(person.get_absolute_url()).content.decode().lower()


def test_a_company_without_a_decision_maker_says_so(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice)
    make_person(client, left_on=date(2026, 1, 1), is_decision_maker=True)
    page = browser_of(cast.alice).get(client.get_absolute_url()).content.decode()
    assert page.count("Nobody here is marked as the one who decides") == 1
    assert "1 person has left" in page


def test_a_name_of_blanks_is_refused(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice)
    url = reverse("clients:person_create", args=[client.pk])
    form = browser_of(cast.alice).post(url, PERSON | {"last_name": "\u200b "}).context["form"]
    assert sorted(form.errors) == ["last_name"]


def test_somebody_else_saved_first(cast: Cast, browser_of: Any) -> None:
    person = make_person(make_client(owner=cast.alice), last_name="Old", phone="1")
    url, browser = reverse("clients:person_edit", args=[person.pk]), browser_of(cast.alice)
    version = browser.get(url).context["form"]["version"].value()
    person.phone = "2"
    save_person(person, by=cast.anne, at=NOW)
    answer = browser.post(url, PERSON | {"phone": "3", "version": version})
    assert answer.status_code == 409
    rows = {row.label: (row.stands, row.written) for row in answer.context["rows"]}
    assert rows["Phone"] == ("2", "3")
    assert rows["Last name"] == ("Old", "Marchand")
    assert rows["Decision-maker"] == ("no", "yes")
    assert "Anne" in answer.content.decode()
    assert Person.objects.get(pk=person.pk).phone == "2"
    # The button "save mine" sends what was typed with the version that stands.
    hidden = {field.html_name: field.value() for field in answer.context["hidden"]}
    mine = {name: value for name, value in hidden.items() if value not in (None, False)}
    again = browser.post(url, mine | {"version": answer.context["version"]})
    assert again.status_code == 302
    assert Person.objects.get(pk=person.pk).phone == "3"


def test_a_stale_client_is_not_overwritten(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice, city="Lens")
    seen = client.updated_at.isoformat()
    Client.objects.get(pk=client.pk).save()
    client.city = "Lyon"
    with pytest.raises(Stale):
        save_client(client, by=cast.alice, at=NOW, seen=seen)
    assert (Client.objects.get(pk=client.pk).city, Change.objects.count()) == ("Lens", 0)
    url = reverse("clients:edit", args=[client.pk])
    answer = browser_of(cast.alice).post(url, facts(client) | {"version": seen})
    assert answer.status_code == 409


def test_consents_are_given_once_and_withdrawn_with_their_dates(cast: Cast) -> None:
    person = make_person(make_client(owner=cast.alice))
    told = {"person": person, "purpose": ConsentPurpose.EMAIL, "by": cast.alice}
    first = give_consent(**told, at=NOW, source="by phone")
    assert give_consent(**told, at=LATER) == first
    assert withdraw_consent(**told, at=LATER).withdrawn_at == LATER
    assert withdraw_consent(**told, at=LATER) is None
    second = give_consent(**told, at=LATER)
    assert second != first
    rows = Consent.objects.order_by("pk").values_list("given_at", "withdrawn_at", "source")
    assert list(rows) == [(NOW, LATER, "by phone"), (LATER, None, "")]
    assert Change.objects.filter(client=person.client, model="clients.consent").count() == 3


def test_consent_by_the_page(cast: Cast, browser_of: Any) -> None:
    person = make_person(make_client(owner=cast.alice))
    browser, url = browser_of(cast.alice), reverse("clients:consent", args=[person.pk])
    browser.post(url, {"purpose": "phone", "act": "give", "source": "form"})
    assert person.consents.get().source == "form"
    browser.post(url, {"purpose": "phone", "act": "withdraw"})
    assert person.consents.filter(withdrawn_at=None).count() == 0
    assert browser.post(url, {"purpose": "phone", "act": "sell"}).status_code == 400
    assert "withdrawn on" in browser.get(person.get_absolute_url()).content.decode()


def test_a_private_client_is_a_person_once(cast: Cast) -> None:
    client = make_client(owner=cast.alice, kind="person", name="Zoé  de la Tour", email="zoe@example.org")
    person = self_person(client=client, by=None, at=NOW)
    assert (person.first_name, person.last_name, person.email) == ("Zoé", "de la Tour", "zoe@example.org")
    assert (
        self_person(client=client, by=None, at=NOW),
        self_person(client=make_client(), by=None, at=NOW),
    ) == (person, None)


def test_all_private_clients_become_persons_at_once(cast: Cast, django_assert_num_queries: Any) -> None:
    clients = [make_client(kind="person", name=name) for name in ("Ada Lovelace", "Plato", " ")]
    make_client(name="A firm")
    self_person(client=clients[0], by=None, at=NOW)
    assert self_people() == 2
    assert self_people() == 0
    named = dict(Person.objects.filter(is_client=True).values_list("client_id", "last_name"))
    assert named == {clients[0].pk: "Lovelace", clients[1].pk: "Plato", clients[2].pk: clients[2].ref}


def test_saving_a_client_makes_its_person_and_tags(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice, kind="person", name="Ada Lovelace")
    Tag.objects.create(name="Bio")
    url = reverse("clients:edit", args=[client.pk])
    data = facts(client) | {"tag_names": "bio,  New one ,,bio", "website": "example.org"}
    assert browser_of(cast.alice).post(url, data).status_code == 302
    assert sorted(client.tags.values_list("name", flat=True)) == ["Bio", "New one"]
    assert client.people.get().is_client is True
    client.refresh_from_db()
    assert client.website == "https://example.org"


def test_the_parent_is_found_by_writing_and_never_goes_in_a_circle(cast: Cast, browser_of: Any) -> None:
    parent, client = (make_client(owner=cast.alice, name=name) for name in ("Head", "Branch"))
    foreign = make_client(owner=cast.carl, name="Foreign", ref="F1")
    browser, url = browser_of(cast.alice), reverse("clients:edit", args=[client.pk])
    for written in ("F1", "Foreign", "absent", "Foreign (F1)"):
        assert sorted(browser.post(url, facts(client) | {"parent": written}).context["form"].errors) == [
            "parent"
        ]
    assert browser.post(url, facts(client) | {"parent": f"Head ({parent.ref})"}).status_code == 302
    client.refresh_from_db()
    assert client.parent == parent
    other = reverse("clients:edit", args=[parent.pk])
    assert sorted(browser.post(other, facts(parent) | {"parent": client.ref}).context["form"].errors) == [
        "parent"
    ]
    assert (family_below(parent.pk), chain_above(client.pk)) == (
        [parent.pk, client.pk],
        [client.pk, parent.pk],
    )
    # A parent out of sight is neither named nor lost.
    Client.objects.filter(pk=client.pk).update(parent=foreign)
    page = browser.get(url)
    assert ("parent" in page.context["form"].fields, b"Foreign" in page.content) == (False, False)
    browser.post(url, facts(client) | {"parent": ""})
    client.refresh_from_db()
    assert client.parent == foreign


def test_the_history_tells_who_changed_what_in_words(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice, city="Lens", ref="A1")
    task = make_task(client, title="Ring")
    browser = browser_of(cast.anne)
    url = reverse("clients:edit", args=[client.pk])
    data = {"city": "Lyon", "owner": cast.bob.pk, "team": cast.paris.pk, "language": "en", "tag_names": "Bio"}
    assert browser.post(url, facts(client) | data).status_code == 302
    with translation.override("en"):
        entries = history(client, cast.anne).rows
        shown = [
            (entry.what, {str(row.label): (row.before, row.after) for row in entry.fields})
            for entry in entries
        ]
    facts_changed = {"City": ("Lens", "Lyon"), "Owner": ("Alice", "Bob"), "Language": ("French", "English")}
    assert shown == [
        ("Client", {"Tags": ("–", "Bio")}), ("Task", {"Who does it": ("Alice", "Bob")}), ("Client", facts_changed),
    ]  # fmt: skip
    assert {str(entry.change.by) for entry in entries} == {"Anne"}
    assert [entry.change.record_id for entry in entries if entry.what == "Task"] == [task.pk]
    page = browser.get(reverse("clients:history", args=[client.pk])).content.decode()
    assert ("<del>Lens</del>" in page, "<ins>Lyon</ins>" in page, "<ins>Bio</ins>" in page) == (
        True,
        True,
        True,
    )


def test_the_history_names_no_client_out_of_sight(cast: Cast) -> None:
    foreign, client = make_client(owner=cast.carl, name="Secret"), make_client(owner=cast.alice)
    client.parent = foreign
    save_client(client, by=cast.diane, at=NOW)
    with translation.override("en"):
        (entry,) = history(client, cast.alice).rows
        (seen,) = history(client, cast.diane).rows
        assert [(str(row.label), row.after) for row in entry.fields] == [
            ("Parent company", "not visible to you")
        ]
    assert seen.fields[0].after == "Secret"


@pytest.mark.parametrize("name", ["clients:history", "clients:detail", "clients:more", "clients:timeline"])
def test_more_people_and_changes_need_no_more_queries(
    name: str, cast: Cast, browser_of: Any, django_assert_max_num_queries: Any
) -> None:
    client = make_client(owner=cast.alice)
    browser, url = browser_of(cast.alice), reverse(name, args=[client.pk])

    def fill(count: int) -> None:
        for number in range(count):
            person = make_person(client, last_name=f"P{number}")
            person.job_title = "Buyer"
            save_person(person, by=cast.alice, at=NOW)
            make_task(client)

    fill(1)
    browser.get(url)
    with django_assert_max_num_queries(20) as captured:
        browser.get(url)
    one = len(captured)
    fill(3)
    with django_assert_max_num_queries(one):
        browser.get(url)
