"""Reminder mails that name a person: told in the person's own export, emptied by an erasure, whatever the name."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client, Person, Task
from clients.personal.erasing import erase_subject
from clients.personal.export import sections_of
from clients.personal.holdings import by_name
from clients.personal.sources import subject_of
from clients.reminders import remind
from jobs.models import OutMail
from jobs.outbox import queue_mail
from tests.conftest import Cast
from tests.factories.records import make_client
from tests.hygiene.world import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def reminded(client: Client, cast: Cast) -> OutMail:
    Task.objects.create(client=client, title="Ring", due_on=NOW.date(), owner=cast.alice)
    remind(now=NOW + timedelta(hours=3), day=NOW.date())
    mail = OutMail.objects.get(kind="clients.tasks")
    assert client.name in mail.text
    return mail


@pytest.mark.parametrize("name", ["Zo\u00e9 Ardent", "Ardent", "N\u00f4"])
def test_a_private_client(name: str, cast: Cast) -> None:
    client = make_client(owner=cast.alice, name=name, kind="person", email="zoe@mail.example")
    mail = reminded(client, cast)
    told = {section.key: section for section in sections_of(subject_of(client))}["mails_of_clients"]
    assert [(row[0], row[1], name in row[2]) for row in told.rows] == [(mail.subject, "sales", True)]
    assert by_name(subject_of(client)) == {}  # the link says whose it is
    if len(name) < 3:  # an erasure would find it in every text
        return
    erase_subject(subject=subject_of(client), by=cast.diane, now=NOW)
    mail.refresh_from_db()
    assert name not in mail.subject + mail.text + mail.html


def test_one_of_a_companys_people_named_in_a_task(cast: Cast) -> None:
    company = make_client(owner=cast.alice, name="Works")
    person = Person.objects.create(client=company, first_name="Zo\u00e9", last_name="Ardent")
    Task.objects.create(client=company, title="Ring Zo\u00e9 Ardent", due_on=NOW.date(), owner=cast.alice)
    remind(now=NOW + timedelta(hours=3), day=NOW.date())
    told = {section.key: section for section in sections_of(subject_of(person))}["mails_of_clients"]
    assert told.rows == []  # a name alone: somebody has to look
    assert by_name(subject_of(person)) == {"clients.tasks": 1}
    erase_subject(subject=subject_of(person), by=cast.diane, now=NOW)
    mail = OutMail.objects.get(kind="clients.tasks")
    assert "Ardent" not in mail.subject + mail.text + mail.html


def test_a_namesake_is_counted_and_not_handed_out(cast: Cast) -> None:
    mine, other = (
        make_client(owner=cast.alice, name="Zo\u00e9 Ardent", kind="person", email=f"{word}@mail.example")
        for word in ("zoe", "joanzoe")
    )
    for client, title in ((mine, "Ring about the lamp"), (other, "Ring about the debt")):
        Task.objects.create(client=client, title=title, due_on=NOW.date(), owner=cast.alice)
    remind(now=NOW + timedelta(hours=3), day=NOW.date())
    queue_mail(
        kind="clients.sociotype", key="other", recipient=None, to_email=other.email, subject="Six questions",
        text="Dear Zo\u00e9 Ardent, about your debt", html="", now=NOW, give_up_at=NOW + timedelta(days=1),
    )  # fmt: skip
    (told,) = (one for one in sections_of(subject_of(mine)) if one.key == "mails_of_clients")
    texts = [row[2] for row in told.rows]
    assert len(texts) == 1
    assert ("lamp" in texts[0], "debt" in texts[0]) == (True, False)
    assert by_name(subject_of(mine)) == {"clients.sociotype": 1}


def test_the_page_looks_through_the_mails_only_when_asked(client, cast: Cast) -> None:
    person = make_client(owner=cast.alice, kind="person", name="Nora Delattre")
    OutMail.objects.create(
        kind="clients.tasks", key="k", to_email="x@example.org", subject="Today", text="Nora Delattre\n", message_id="m",
        next_attempt_at=NOW, give_up_at=NOW,
    )  # fmt: skip
    client.force_login(cast.alice)
    address = reverse("clients:privacy", args=["client", person.pk])
    with CaptureQueriesContext(connection) as seen:
        page = client.get(address).content.decode()
    assert [query["sql"] for query in seen if "jobs_outmail" in query["sql"]] == []
    assert "clients.tasks (1)" not in page
    assert "clients.tasks (1)" in client.get(f"{address}?mails=by-name").content.decode()
