"""Every door that writes says in docs/history.md where it is told; those that say "client" are walked."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.management import get_commands
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.admin import ReadOnlyAdmin
from accounts.models import User
from clients.bulk.services import JOB_KIND, UNDO_KIND
from clients.models import Change, Client, Person, Tag
from clients.rules import ChangeAct
from clients.sociotypes.services.answering import object_to_profiling
from intake.rules import Kind
from intake.undoing import undo_import
from jobs.models import Job
from jobs.services import run
from tests.access.fields import Fields
from tests.access.walk import entries
from tests.access.world import World, body_of
from tests.intake.helpers import import_text

KINDS = {"client", "record", "own", "none"}
TODAY = timezone.localdate
CREATED, UPDATED, DELETED = (act.value for act in (ChangeAct.CREATED, ChangeAct.UPDATED, ChangeAct.DELETED))


def table() -> dict[str, str]:
    """Where each door is told."""
    found: dict[str, str] = {}
    for line in (settings.BASE_DIR / "docs" / "history.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 3:
            for door in re.findall(r"`([^`]+)`", cells[0]):
                assert door not in found, door
                found[door] = cells[1]
    return found


def writable_admin() -> set[str]:
    request = RequestFactory().get("/")
    request.user = User(pk=1, role="administrator", is_active=True)
    found = set()
    for model, site in admin.site._registry.items():
        if not isinstance(site, ReadOnlyAdmin) and (
            site.has_add_permission(request) or site.has_change_permission(request)
        ):
            found.add(f"admin:{model._meta.label_lower}")
    return found


def own_commands() -> set[str]:
    apps = {path.parent.name for path in settings.BASE_DIR.glob("*/apps.py")} | {"cmix_site"}
    return {f"manage {name}" for name, app in get_commands().items() if app in apps}


@pytest.mark.django_db
def test_every_door_that_writes_is_in_the_table():
    pages = {entry.name for entry in entries() if "POST" in entry.methods}
    told = table()
    assert set(told) == pages | writable_admin() | own_commands()
    assert set(told.values()) <= KINDS


# --- the walk -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Walk:
    """What somebody sends, and what the history must tell of it.

    ``page``: the form is taken from the page itself, ``form`` changes it. ``told``: model, act, and a field with
    its values from and to (``...``: any).
    """

    args: tuple[str, ...]
    form: dict[str, Any]
    told: tuple[str, str, str, Any, Any]
    page: bool = False
    reader: str = "manager"


def day(days: int = 0) -> str:
    return (TODAY() + timedelta(days=days)).isoformat()


WALKS: dict[str, Walk] = {
    "attention:task": Walk(("line",), {"title": "Ring", "due_on": day(3)}, ("clients.task", CREATED, "title", None, "Ring"), reader="owner"),
    "clients:consent": Walk(("person",), {"purpose": "email", "act": "give"}, ("clients.consent", CREATED, "purpose", None, "email")),
    "clients:create": Walk((), {"ref": "H-1", "name": "New", "kind": "company"}, ("clients.client", CREATED, "name", None, "New"), page=True),
    "clients:edit": Walk(("client",), {"city": "Arras"}, ("clients.client", UPDATED, "city", "Lens", "Arras"), page=True),
    "clients:interaction_delete": Walk(("talk",), {}, ("clients.interaction", DELETED, "kind", "visit", None), reader="owner"),
    "clients:interaction_edit": Walk(("talk",), {"next_step": "Call"}, ("clients.interaction", UPDATED, "next_step", "", "Call"), page=True, reader="owner"),
    "clients:log": Walk(("client",), {"kind": "call", "summary": "Said"}, ("clients.interaction", CREATED, "summary", None, "Said"), page=True),
    "clients:log_any": Walk((), {"client": "REF-Kanarialice", "kind": "call", "summary": "Said"}, ("clients.interaction", CREATED, "summary", None, "Said"), page=True),
    "clients:membership_leave": Walk(("membership",), {"left_on": day()}, ("clients.unitmembership", UPDATED, "left_on", None, ...)),
    "clients:merge": Walk(("client", "twin"), {}, ("clients.client", UPDATED, "state", "active", "merged")),
    "clients:merge_people": Walk(("person", "person_twin"), {}, ("clients.person", DELETED, "last_name", "Kanarialice", None)),
    "clients:merge_undo": Walk(("merge",), {}, ("clients.client", UPDATED, "state", "merged", "active")),
    "clients:objection": Walk(("!person", "person"), {"objected": "yes"}, ("clients.person", UPDATED, "profiling_objected_at", None, ...)),
    "clients:person_create": Walk(("client",), {"last_name": "Neu"}, ("clients.person", CREATED, "last_name", None, "Neu"), page=True),
    "clients:person_edit": Walk(("person",), {"job_title": "Buyer"}, ("clients.person", UPDATED, "job_title", "", "Buyer"), page=True),
    "clients:task_any": Walk((), {"client": "REF-Kanarialice", "title": "Do", "due_on": day(2)}, ("clients.task", CREATED, "title", None, "Do"), page=True),
    "clients:task_create": Walk(("client",), {"title": "Do", "due_on": day(2)}, ("clients.task", CREATED, "title", None, "Do"), page=True),
    "clients:task_edit": Walk(("task",), {"title": "Other"}, ("clients.task", UPDATED, "title", "Kanarialice task", "Other"), page=True),
    "clients:task_postpone": Walk(("task",), {"step": "monday"}, ("clients.task", UPDATED, "due_on", ..., ...)),
    "clients:task_state": Walk(("task",), {"state": "done"}, ("clients.task", UPDATED, "state", "open", "done")),
    "clients:unit_create": Walk((), {"ref": "U-h", "name": "House", "kind": "household", "client": "TWIN", "joined_on": day(-1)}, ("clients.unitmembership", CREATED, "joined_on", None, day(-1)), page=True),
    "clients:unit_join": Walk(("unit",), {"client": "TWIN", "joined_on": day(-1)}, ("clients.unitmembership", CREATED, "joined_on", None, day(-1))),
    "segmentation:diagnosis": Walk(("client",), {"diagnosis": "bad", "target": "whale"}, ("segmentation.dilemmadiagnosis", CREATED, "diagnosis", None, "bad")),
    "segmentation:facts": Walk(("client",), {"hours": "2"}, ("segmentation.migrationfacts", CREATED, "hours", None, "2")),
    "segmentation:step": Walk(("client",), {"step": "awareness"}, ("segmentation.accompanimentstep", CREATED, "step", None, "awareness")),
}  # fmt: skip
# Walked below by a test of their own.
OTHERS = {
    "clients:bulk",
    "clients:batch_undo",
    "intake:import_confirm",
    "intake:import_undo",
    "questionnaire:refuse",
}


def test_every_page_told_in_a_clients_history_is_walked():
    assert {
        name
        for name, told in table().items()
        if told == "client" and ":" in name and not name.startswith("admin:")
    } == {*WALKS, *OTHERS}


def told_since(newest: int, model: str, act: str, field: str, before: Any, after: Any) -> list[Change]:
    """Lines in a client's history that tell of the field from the one value to the other."""
    found = Change.objects.filter(pk__gt=newest, model=model, act=act, client__isnull=False)
    return [
        change for change in found
        if field in {**(change.before or {}), **(change.after or {})}
        and before in (..., (change.before or {}).get(field)) and after in (..., (change.after or {}).get(field))
    ]  # fmt: skip


def newest() -> int:
    return Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@pytest.mark.parametrize("name", WALKS)
def test_the_history_tells_who_when_from_and_to(name: str, world: World):
    walk, last, begun = WALKS[name], newest(), timezone.now()
    twin = Client.objects.get(pk=world.objects["twin"])
    arguments = [one[1:] if one.startswith("!") else world.objects[one] for one in walk.args]
    address, browser = reverse(name, args=arguments), world.browser(walk.reader)
    form = Fields(body_of(browser.get(address))).sent if walk.page else {}
    form |= {key: twin.ref if value == "TWIN" else value for key, value in walk.form.items()}
    response = browser.post(address, form)
    assert response.status_code in (200, 302), re.findall(
        r"errorlist.{0,200}|invalid-feedback.{0,200}", body_of(response)
    )
    found = told_since(last, *walk.told)
    assert [change.by for change in found] == [world.readers[walk.reader]] * max(1, len(found)), list(
        Change.objects.filter(pk__gt=last).values("model", "act", "client", "before", "after")
    )
    assert all(begun <= change.at <= timezone.now() for change in found)
    history = world.browser("director").get(reverse("clients:history", args=[found[0].client_id]))
    assert history.status_code in (200, 404)  # 404: the client lives on in another


def run_jobs(*kinds: str) -> None:
    for job in Job.objects.filter(kind__in=kinds, state="queued"):
        run(job.pk)


BULK: dict[str, tuple[dict[str, Any], str, str, Any, Any]] = {
    "assign": ({"owner": "{bob}"}, "clients.client", "owner_id", "{alice}", "{bob}"),
    "tag": ({"tag": "Fair"}, "clients.client", "tags", None, "Fair"),
}  # fmt: skip


@pytest.mark.parametrize("act", BULK)
def test_an_act_on_many_rows_and_its_undoing_are_told(act: str, world: World):
    values = {"alice": world.readers["owner"].pk, "bob": world.readers["colleague"].pk}
    form, model, field, before, after = BULK[act]
    before, after = (int(one.format(**values)) if "{" in str(one) else one for one in (before, after))
    manager, browser, last = world.readers["manager"], world.browser("manager"), newest()
    sent = {key: value.format(**values) for key, value in form.items()}
    sent |= {"act": act, "id": str(world.objects["client"]), "count": "1"}
    address = reverse("clients:bulk", args=["clients"])
    page = body_of(browser.post(address, sent))
    sent["confirmed"] = re.search(r'name="confirmed" value="(\w+)"', page)[1]
    browser.post(address, sent)
    run_jobs(JOB_KIND)
    (change,) = told_since(last, model, UPDATED, field, before, after)
    assert (change.by, change.client_id) == (manager, world.objects["client"])
    last = newest()
    browser.post(reverse("clients:batch_undo", args=[change.batch_id]))
    run_jobs(UNDO_KIND)
    (change,) = told_since(last, model, UPDATED, field, after, before)
    assert (change.by, change.client_id) == (manager, world.objects["client"])


def test_an_import_and_its_undoing_are_told(world: World, tmp_path: Any):
    """By the services that the pages and the commands call."""
    client, anne = world.clients["alice"], world.readers["manager"]
    last = newest()
    body = f"ref,name,city,tags\n{client.ref},{client.name},Arras,Fair\n"
    record = import_text(tmp_path, Kind.CLIENTS, body, user=anne)["import"]
    for model, field, before, after in (
        ("clients.client", "city", "Lens", "Arras"), ("clients.client_tags", "tags", None, "Fair"),
    ):  # fmt: skip
        (change,) = told_since(last, model, UPDATED, field, before, after)
        assert (change.by, change.client, change.batch) == (anne, client, record.batch)
    last = newest()
    undo_import(record_import=record, user=anne, now=record.finished_at)
    for model, field, before, after in (
        ("clients.client", "city", "Arras", "Lens"), ("clients.client_tags", "tags", "Fair", None),
    ):  # fmt: skip
        (change,) = told_since(last, model, UPDATED, field, before, after)
        assert (change.by, change.client) == (anne, client)


def test_a_subsidiary_is_told_that_its_parent_was_erased(world: World):
    parent, child = world.clients["alice"], world.clients["bob"]
    Client.objects.filter(pk=parent.pk).update(kind="person")
    Client.objects.filter(pk=child.pk).update(parent=parent)
    last = newest()
    address = reverse("clients:erase", args=["client", parent.pk])
    assert world.browser("manager").post(address, {"name": parent.name}).status_code == 302
    (change,) = told_since(last, "clients.client", UPDATED, "parent_id", parent.pk, None)
    assert (change.by, change.client_id) == (world.readers["manager"], child.pk)


def test_an_objection_in_the_questionnaire_is_told(world: World):
    person, now, last = Person.objects.get(pk=world.objects["asked"]), timezone.now(), newest()
    object_to_profiling(person=person, now=now)
    (change,) = told_since(last, "clients.person", UPDATED, "profiling_objected_at", None, ...)
    assert (change.by, change.at, change.client_id) == (None, now, person.client_id)


def test_a_changed_diagnosis_and_a_step_taken_back_are_told(world: World):
    browser, pk = world.browser("manager"), world.objects["client"]
    for target in ("whale", "athlete"):
        last = newest()
        browser.post(reverse("segmentation:diagnosis", args=[pk]), {"diagnosis": "bad", "target": target})
    assert len(told_since(last, "segmentation.dilemmadiagnosis", UPDATED, "target", "whale", "athlete")) == 1
    address = reverse("segmentation:step", args=[pk])
    browser.post(address, {"step": "awareness"})
    last = newest()
    browser.post(address, {"step": "awareness", "undo": "1"})
    (change,) = told_since(last, "segmentation.accompanimentstep", DELETED, "step", "awareness", None)
    assert change.by == world.readers["manager"]


ADMIN: dict[str, tuple[str, dict[str, Any], str, Any, Any]] = {
    "clients.client": ("client", {"city": "Arras"}, "city", "Lens", "Arras"),
    "clients.person": ("person", {"job_title": "Buyer"}, "job_title", "", "Buyer"),
    "clients.interaction": ("talk", {"next_step": "Call"}, "next_step", "", "Call"),
    "clients.task": ("task", {"title": "Other"}, "title", "Kanarialice task", "Other"),
}


@pytest.mark.parametrize("model", ADMIN)
def test_a_form_of_the_administration_is_told(model: str, world: World):
    name, form, field, before, after = ADMIN[model]
    browser, last = world.browser("manager"), newest()
    address = reverse(f"admin:{model.replace('.', '_')}_change", args=[world.objects[name]])
    response = browser.post(address, Fields(body_of(browser.get(address))).sent | form)
    assert response.status_code == 302, re.findall(r"errorlist.{0,200}", body_of(response))
    (change,) = told_since(last, model, UPDATED, field, before, after)
    assert (change.by, Change.objects.filter(pk__gt=last).count()) == (world.readers["manager"], 1)


def test_tags_set_in_the_administration_are_told(world: World):
    browser, tag, last = world.browser("manager"), Tag.objects.create(name="Fair"), newest()
    address = reverse("admin:clients_client_change", args=[world.objects["client"]])
    browser.post(address, Fields(body_of(browser.get(address))).sent | {"tags": [tag.pk]})
    (change,) = told_since(last, "clients.client_tags", UPDATED, "tags", [], ["Fair"])
    assert change.by == world.readers["manager"]


def test_the_doors_of_the_administration_told_by_client_are_walked():
    said = {
        name.removeprefix("admin:")
        for name, told in table().items()
        if told == "client" and name.startswith("admin:")
    }
    assert said == set(ADMIN)
