"""Every page asks as many queries with three of everything as with one: the addresses of the access matrix, walked."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import BuyingUnit, RetentionNotice, SavedView, Task
from clients.sociotypes.rules.instrument import CURRENT
from clients.sociotypes.services.answering import begin, save_answer
from intake.models import RecordImport
from jobs.models import Job
from sales.models import Category, Product
from tests.access.walk import entries
from tests.clients.sociotypes.records import make_invitation
from tests.conftest import Cast
from tests.factories.records import make_task
from tests.site.dossier import NOW, TODAY, whole_client

# Not pages of records: forms of the account, files, what needs a key or a server, and pages whose own tests count.
LEFT_OUT = ("accounts:", "health:", "questionnaire:", "trust:", "jobs:", "intake:import", "segmentation:export",
            "segmentation:moved_export", "clients:export_file")  # fmt: skip
OF_THE_CLIENT = ("clients:detail", "clients:more", "clients:history", "clients:timeline", "clients:edit", "clients:log", "clients:task_create",
                 "clients:person_create", "clients:merge_with", "segmentation:why")  # fmt: skip


def filled(cast: Cast, count: int) -> dict[str, list[Any]]:
    """``count`` of everything; what pages with an object are asked for."""
    client = whole_client(cast, count)
    for number in range(count):
        person = client.people.filter(left_on=None).order_by("pk")[number]
        invitation = make_invitation(person, NOW, name=f"Round {number}")
        sheet = begin(invitation=invitation, language="en", now=NOW)
        save_answer(
            invitation=invitation,
            item=CURRENT.items[0].key,
            value=4,
            language="en",
            now=NOW + timedelta(seconds=1),
        )
        SavedView.objects.create(owner=cast.diane, list_key="clients", name=f"View {number}", is_pinned=True)
        RetentionNotice.objects.create(
            client=client, person=person, audience="person", last_sign_on=TODAY, due_on=TODAY, warned_on=TODAY
        )
        category = Category.objects.create(name=f"Category {number}")
        Product.objects.create(ref=f"P{number}", name=f"Product {number}", category=category)
        job = Job.objects.create(kind="test", key=str(number))
        RecordImport.objects.create(
            kind="clients", file_name=f"{number}.csv", job=job, imported_by=cast.diane
        )
        make_task(client, owner=cast.diane, due_on=TODAY)
        assert sheet.pk
    person = client.people.order_by("pk").first()
    unit = BuyingUnit.objects.filter(memberships__client=client, memberships__left_on=None).get()
    return {
        **{name: [client.pk] for name in OF_THE_CLIENT},
        "clients:person": [person.pk], "clients:privacy": ["person", person.pk], "sociotypes:person": [person.pk],
        "sociotypes:explanation": [person.pk], "clients:unit": [unit.pk], "kinetics:why": [client.pk, "revenue"],
        "sociotypes:round": [client.people.filter(invitations__isnull=False).first().invitations.get().round_id],
        "attention:why": [client.list_lines.first().pk], "clients:task_edit": [Task.objects.filter(client=client).first().pk],
    }  # fmt: skip


def pages(objects: dict[str, list[Any]]) -> Iterator[tuple[str, str]]:
    for entry in entries():
        name = entry.name
        if "GET" not in entry.methods or name.startswith(LEFT_OUT):
            continue
        if not entry.arguments:
            yield name, reverse(name)
        elif name in objects:
            yield name, reverse(name, args=objects[name])


def counted(browser: Browser, objects: dict[str, list[Any]]) -> dict[str, int]:
    found = {}
    for name, url in pages(objects):
        browser.get(url)
        with CaptureQueriesContext(connection) as captured:
            answer = browser.get(url)
        if answer.status_code == 200:  # the manager may not open all of them
            found[name] = len(captured)
    return found


@pytest.mark.parametrize("who", ["oscar", "anne"])
def test_no_page_asks_more_for_three_than_for_one(cast: Cast, browser_of: Any, who: str) -> None:
    found = []
    for count in (1, 3):
        with transaction.atomic():
            objects = filled(cast, count)
            found.append(counted(browser_of(getattr(cast, who)), objects))
            transaction.set_rollback(True)
    one, three = found
    assert {name: (one[name], number) for name, number in three.items() if number > one[name]} == {}
    assert len(one) > (50 if who == "oscar" else 40)
    assert {name: number for name, number in three.items() if number > 20} == {}
    assert three["clients:list"] <= 15
