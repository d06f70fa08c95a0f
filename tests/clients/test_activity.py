"""Talks, tasks and units: what a day on the phone leaves behind."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from clients.desk import When, desk, when_of
from clients.dossier import Dossier
from clients.households import family_circle, unit_circle
from clients.models import Batch, Change, Client, Interaction, Task, UnitMembership
from clients.objectivity import doubtful_words
from clients.palette import commands, found
from clients.rules import TaskState
from clients.services import Overlap, join_unit, leave_unit, open_task, postponed_to, set_task_state
from clients.timeline import ServiceTime, talks_of, timeline
from sales.models import ClientDay
from tests.conftest import Cast, whole_page
from tests.factories.records import (
    make_client,
    make_interaction,
    make_order,
    make_person,
    make_task,
    make_unit,
)

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = date(2026, 11, 20)  # a Friday
TALK = {
    "kind": "call", "minutes": "20", "summary": "Needs cups.", "next_step": "Send an offer", "person": "",
    "next_on": "", "happened_at": "2026-11-19T10:00",
}  # fmt: skip


def service_of(client: Client, user: Any) -> ServiceTime:
    return talks_of(Dossier(client, user, NOW)).service


def post_talk(browser: Any, client: Any, **changes: Any) -> Any:
    return browser.post(reverse("clients:log", args=[client.pk]), TALK | changes)


def test_a_call_is_logged_and_what_comes_next_is_a_task(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice)
    person = make_person(client)
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer = post_talk(browser_of(cast.alice), client, person=person.pk, next_on=str(tomorrow))
    assert answer.status_code == 302
    talk = Interaction.objects.get(client=client)
    assert (talk.by, talk.minutes, talk.person) == (cast.alice, 20, person)
    task = Task.objects.get(client=client)
    assert (task.title, task.due_on, task.owner) == ("Send an offer", tomorrow, cast.alice)
    assert task.origin == f"interaction:{talk.pk}"
    person.refresh_from_db()
    assert person.last_contact_on == date(2026, 11, 19)
    models = sorted(Change.objects.filter(client=client).values_list("model", flat=True))
    assert models == ["clients.interaction", "clients.person", "clients.task"]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"happened_at": "0001-01-01T00:00"}, ["happened_at"]),
        ({"happened_at": "9999-12-31T23:59"}, ["happened_at"]),
        ({"minutes": "1441"}, ["minutes"]),
        ({"summary": ""}, ["summary"]),
        ({"next_step": "", "next_on": "2026-12-01"}, ["next_step"]),
        ({"next_on": "9999-12-31"}, ["next_on"]),
    ],
)
def test_what_cannot_be_is_refused(cast: Cast, browser_of: Any, changes: Any, wrong: list[str]) -> None:
    answer = post_talk(browser_of(cast.alice), make_client(owner=cast.alice), **changes)
    assert (answer.status_code, sorted(answer.context["form"].errors)) == (422, wrong)
    assert Interaction.objects.count() == 0


def test_a_person_of_another_client_cannot_be_named(cast: Cast, browser_of: Any) -> None:
    other = make_person(make_client(owner=cast.alice))
    answer = post_talk(browser_of(cast.alice), make_client(owner=cast.alice), person=other.pk)
    assert sorted(answer.context["form"].errors) == ["person"]


def test_words_that_judge_warn_and_are_kept(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice)
    post_talk(browser_of(cast.alice), client, summary="Acheteur pénible, souvent malade.")
    page = browser_of(cast.alice).get(whole_page(client))
    assert Interaction.objects.get().summary == "Acheteur pénible, souvent malade."
    assert "Acheteur" in page.content.decode()
    assert doubtful_words("Acheteur PÉNIBLE, souvent malade; penible") == ["penible", "malade"]
    assert doubtful_words("Reconnaissance, concours, folklore: a factual note") == []


def test_one_corrects_and_deletes_ones_own_words_alone(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice)
    talk = make_interaction(client)
    edit = reverse("clients:interaction_edit", args=[talk.pk])
    assert browser_of(cast.diane).get(edit).status_code == 404
    data = {name: value for name, value in TALK.items() if name != "next_on"}
    assert browser_of(cast.alice).post(edit, data).status_code == 302
    talk.refresh_from_db()
    assert talk.summary == "Needs cups."
    delete = reverse("clients:interaction_delete", args=[talk.pk])
    assert browser_of(cast.diane).post(delete).status_code == 404
    assert browser_of(cast.alice).post(delete).status_code == 302
    assert Interaction.objects.count() == 0
    gone = Change.objects.get(act="deleted")
    assert (gone.client, gone.by, gone.before["summary"]) == (client, cast.alice, "Needs cups.")


def test_a_call_from_anywhere_names_its_client(cast: Cast, browser_of: Any) -> None:
    client, foreign = make_client(owner=cast.alice), make_client(owner=cast.carl)
    browser, url = browser_of(cast.alice), reverse("clients:log_any")
    assert sorted(browser.post(url, TALK | {"client": foreign.ref}).context["form"].errors) == ["client"]
    assert browser.post(url, TALK | {"client": f"{client.name} ({client.ref})"}).status_code == 302
    assert Interaction.objects.get().client == client
    options = browser.get(reverse("clients:pick") + "?client=client").content.decode()
    assert (client.ref in options, foreign.ref in options) == (True, False)


def test_minutes_nobody_noted_are_not_zero(cast: Cast) -> None:
    client = make_client(owner=cast.alice)
    assert service_of(client, cast.alice).minutes is None
    make_interaction(client, minutes=None, happened_at=NOW)
    make_interaction(client, minutes=None, kind="note", happened_at=NOW)
    assert (service_of(client, cast.alice).minutes, service_of(client, cast.alice).unknown) == (
        None,
        1,
    )
    for minutes, days in ((20, 0), (0, 10), (15, 363), (99, 364), (99, -1)):
        make_interaction(client, minutes=minutes, happened_at=NOW - timedelta(days=days))
    found_ = service_of(client, cast.alice)
    assert (found_.minutes, found_.known, found_.unknown) == (35, 3, 1)


def test_the_timeline_is_paged_and_filtered(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice)
    for number in range(23):
        kind = "visit" if number % 2 else "call"
        make_interaction(
            client, kind=kind, happened_at=NOW - timedelta(hours=number), summary=f"No {number}."
        )
    make_task(client, state="done", done_at=NOW + timedelta(hours=1))
    kinds = [event.kind for event in timeline(Dossier(client, cast.alice, NOW)).rows]
    assert (kinds[0], len(kinds)) == ("task", 10)
    pages = [timeline(Dossier(client, cast.alice, NOW), number=number) for number in (1, 2, 3)]
    assert [len(page.rows) for page in pages] == [10, 10, 4]
    assert [page.has_next for page in pages] == [True, True, False]
    seen = [event.record.summary for page in pages for event in page.rows if event.kind != "task"]
    assert seen == [f"No {number}." for number in range(23)]
    visits = timeline(Dossier(client, cast.alice, NOW), kind="visit", number=2)
    assert ({event.kind for event in visits.rows}, len(visits.rows), visits.has_next) == ({"visit"}, 1, False)
    assert timeline(Dossier(client, cast.carl, NOW)).rows == []
    url = reverse("clients:timeline", args=[client.pk])
    fragment = browser_of(cast.alice).get(url + "?kind=task", headers={"HX-Request": "true"}).content.decode()
    assert (fragment.count('class="event"'), "<html" in fragment) == (1, False)


def test_new_forms_begin_with_now_and_oneself(cast: Cast, browser_of: Any) -> None:
    client, browser = make_client(owner=cast.alice), browser_of(cast.alice)
    for url in (reverse("clients:log", args=[client.pk]), reverse("clients:log_any")):
        begun = browser.get(url).context["form"]["happened_at"].value()
        assert abs(begun - timezone.localtime().replace(tzinfo=None)) < timedelta(minutes=10)
    for url in (reverse("clients:task_create", args=[client.pk]), reverse("clients:task_any")):
        form = browser.get(url).context["form"]
        assert (form["owner"].value(), form["due_on"].value()) == (cast.alice.pk, timezone.localdate())


def test_the_form_on_the_page_of_a_client_comes_when_its_fold_is_opened(cast: Cast, browser_of: Any) -> None:
    client, browser = make_client(owner=cast.alice), browser_of(cast.alice)
    url = reverse("clients:log", args=[client.pk])
    page = browser.get(client.get_absolute_url()).content.decode()
    assert (page.count('name="summary"'), page.count(f'hx-get="{url}"'), page.count(f'href="{url}"')) == (
        0,
        1,
        1,
    )
    fold = browser.get(url, headers={"HX-Request": "true"}).content.decode()
    assert (fold.count('name="summary"'), fold.count(f'action="{url}"'), "<html" in fold) == (1, 1, False)
    whole = browser.get(url).content.decode()
    assert (whole.count('name="summary"'), "<html" in whole) == (1, True)
    refused = post_talk(browser, client, summary="")
    assert (refused.status_code, refused.content.decode().count('name="summary"')) == (422, 1)


def test_the_timeline_tells_merges_and_bulk_acts_also_undone(cast: Cast) -> None:
    client, other = make_client(owner=cast.alice), make_client(owner=cast.alice)
    told = [("merge", "C-7", None), ("import", "", None), ("bulk", "Tag: fair", NOW), ("export", "All", None)]
    for hours, (kind, label, undone_at) in enumerate(told):
        at = NOW - timedelta(hours=hours)
        batch = Batch.objects.create(kind=kind, label=label, by=cast.anne, at=at, undone_at=undone_at)
        for _again in range(2):
            Change.objects.create(
                batch=batch, client=client, model="clients.client", record_id=client.pk, act="updated", at=at
            )
    with translation.override("en"):
        events = timeline(Dossier(client, cast.alice, NOW)).rows
    assert [(event.kind, event.title, event.by) for event in events] == [
        ("merge", "Merged with C-7", "Anne"), ("import", "Import", "Anne"),
        ("bulk", "Bulk act: Tag: fair (undone)", "Anne"),
    ]  # fmt: skip
    assert [event.kind for event in timeline(Dossier(client, cast.alice, NOW), kind="merge").rows] == [
        "merge"
    ]
    assert (
        timeline(Dossier(client, cast.carl, NOW)).rows,
        timeline(Dossier(other, cast.alice, NOW)).rows,
    ) == ([], [])


@pytest.mark.parametrize(
    ("day", "when"),
    [(19, When.OVERDUE), (20, When.TODAY), (21, When.WEEK), (22, When.WEEK), (23, When.LATER)],
)
def test_shelves_of_the_desk(day: int, when: When) -> None:
    assert when_of(date(2026, 11, day), TODAY) == when


def test_the_desk_counts_what_is_due_and_hides_what_is_out_of_sight(cast: Cast) -> None:
    client, foreign = make_client(owner=cast.alice), make_client(owner=cast.carl)
    for days in (-1, 0, 1, 30):
        make_task(client, due_on=TODAY + timedelta(days=days))
    make_task(client, state="done", done_at=NOW)
    make_task(client, state="cancelled")
    make_task(foreign, owner=cast.alice, due_on=TODAY)
    shown = desk(cast.alice, cast.alice, TODAY)
    assert {shelf.when: len(shelf.tasks) for shelf in shown.shelves} == {
        When.OVERDUE: 1, When.TODAY: 1, When.WEEK: 1, When.LATER: 1, When.DONE: 1,
    }  # fmt: skip
    assert (shown.due, shown.open, shown.more) == (2, 4, False)


def test_done_reopened_and_postponed_by_the_page(cast: Cast, browser_of: Any) -> None:
    task = make_task(make_client(owner=cast.alice), due_on=timezone.localdate() - timedelta(days=3))
    browser = browser_of(cast.alice)
    state, later = (reverse(f"clients:task_{name}", args=[task.pk]) for name in ("state", "postpone"))
    page = browser.get(reverse("clients:tasks")).content.decode()
    assert page.count('class="rail-badge"') == 1
    for step, expected in (("done", "done"), ("done", "done"), ("open", "open")):
        assert browser.post(state, {"state": step, "next": "/clients/tasks/"}).url == "/clients/tasks/"
        task.refresh_from_db()
        assert (task.state, task.done_at is not None) == (expected, expected == "done")
    assert Change.objects.filter(model="clients.task").count() == 2
    assert browser.post(state, {"state": "done", "next": "https://evil.example/"}).url.startswith("/clients/")
    for _ in range(2):
        browser.post(later, {"step": "tomorrow"})
    task.refresh_from_db()
    assert task.due_on == timezone.localdate() + timedelta(days=1)
    assert [browser.post(url, {}).status_code for url in (state, later)] == [400, 400]
    htmx = browser.post(state, {"state": "open", "desk": cast.alice.pk}, headers={"HX-Request": "true"})
    assert (htmx.status_code, b'id="desk"' in htmx.content, b"<html" in htmx.content) == (200, True, False)


def test_days_of_the_buttons() -> None:
    days = [postponed_to(TODAY, step) for step in ("tomorrow", "monday", "month")]
    assert days == [date(2026, 11, 21), date(2026, 11, 23), date(2026, 12, 18)]
    assert postponed_to(date(2026, 11, 23), "monday") == date(2026, 11, 30)


def test_a_task_goes_to_somebody_who_sees_the_client(cast: Cast, browser_of: Any) -> None:
    task = make_task(make_client(owner=cast.alice))
    url = reverse("clients:task_edit", args=[task.pk])
    form = {"title": "Ring", "due_on": "2026-12-01", "note": ""}
    browser = browser_of(cast.anne)
    for refused in (cast.bob, cast.carl):
        assert sorted(browser.post(url, form | {"owner": refused.pk}).context["form"].errors) == ["owner"]
    assert browser.post(url, form | {"owner": cast.anne.pk}).status_code == 302
    task.refresh_from_db()
    assert task.owner == cast.anne


def test_what_made_a_task_makes_it_once(cast: Cast) -> None:
    client = make_client(owner=cast.alice)
    told: dict[str, Any] = {
        "client": client,
        "title": "x",
        "due_on": TODAY,
        "owner": cast.alice,
        "by": cast.alice,
    }
    first = open_task(**told, at=NOW, origin="attention.line:1")
    assert open_task(**told, at=NOW, origin="attention.line:1") == first
    assert open_task(**told, at=NOW) != first
    done = set_task_state(task=first, state=TaskState.DONE, by=cast.alice, at=NOW)
    assert (
        set_task_state(task=done, state=TaskState.DONE, by=cast.alice, at=NOW + timedelta(1)).done_at == NOW
    )


def sold(client: Any, now: int, before: int) -> None:
    for day, cents in ((TODAY - timedelta(days=10), now), (TODAY - timedelta(days=370), before)):
        ClientDay.objects.create(
            client=client, day=day, orders=1, rev=cents, gross=cents, abs_rev=cents, rc=0, abs_rc=0, cost=0,
            abs_rc_assumed=0,
        )  # fmt: skip


def test_a_unit_sums_what_its_reader_may_see(cast: Cast, browser_of: Any) -> None:
    mine, silent, foreign = (
        make_client(owner=cast.alice),
        make_client(owner=cast.alice),
        make_client(owner=cast.carl),
    )
    sold(mine, 3_000, 2_000)
    sold(foreign, 50_000, 70_000)
    unit = make_unit(mine, silent, foreign, kind="group")
    seen = unit_circle(unit, cast.alice, TODAY)
    assert (seen.now, seen.before, seen.hidden, seen.growth) == (3_000, 2_000, 1, 0.5)
    assert [member.now for member in seen.members] == [3_000, None]
    whole = unit_circle(unit, cast.diane, TODAY)
    assert (whole.now, whole.before, whole.hidden) == (53_000, 72_000, 0)
    page = browser_of(cast.alice).get(unit.get_absolute_url()).content.decode()
    assert ("1 more belongs here that you may not see" in page, foreign.name in page) == (True, False)


def test_a_family_is_summed_from_its_head(cast: Cast) -> None:
    head = make_client(owner=cast.alice, name="Head")
    middle = make_client(owner=cast.carl, name="Middle", parent=head)
    leaf = make_client(owner=cast.alice, name="Leaf", parent=middle)
    sold(head, 100, 50)
    sold(leaf, 200, 0)
    seen = family_circle(leaf, cast.alice, TODAY)
    assert [(member.client, member.depth) for member in seen.members] == [(head, 0), (leaf, 0)]
    assert (seen.now, seen.hidden) == (300, 1)
    whole = family_circle(head, cast.diane, TODAY)
    assert [(member.client, member.depth) for member in whole.members] == [(head, 0), (middle, 1), (leaf, 2)]
    assert family_circle(make_client(), cast.diane, TODAY) is None


def test_a_client_belongs_to_one_unit_at_a_time(cast: Cast) -> None:
    client = make_client(owner=cast.alice)
    first, second = make_unit(), make_unit()
    told: dict[str, Any] = {"client": client, "by": cast.alice, "at": NOW}
    one = join_unit(unit=first, joined_on=date(2026, 1, 1), **told)
    assert join_unit(unit=first, joined_on=date(2026, 1, 1), **told) == one
    for day in (date(2025, 1, 1), date(2026, 5, 1)):
        with pytest.raises(Overlap):
            join_unit(unit=second, joined_on=day, **told)
    first.head = make_person(client)
    first.save()
    leave_unit(membership=one, left_on=date(2026, 6, 1), by=cast.alice, at=NOW)
    leave_unit(membership=one, left_on=date(2026, 7, 1), by=cast.alice, at=NOW)
    first.refresh_from_db()
    assert first.head is None
    with pytest.raises(Overlap):
        join_unit(unit=second, joined_on=date(2026, 5, 31), **told)
    join_unit(unit=second, joined_on=date(2026, 6, 1), **told)
    rows = (
        UnitMembership.objects.filter(client=client).order_by("joined_on").values_list("joined_on", "left_on")
    )
    assert list(rows) == [(date(2026, 1, 1), date(2026, 6, 1)), (date(2026, 6, 1), None)]


def test_a_unit_begins_with_a_client_and_has_a_head_of_its_own(cast: Cast, browser_of: Any) -> None:
    client, other = make_client(owner=cast.alice), make_client(owner=cast.alice)
    person, stranger = make_person(client), make_person(other)
    browser, url = browser_of(cast.alice), reverse("clients:unit_create")
    form = {
        "ref": "U1",
        "kind": "household",
        "name": "Foyer Léger",
        "client": client.ref,
        "joined_on": "2026-01-01",
    }
    assert (
        browser.get(f"{url}?client={client.pk}").context["member"]["client"].value()
        == f"{client.name} ({client.ref})"
    )
    answer = browser.post(url, form)
    membership = UnitMembership.objects.get()
    assert (answer.url, membership.client) == (membership.unit.get_absolute_url(), client)
    assert browser.post(url, form | {"ref": "U2"}).status_code == 422
    assert type(membership.unit).objects.count() == 1
    edit = reverse("clients:unit_edit", args=[membership.unit_id])
    facts = {"kind": "household", "name": "Foyer Léger"}
    assert sorted(browser.post(edit, facts | {"head": stranger.pk}).context["form"].errors) == ["head"]
    assert browser.post(edit, facts | {"head": person.pk}).status_code == 302
    assert [hit.title for group in found(cast.alice, "leger", 5) for hit in group.hits] == ["Foyer Léger"]


def test_the_palette_finds_everything_without_accents(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice, name="Crèmerie Évêché", ref="C-77")
    make_person(client, first_name="Zoé", last_name="Évêque")
    make_unit(client, name="Groupe Évêché")
    order = make_order(client, TODAY, 100)
    make_person(make_client(owner=cast.carl, name="Eveche foreign"), last_name="Eveche")
    groups = {group.key: [hit.title for hit in group.hits] for group in found(cast.alice, "evec", 5)}
    assert groups["clients"] == ["Crèmerie Évêché"]
    assert groups["units"] == ["Groupe Évêché"]
    people = {group.key: [hit.title for hit in group.hits] for group in found(cast.alice, "eveque", 5)}
    assert people == {"people": ["Zoé Évêque"]}
    orders = {
        group.key: [hit.title for hit in group.hits] for group in found(cast.alice, order.ref.lower(), 5)
    }
    assert orders == {"orders": [order.ref]}
    assert (found(cast.carl, order.ref, 5), found(cast.alice, " \u0301 ", 5)) == ([], [])
    fragment = browser_of(cast.alice).get(
        reverse("clients:search") + "?q=evec", headers={"HX-Request": "true"}
    )
    text = fragment.content.decode()
    assert (text.count('class="hit-label"'), "Crèmerie Évêché" in text, "foreign" in text) == (2, True, False)


def test_commands_are_those_one_may_give(cast: Cast) -> None:
    with translation.override("en"):
        assert [hit.url for hit in commands(cast.alice, "new client")] == []
        assert [hit.url for hit in commands(cast.anne, "new client")] == [reverse("clients:create")]
    assert reverse("clients:log_any") in [hit.url for hit in commands(cast.alice, "")]
    assert reverse("home") in [hit.url for hit in commands(cast.alice, "")]


@pytest.mark.parametrize("many", [1, 3])
def test_search_and_tasks_ask_the_same_of_one_and_of_many(
    many: int, cast: Cast, browser_of: Any, django_assert_num_queries: Any
) -> None:
    for number in range(many):
        client = make_client(owner=cast.alice, name=f"Maison 7{number}")
        make_person(client, last_name="Maison 7")
        make_task(client)
        make_unit(client, name="Maison 7")
        make_interaction(client)
    browser = browser_of(cast.alice)
    browser.get(reverse("clients:tasks"))
    with django_assert_num_queries(6):  # session, user, badge, night, open tasks, done tasks
        browser.get(reverse("clients:tasks"))
    # session, user; clients, people, units, orders; references of merged clients and of merged people
    with django_assert_num_queries(8):
        browser.get(reverse("clients:search") + "?q=7", headers={"HX-Request": "true"})
