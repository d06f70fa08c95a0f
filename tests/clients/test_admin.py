"""The administration of client records: the team's clients, with history, and nothing of others."""

from datetime import date
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.models import BuyingUnit, Change, Client, Consent, Interaction, Person, Tag, Task, UnitMembership
from clients.rules import ClientState
from tests.conftest import Cast
from tests.factories.records import make_client

FORMSETS = ("people", "memberships", "tasks")


def address(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:clients_{model}_{page}", args=args)


def empty_rows(*prefixes: str) -> dict[str, Any]:
    counts = ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
    return {f"{prefix}-{count}": 0 for prefix in prefixes for count in counts}


def facts(client: Client, **changes: Any) -> dict[str, Any]:
    return {
        "kind": client.kind, "name": client.name, "owner": client.owner_id or "", "team": client.team_id or "",
        "tags": [], "email": "", "phone": "", "website": "", "street": "", "postcode": "", "city": "", "country": "",
        "registration_number": "", "parent": "", "language": client.language, "observed_from": "",
        **empty_rows(*FORMSETS), **changes,
    }  # fmt: skip


def errors_of(response: Any) -> list[str]:
    return sorted(response.context["adminform"].form.errors)


def test_managers_see_the_clients_of_their_team(cast: Cast, browser_of: Any) -> None:
    own, foreign = make_client(owner=cast.alice, name="Own"), make_client(owner=cast.carl, name="Foreign")
    browser = browser_of(cast.anne)
    page = browser.get(address("client", "changelist"))
    assert [client.name for client in page.context["cl"].result_list] == ["Own"]
    assert browser.get(address("client", "change", own.pk)).status_code == 200
    assert browser.get(address("client", "change", foreign.pk)).status_code == 302
    found = browser.get(address("client", "changelist"), {"q": "fore"})
    assert list(found.context["cl"].result_list) == []


@pytest.mark.parametrize("state", [ClientState.MERGED, ClientState.ERASED])
def test_a_client_that_is_gone_is_not_found(cast: Cast, browser_of: Any, state: ClientState) -> None:
    other, gone = make_client(owner=cast.alice), make_client(owner=cast.alice)
    into = other.pk if state == ClientState.MERGED else None
    Client.objects.filter(pk=gone.pk).update(state=state, merged_into_id=into)
    for user in (cast.anne, cast.oscar):
        browser = browser_of(user)
        assert browser.get(address("client", "change", gone.pk)).status_code == 302
        shown = browser.get(address("client", "changelist")).context["cl"].result_list
        assert [client.pk for client in shown] == [other.pk]


def test_managers_assign_inside_the_team(cast: Cast, browser_of: Any) -> None:
    own = make_client(owner=cast.alice)
    browser, url = browser_of(cast.anne), address("client", "change", own.pk)
    outside = facts(own, owner=cast.carl.pk, team=cast.lyon.pk)
    assert errors_of(browser.post(url, outside)) == ["owner", "team"]
    assert browser.post(url, facts(own, owner=cast.bob.pk)).status_code == 302
    assert Client.objects.get(pk=own.pk).owner == cast.bob


def test_no_foreign_company_becomes_a_parent(cast: Cast, browser_of: Any) -> None:
    own, foreign = make_client(owner=cast.alice), make_client(owner=cast.carl)
    response = browser_of(cast.anne).post(address("client", "change", own.pk), facts(own, parent=foreign.pk))
    assert errors_of(response) == ["parent"]


def test_a_change_enters_the_history(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice, city="Lens")
    url = address("client", "change", client.pk)
    assert browser_of(cast.anne).post(url, facts(client, city="Lille")).status_code == 302
    assert browser_of(cast.anne).post(url, facts(client, city="Lille")).status_code == 302
    change = Change.objects.get()
    assert (change.client, change.by, change.before, change.after) == (
        client,
        cast.anne,
        {"city": "Lens"},
        {"city": "Lille"},
    )


def test_people_are_added_beside_their_client(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice)
    row = {
        "people-TOTAL_FORMS": 1, "people-0-client": client.pk, "people-0-last_name": "Martin",
        "people-0-first_name": "Léa", "people-0-job_title": "", "people-0-role": "decides",
        "people-0-is_decision_maker": "on", "people-0-email": "", "people-0-phone": "",
    }  # fmt: skip
    url = address("client", "change", client.pk)
    assert browser_of(cast.anne).post(url, facts(client, **row)).status_code == 302
    person = Person.objects.get()
    assert (person.name, person.client, person.is_decision_maker) == ("Léa Martin", client, True)
    change = Change.objects.get()
    assert (change.model, change.record_id, change.act, change.client) == (
        "clients.person",
        person.pk,
        "created",
        client,
    )


def test_a_new_client_is_proposed_to_its_maker(cast: Cast, browser_of: Any) -> None:
    browser, url = browser_of(cast.anne), address("client", "add")
    initial = browser.get(url).context["adminform"].form.initial
    assert (initial["owner"], initial["team"]) == (cast.anne.pk, cast.paris.pk)
    made = facts(Client(name="New", owner=cast.anne, team=cast.paris, language="fr"), ref="N-1")
    assert browser.post(url, made).status_code == 302
    assert Client.objects.get(ref="N-1").owner == cast.anne


def test_nobody_deletes_a_client_or_a_person_here(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice)
    person = Person.objects.create(client=client, last_name="Martin")
    for user in (cast.anne, cast.oscar):
        browser = browser_of(user)
        assert browser.post(address("client", "delete", client.pk), {"post": "yes"}).status_code == 403
        assert browser.post(address("person", "delete", person.pk), {"post": "yes"}).status_code == 403
    assert (Client.objects.count(), Person.objects.count()) == (1, 1)


def test_people_and_tasks_of_others_are_absent(cast: Cast, browser_of: Any) -> None:
    foreign = make_client(owner=cast.carl)
    person = Person.objects.create(client=foreign, last_name="Strange")
    task = Task.objects.create(client=foreign, title="Call", due_on=date(2026, 1, 1), owner=cast.carl)
    talk = Interaction.objects.create(
        client=foreign, kind="call", happened_at=timezone.now(), summary="Hello"
    )
    unit = BuyingUnit.objects.create(ref="U1", name="Far", head=person)
    UnitMembership.objects.create(unit=unit, client=foreign, joined_on=date(2026, 1, 1))
    browser = browser_of(cast.anne)
    rows = {"person": person, "task": task, "interaction": talk, "buyingunit": unit}
    shown = {name: list(browser.get(address(name, "changelist")).context["cl"].result_list) for name in rows}
    assert shown == {name: [] for name in rows}
    opened = {name: browser.get(address(name, "change", row.pk)).status_code for name, row in rows.items()}
    assert opened == dict.fromkeys(rows, 302)


def test_autocomplete_offers_what_one_sees(cast: Cast, browser_of: Any) -> None:
    make_client(owner=cast.alice, name="Kanari own")
    make_client(owner=cast.carl, name="Kanari foreign")
    question = {"app_label": "clients", "model_name": "task", "field_name": "client", "term": "kanari"}
    answer = browser_of(cast.anne).get(reverse("admin:autocomplete"), question).json()
    assert [one["text"] for one in answer["results"]] == ["Kanari own"]


def test_tasks_are_marked_done_once(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice)
    task = Task.objects.create(client=client, title="Call", due_on=date(2026, 1, 1), owner=cast.alice)
    browser, url = browser_of(cast.anne), address("task", "changelist")
    for _ in range(2):
        browser.post(url, {"action": "mark_done", "_selected_action": [task.pk]})
    task.refresh_from_db()
    assert (task.state, task.done_at is not None) == ("done", True)
    assert [change.after["state"] for change in Change.objects.all()] == ["done"]


def test_the_filters_of_a_manager_name_the_team_alone(cast: Cast, browser_of: Any) -> None:
    make_client(owner=cast.alice)
    text = browser_of(cast.anne).get(address("client", "changelist")).content.decode()
    assert ("Bob" in text, "Carl" in text) == (True, False)


def test_tags_are_words_of_everybody(cast: Cast, browser_of: Any) -> None:
    Tag.objects.create(name="vineyard")
    browser = browser_of(cast.anne)
    assert browser.get(address("tag", "changelist")).status_code == 200
    assert browser.post(address("tag", "add"), {"name": "harvest"}).status_code == 302
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["harvest", "vineyard"]


@pytest.mark.parametrize("who", ["alice", "diane"])
def test_it_is_for_managers_and_administrators(cast: Cast, browser_of: Any, who: str) -> None:
    assert browser_of(getattr(cast, who)).get(address("client", "changelist")).status_code == 302


@pytest.mark.parametrize("page", ["client", "person", "task", "interaction", "buyingunit"])
def test_a_list_costs_the_same_with_three(
    cast: Cast, browser_of: Any, django_assert_max_num_queries: Any, page: str
) -> None:
    browser, counts = browser_of(cast.anne), []
    for number in (1, 3):
        while Client.objects.count() < number:
            client = make_client(owner=cast.alice)
            person = Person.objects.create(client=client, last_name="Martin")
            Task.objects.create(client=client, title="Call", due_on=date(2026, 1, 1), owner=cast.alice)
            Interaction.objects.create(
                client=client,
                person=person,
                by=cast.bob,
                kind="call",
                happened_at=timezone.now(),
                summary="-",
            )
            unit = BuyingUnit.objects.create(ref=client.ref, name="Unit", head=person)
            UnitMembership.objects.create(unit=unit, client=client, joined_on=date(2026, 1, 1))
        with django_assert_max_num_queries(40) as taken:
            assert browser.get(address(page, "changelist")).status_code == 200
        counts.append(len(taken))
    assert counts[0] == counts[1]


def test_ticked_clients_are_handed_to_the_acts_of_the_list(cast: Cast, browser_of: Any) -> None:
    ours = [make_client(owner=cast.alice), make_client(owner=cast.bob)]
    foreign = make_client(owner=cast.carl)
    sent = {"action": "assign", "_selected_action": [client.pk for client in (*ours, foreign)]}
    browser = browser_of(cast.anne)
    asked = browser.post(address("client", "changelist"), sent)
    path, _, query = asked["Location"].partition("?")
    assert path == reverse("clients:bulk", args=["clients"])
    assert sorted(parse_qs(query)["id"]) == sorted(str(client.pk) for client in ours)
    assert browser.get(asked["Location"]).context["count"] == 2
    assert [client.owner for client in Client.objects.order_by("pk")] == [cast.alice, cast.bob, cast.carl]


def test_the_basis_and_source_of_each_persons_data_stand_in_the_list(cast: Cast, browser_of: Any) -> None:
    client, now = make_client(owner=cast.alice, name="Works"), timezone.now()
    for number in range(2):
        person = Person.objects.create(
            client=client, last_name=f"Person {number}", legal_basis="consent", source="Fair of Lens",
            profiling_objected_at=now if number else None,
        )  # fmt: skip
        Consent.objects.create(person=person, purpose="email", given_at=now, source="card")
        Consent.objects.create(person=person, purpose="phone", given_at=now, withdrawn_at=now)
    browser = browser_of(cast.anne)
    page = browser.get(address("person", "changelist")).content.decode()
    assert [page.count(text) for text in ("Fair of Lens", "Offers by e-mail (card)", "Offers by phone")] == [
        2,
        2,
        0,
    ]
    objected = browser.get(address("person", "changelist"), {"profiling_objected_at__isempty": "0"})
    assert [person.last_name for person in objected.context["cl"].result_list] == ["Person 1"]
