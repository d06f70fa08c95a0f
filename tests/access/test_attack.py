"""A hostile colleague: a company whose records are entangled across owners, read and written by who should not.

Carl (sales) and Lea (account manager of his team) have a client that is the parent, subsidiary, household, likely
duplicate and correspondent of a client of Alice's, of another team. Nothing they ask for may name Alice's.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from clients.models import (
    Batch,
    BuyingUnit,
    Change,
    Client,
    DuplicatePair,
    ExportFile,
    Interaction,
    Invitation,
    Person,
    PersonPair,
    QuestionnaireRound,
    SavedView,
    Tag,
    Task,
    UnitMembership,
)
from clients.models.exports import packed
from clients.sociotypes.services.rounds import write_invitations
from common.lists.registry import lists_for
from sales.rollup import rebuild_dirty
from sales.services import mark_clients_dirty
from tests.access.fields import Fields
from tests.access.test_canaries import questions
from tests.access.walk import entries, shapes
from tests.access.world import ABSENT, World, body_of, without_tokens
from tests.factories.records import make_client, make_order

BIRD = "Kanarialice"
# Its name, or its revenue of 777,777.
TOLD = re.compile(r".{0,60}(?:Kanarialice|777[\s,.\u202f]777).{0,40}")
HOSTILE = ("stranger", "elsewhere")
# Of the world, but about the client of Carl's; what hangs on nothing of his is left out of the walk.
LACKING = {"line", "view", "notice", "evidence", "finding", "action", "link", "seal", "export", "merge", "batch",
           "job", "import", "sociotype", "invitation", "round", "asked", "people_pair", "own", "own_segment",
           "twin", "person_twin", "pair"}  # fmt: skip


@pytest.fixture
def tangle(world: World) -> dict[str, Any]:
    """What Carl's client shares with Alice's, by the names the matrix uses."""
    theirs, mine, now = world.clients["alice"], world.clients["carl"], timezone.now()
    today, carl = timezone.localdate(), world.readers["stranger"]
    Client.objects.filter(pk=mine.pk).update(parent=theirs)
    make_client(owner=theirs.owner, name=f"{BIRD} child", ref=f"{BIRD}-child", parent=mine)
    head = theirs.people.filter(last_name__contains=BIRD).first()
    membership = mine.memberships.get()
    unit = membership.unit
    BuyingUnit.objects.filter(pk=unit.pk).update(head=head)
    UnitMembership.objects.filter(client=theirs).update(unit=unit)
    Task.objects.create(client=theirs, title=f"{BIRD} for Carl", due_on=today, owner=carl, created_by=carl)
    Interaction.objects.create(client=theirs, kind="call", happened_at=now, summary=f"{BIRD} talk", by=carl)
    moved = Person.objects.create(client=theirs, last_name=f"{BIRD} moved")
    Interaction.objects.create(
        client=mine, person=moved, kind="call", happened_at=now, summary="talk", by=carl
    )
    own = Person.objects.create(client=mine, last_name="Own")
    common = {
        "score": 90,
        "reasons": [{"code": "same_name", "values": {}}],
        "rule_version": "t",
        "found_at": now,
    }
    left, right = sorted((mine, theirs), key=lambda client: client.pk)
    DuplicatePair.objects.create(left=left, right=right, **common)
    left, right = sorted((own, moved), key=lambda person: person.pk)
    PersonPair.objects.create(left=left, right=right, **common)
    theirs.tags.add(Tag.objects.create(name=f"{BIRD} tag"))
    make_order(theirs, today - timedelta(days=9), 77_777_700)
    mark_clients_dirty([theirs.pk])
    rebuild_dirty()
    batch = Batch.objects.create(kind="bulk", label="Handed over", by=carl, at=now)
    Change.objects.create(
        batch=batch, client=theirs, model="clients.client", record_id=theirs.pk, act="updated", by=carl, at=now,
        before={"name": f"{BIRD} old"}, after={"name": theirs.name},
    )  # fmt: skip
    for model, record, field, value in (
        ("client", mine, "parent_id", theirs.pk), ("person", own, "client_id", theirs.pk),
        ("unitmembership", membership, "client_id", theirs.pk), ("buyingunit", unit, "head_id", head.pk),
    ):  # fmt: skip
        Change.objects.create(
            batch=batch, client=mine, model=f"clients.{model}", record_id=record.pk, act="updated", by=carl, at=now,
            before={field: value}, after={field: value},
        )  # fmt: skip
    SavedView.objects.create(
        owner=world.readers["director"], list_key="clients", name="Everyone", is_shared=True, is_pinned=True,
        query=f"unit={unit.pk}&tag={Tag.objects.get(name__startswith=BIRD).pk}&owner={theirs.owner_id}",
    )  # fmt: skip
    site = mine.sites.get()
    return {
        "client": mine.pk, "person": own.pk, "unit": unit.pk, "membership": membership.pk,
        "talk": mine.interactions.latest("pk").pk, "task": mine.tasks.get().pk, "batch": batch.pk,
        "site": site.pk, "signed": site.audits.get().pk, "audit": site.audits.get().pk,
        "category": world.objects["category"], "product": world.objects["product"],
    }  # fmt: skip


def doors(objects: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Addresses of all pages, those with an object about Carl's client."""
    for entry in entries():
        names = [argument[1:] for argument in entry.arguments if argument.startswith("@")]
        if "GET" in entry.methods and all(name in objects for name in names):
            arguments = [objects[a[1:]] if a.startswith("@") else a for a in entry.arguments]
            for question in questions(entry.name, entry.fields.get("query", "")):
                yield entry.name, f"{reverse(entry.name, args=arguments)}?{question}"


@pytest.mark.parametrize("reader", HOSTILE)
def test_no_page_of_an_entangled_client_names_the_other(reader: str, world: World, tangle: dict[str, Any]):
    browser, found, opened = world.browser(reader), [], 0
    for name, address in doors(tangle):
        for headers in shapes():
            response = browser.get(address, headers=headers)
            opened += response.status_code == 200
            text = body_of(response)
            found += [f"{name} {address}: {told}" for told in TOLD.findall(text)[:1]]
    assert (found, opened > 75 * len(shapes())) == ([], True)


@pytest.mark.parametrize("reader", HOSTILE)
def test_no_file_of_a_list_names_the_other(reader: str, world: World, tangle: dict[str, Any]):
    browser, found = world.browser(reader), []
    for spec in lists_for(world.readers[reader]):
        for content in ("csv", "csv-record"):
            for query in ("", "q=kanari", f"unit={tangle['unit']}", "scope=all"):
                text = body_of(
                    browser.post(reverse("clients:export", args=[spec.key]), {"as": content, "list": query})
                )
                found += [f"{spec.key} {content} {query}: {told}" for told in TOLD.findall(text)[:1]]
    assert found == []


def admin_addresses(tangle: dict[str, Any]) -> Iterator[str]:
    """Lists, forms, histories and popups of the administration, of every record there is."""
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for question in ("", "?q=kanari", "?q=777", "?all=", "?o=1", "?o=-2.3", "?_popup=1&_to_field=id"):
            yield reverse(f"{name}_changelist") + question
        yield f"{reverse(f'{name}_add')}?client={ABSENT}&parent={tangle['foreign']}&head={tangle['foreign_person']}"
        for pk in model._base_manager.values_list("pk", flat=True):
            for view in ("change", "history", "delete"):
                yield reverse(f"{name}_{view}", args=[pk])
            yield reverse(f"{name}_change", args=[pk]) + "?_popup=1"
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete and not field.auto_created:
                yield (
                    f"{reverse('admin:autocomplete')}?term=kanari&app_label={model._meta.app_label}"
                    f"&model_name={model._meta.model_name}&field_name={field.name}"
                )


def test_the_administration_names_the_other_nowhere(world: World, tangle: dict[str, Any]):
    browser, found, opened = world.browser("elsewhere"), [], 0
    theirs = world.clients["alice"]
    for address in admin_addresses(
        tangle | {"foreign": theirs.pk, "foreign_person": theirs.people.first().pk}
    ):
        response = browser.get(address)
        opened += response.status_code == 200
        found += [f"{address}: {told}" for told in TOLD.findall(body_of(response))[:1]]
    assert (found, opened > 40) == ([], True)


ORACLES = [
    ("clients_client", "parent__name__startswith=K"), ("clients_client", "parent__ref__startswith=R"),
    ("clients_client", "owner__password__startswith=p"), ("clients_client", "subsidiaries__name__startswith=K"),
    ("clients_client", "people__last_name__startswith=K"), ("clients_client", "orders__lines__net_cents__gt=1"),
    ("clients_client", "days__rev__gt=1"), ("clients_person", "client__parent__name__startswith=K"),
    ("clients_buyingunit", "head__last_name__startswith=K"),
    ("clients_buyingunit", "memberships__client__name__startswith=K"),
    ("clients_interaction", "person__last_name__startswith=K"), ("clients_task", "owner__password__startswith=p"),
    ("clients_tag", "clients__name__startswith=K"), ("accounts_user", "password__startswith=p"), ("accounts_user", "clients__name__startswith=K"),
]  # fmt: skip


@pytest.mark.parametrize(("model", "question"), ORACLES)
def test_the_administration_answers_no_question_on_a_field_out_of_sight(
    model: str, question: str, world: World, tangle: dict[str, Any]
):
    """Whether a guess narrows the list would tell it letter by letter."""
    address = reverse(f"admin:{model}_changelist")
    response = world.browser("elsewhere").get(f"{address}?{question}")
    assert (response.status_code, response.get("Location", "")) in ((400, ""), (302, f"{address}?e=1"))


@pytest.mark.parametrize("reader", HOSTILE)
def test_no_list_is_ordered_or_narrowed_by_a_field_it_does_not_offer(
    reader: str, world: World, tangle: dict[str, Any]
):
    browser = world.browser(reader)
    for spec in lists_for(world.readers[reader]):
        plain = rows_of(browser.get(f"{reverse(spec.url_name)}?view=all"))
        for question in (
            "parent__name=K", "owner__password__startswith=p", "client__parent__name=K", "sort=parent__name",
            "sort=-owner__password", "sort=head__last_name", "head=1", "memberships__client__name=K",
        ):  # fmt: skip
            asked = rows_of(browser.get(f"{reverse(spec.url_name)}?view=all&{question}"))
            assert asked == plain, f"{spec.key} {question}"


def rows_of(response: Any) -> list[str]:
    """What the page links to, in its order."""
    return re.findall(r'href="(/[^"]*/[0-9]+/)"', body_of(response))


FORGED: list[tuple[str, list[str], dict[str, Any]]] = [
    ("clients:bulk", ["clients"], {"act": "tag", "id": ["{client}"], "tag": "Mine"}),
    ("clients:bulk", ["clients"], {"act": "task", "id": ["{client}"], "title": "T", "due_on": "2030-01-01"}),
    ("clients:bulk", ["clients"], {"act": "task", "all": "1", "list": "q={bird}", "title": "T", "due_on": "2030-01-01"}),
    ("clients:bulk", ["clients"], {"act": "assign", "id": ["{client}"], "owner": "{me}"}),
    ("clients:bulk", ["clients"], {"act": "assign", "all": "1", "list": "owner={owner}", "owner": "{me}"}),
    ("clients:bulk", ["clients"], {"act": "export", "id": ["{client}"], "content": "csv"}),
    ("clients:bulk", ["people"], {"act": "export", "id": ["{person}"], "content": "csv"}),
    ("clients:bulk", ["tasks"], {"act": "export", "all": "1", "list": "doer={owner}", "content": "csv-record"}),
    ("clients:merge", ["{mine}", "{client}"], {"survivor": "{mine}", "confirm": "1"}),
    ("clients:merge", ["{client}", "{mine}"], {"survivor": "{mine}", "confirm": "1"}),
    ("clients:merge_people", ["{own}", "{person}"], {"confirm": "1"}),
    ("clients:task_any", [], {"client": "{ref}", "title": "T", "due_on": "2030-01-01", "owner": "{me}"}),
    ("clients:log_any", [], {"client": "{ref}", "kind": "call", "happened_at": "2026-01-01T10:00", "summary": "S"}),
    ("clients:unit_join", ["{unit}"], {"client": "{ref}", "joined_on": "2026-01-01"}),
    ("clients:unit_create", [], {"ref": "U-x", "name": "U", "kind": "household", "client": "{ref}",
                                 "joined_on": "2026-01-01"}),
    ("clients:task_create", ["{mine}"], {"title": "T", "due_on": "2030-01-01", "owner": "{owner}"}),
    ("clients:log", ["{mine}"], {"kind": "call", "happened_at": "2026-01-01T10:00", "summary": "S",
                                 "person": "{person}"}),
    ("clients:edit", ["{mine}"], {"name": "N", "kind": "company", "language": "en", "parent": "{ref}"}),
    ("clients:bulk", ["clients"], {"act": "questionnaire", "id": ["{client}"]}),
    ("clients:view_save", ["batches"], {"name": "V", "list": "", "shared": "on"}),
]  # fmt: skip


@pytest.mark.parametrize("reader", HOSTILE)
@pytest.mark.parametrize("door", FORGED, ids=lambda door: f"{door[0]} {sorted(door[2])}")
def test_a_forged_form_touches_nothing_of_others(
    door: tuple[str, list[str], dict[str, Any]], reader: str, world: World, tangle: dict[str, Any],
    django_capture_on_commit_callbacks: Any,
):  # fmt: skip
    theirs, mine = world.clients["alice"], world.clients["carl"]
    Client.objects.filter(pk=mine.pk).update(parent=None)
    values = {
        "client": theirs.pk, "ref": theirs.ref, "person": theirs.people.first().pk, "mine": mine.pk, "bird": BIRD,
        "own": tangle["person"], "unit": tangle["unit"], "owner": theirs.owner_id, "me": world.readers[reader].pk,
    }  # fmt: skip
    name, arguments, form = door
    filled = {
        key: [one.format(**values) for one in said] if isinstance(said, list) else said.format(**values)
        for key, said in form.items()
    }
    address = reverse(name, args=[one.format(**values) for one in arguments])
    before, browser = held(theirs), world.browser(reader)
    for more in ({}, {"count": "1"}):
        with django_capture_on_commit_callbacks(execute=True):
            response = browser.post(address, filled | more)
        text = body_of(response)
        if confirmed := re.search(r'name="confirmed" value="(\w+)"', text):
            response = browser.post(address, filled | more | {"confirmed": confirmed[1]})
            text += body_of(response)
        assert TOLD.findall(text.replace(theirs.ref, "")) == []
    assert held(theirs) == before
    assert not Task.objects.filter(client=mine, owner=theirs.owner).exists()
    assert not Interaction.objects.filter(client=mine, person_id=values["person"]).exists()
    assert Client.objects.get(pk=mine.pk).parent_id is None


def without_what_was_said(text: str, said: str) -> str:
    """A page as it is whatever was typed: without the fields that bring it back, and the address."""
    for field in (f'"{escape(said)}"', f">\n{escape(said)}<", *(f": {ref}<" for ref in said.split("\n"))):
        text = text.replace(field, "")
    return without_tokens(re.sub(r'name="next" value="[^"]*"', "", text), ABSENT)


@pytest.mark.parametrize("reader", HOSTILE)
@pytest.mark.parametrize("asked", ["clients", "refs", "listed", "view"])
def test_a_forged_round_asks_nobody_of_others(
    asked: str, reader: str, world: World, tangle: dict[str, Any]
):  # fmt: skip
    """Of what it names the own clients count; naming those of others alone is as naming none there are."""
    theirs, mine = world.clients["alice"], world.clients["carl"]
    Person.objects.filter(client__in=[theirs, mine]).update(email="ask@mail.example")
    private, opened = (
        SavedView.objects.create(
            owner=owner, list_key="clients", name=f"Round {owner.pk}", query="sort=name", is_shared=is_shared
        )
        for owner, is_shared in ((theirs.owner, False), (world.readers["director"], True))
    )  # fmt: skip
    foreign, absent, both = {
        "clients": (str(theirs.pk), str(ABSENT), f"{theirs.pk},{mine.pk},{'9' * 5000}"),
        "refs": (theirs.ref, f"{theirs.ref}-none", f"{theirs.ref}\n{mine.ref}"),
        "listed": (f"q={BIRD}&owner={theirs.owner_id}", "q=nobody-is-called-so", "sort=name&scope=all"),
        "view": (str(private.pk), str(ABSENT), str(opened.pk)),
    }[asked]
    browser, address = world.browser(reader), reverse("sociotypes:new")

    def tell(value: str, **more: str) -> tuple[int, str]:
        response = browser.post(address, {"name": "R", asked: value, **more})
        return response.status_code, without_what_was_said(body_of(response), value)

    for more in ({}, {"start": "1"}):
        answer = tell(foreign, **more)
        assert (answer, answer[0]) == (tell(absent, **more), 422)
    assert not QuestionnaireRound.objects.exclude(pk=world.objects["round"]).exists()
    status, text = tell(both)
    assert (status, TOLD.findall(text)) == (200, [])
    status, _text = tell(both, start="1")
    round_ = QuestionnaireRound.objects.latest("pk")
    assert (status, set(round_.audience) & {theirs.pk}, mine.pk in round_.audience) == (302, set(), True)
    write_invitations(round_=round_, now=timezone.now())
    assert not Invitation.objects.filter(round=round_, person__client=theirs).exists()
    assert Invitation.objects.filter(round=round_, person__client=mine).exists()


@pytest.mark.parametrize("reader", HOSTILE)
@pytest.mark.parametrize("asked", ["clients", "listed", "view"])
def test_the_address_of_a_new_round_counts_nobody_of_others(
    asked: str, reader: str, world: World, tangle: dict[str, Any]
):  # fmt: skip
    theirs, browser = world.clients["alice"], world.browser(reader)
    foreign, absent = {
        "clients": (f"{theirs.pk},{'9' * 5000}", f"{ABSENT},{'9' * 5000}"),
        "listed": (f"q={BIRD}&owner={theirs.owner_id}", "q=nobody-is-called-so"),
        "view": (str(world.objects["view"]), str(ABSENT)),
    }[asked]

    def tell(value: str) -> tuple[int, str]:
        response = browser.get(reverse("sociotypes:new"), {asked: value})
        return response.status_code, without_what_was_said(body_of(response), value)

    assert (tell(foreign), tell(foreign)[0]) == (tell(absent), 200)


def held(client: Client) -> list[Any]:
    """All that is kept of a client, as values."""
    records = [Client.objects.filter(pk=client.pk), client.people, client.tasks, client.interactions,
               client.memberships, client.orders, Change.objects.filter(client=client)]  # fmt: skip
    tags = list(client.tags.order_by("pk").values_list("pk", flat=True))
    return [tags, *(list(rows.order_by("pk").values()) for rows in records)]


def test_a_file_is_refused_once_a_client_in_it_is_somebody_elses(world: World, tangle: dict[str, Any]):
    theirs, carl, now = world.clients["alice"], world.readers["stranger"], timezone.now()
    batch = Batch.objects.create(kind="export", label="Clients, CSV", by=carl, at=now)
    stored_as = default_storage.save("exports/attack.csv", ContentFile(theirs.name))
    file = ExportFile.objects.create(
        batch=batch, owner=carl, stored_as=stored_as, file_name="c.csv", clients=packed([theirs.pk]), size=9,
        expires_at=now + timedelta(days=1),
    )  # fmt: skip
    response = world.browser("stranger").get(reverse("clients:export_file", args=[file.pk]))
    assert (response.status_code, TOLD.findall(body_of(response))) == (403, [])
    assert world.browser("elsewhere").get(reverse("clients:export_file", args=[file.pk])).status_code == 404


ADMIN_FORMS = {"clients_client": "client", "clients_buyingunit": "unit", "clients_interaction": "talk"}


@pytest.mark.parametrize("model", ADMIN_FORMS)
def test_saving_a_form_of_the_administration_keeps_what_is_out_of_sight(
    model: str, world: World, tangle: dict[str, Any]
):
    """A parent, head or person who is not named is not wiped out either."""
    browser = world.browser("elsewhere")
    address = reverse(f"admin:{model}_change", args=[tangle[ADMIN_FORMS[model]]])
    kept = {
        "clients_client": lambda: Client.objects.get(pk=tangle["client"]).parent_id,
        "clients_buyingunit": lambda: BuyingUnit.objects.get(pk=tangle["unit"]).head_id,
        "clients_interaction": lambda: Interaction.objects.get(pk=tangle["talk"]).person_id,
    }[model]
    before = kept()
    response = browser.post(address, Fields(body_of(browser.get(address))).sent)
    assert (response.status_code, kept()) == (302, before), re.findall(
        r"errorlist.{0,200}", body_of(response)
    )


def test_a_forged_tag_is_refused(world: World, tangle: dict[str, Any]):
    """Its word would be read on the own client."""
    browser, tag = world.browser("elsewhere"), Tag.objects.get(name__startswith=BIRD)
    address = reverse("admin:clients_client_change", args=[tangle["client"]])
    response = browser.post(address, Fields(body_of(browser.get(address))).sent | {"tags": [tag.pk]})
    assert (response.status_code, TOLD.findall(body_of(response))) == (200, [])
    assert not Client.objects.get(pk=tangle["client"]).tags.exists()
