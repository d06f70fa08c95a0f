"""A small company with a canary in the name of every client, computed and listed."""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import User
from accounts.rules import Role
from attention.models import ListLine
from attention.services import freeze_lists
from clients.merging.services import merge_clients
from clients.models import (
    Batch,
    BuyingUnit,
    Change,
    Client,
    DuplicatePair,
    ExportFile,
    Interaction,
    Person,
    PersonPair,
    RetentionNotice,
    SavedView,
    Task,
    UnitMembership,
)
from clients.models.exports import packed
from common.periods import IsoWeek
from intake.models import RecordImport
from jobs.models import Job
from kinetics.services import recompute_kinetics
from sales.models import Category, Product
from sales.rollup import rebuild_dirty
from sales.services import mark_all_dirty
from segmentation.models import OwnSegment
from segmentation.services import classify_clients
from segmentation.services.matrix import compute_matrix
from segmentation.services.own import create_by_rules
from segmentation.services.readiness import compute_readiness
from tests.access.asked import asked_objects
from tests.access.trust import audited_site, trust_objects
from tests.conftest import PASSWORD, Cast
from tests.factories.records import (
    make_client,
    make_order,
)

ABSENT = 10**9
CANARIES = {owner: f"Kanari{owner}" for owner in ("alice", "bob", "carl", "lea", "nobody")}
# Whose canaries a reader may meet.
SEES = {
    "anonymous": set(),
    "inactive": set(),
    "owner": {"alice"},
    "colleague": {"bob"},
    "stranger": {"carl"},
    "manager": {"alice", "bob"},
    "elsewhere": {"carl", "lea"},
    "director": set(CANARIES),
    "administrator": set(CANARIES),
}  # fmt: skip
# Written by the session and the log-in guard, not by pages.
_NOT_OURS = {"sessions", "axes", "contenttypes", "admin"}
_TOKENS = re.compile(r'(csrfmiddlewaretoken" value="|X-CSRFToken": "|nonce=")[^"]*')


@dataclass(frozen=True)
class World:
    readers: dict[str, User | None]
    clients: dict[str, Client]
    objects: dict[str, int]  # by the names the matrix uses; all hang on Alice's client
    sessions: dict[str, str]  # keys of sessions begun when the world was made, by reader

    def browser(self, reader: str) -> Browser:
        """Signed in, in the reader's one session; whoever logs out in it ends it for the rest of the test."""
        browser = Browser(raise_request_exception=True)
        if user := self.readers[reader]:
            browser.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[reader]
        if reader == "inactive":
            User.objects.filter(pk=user.pk).update(is_active=False)
        return browser

    def foreign(self, reader: str) -> list[str]:
        return [canary for owner, canary in CANARIES.items() if owner not in SEES[reader]]


def make_world(cast: Cast) -> World:
    lea, ivan = (
        User.objects.create_user(
            f"{name}@example.org", PASSWORD, name=name.title(), role=role, team=team, language="en"
        )
        for name, role, team in (
            ("lea", Role.ACCOUNT_MANAGER.value, cast.lyon),
            ("ivan", Role.DIRECTOR.value, None),
        )
    )
    owners = {"alice": cast.alice, "bob": cast.bob, "carl": cast.carl, "lea": lea, "nobody": None}
    clients = {name: _client(name, owner) for name, owner in owners.items()}
    for name, client in clients.items():
        audited_site(client, f"{CANARIES[name]} shop", owners[name])
    _compute()
    readers = {
        "anonymous": None, "inactive": ivan, "owner": cast.alice, "colleague": cast.bob, "stranger": cast.carl,
        "manager": cast.anne, "elsewhere": lea, "director": cast.diane, "administrator": cast.oscar,
    }  # fmt: skip
    objects = _objects(cast, clients["alice"]) | _own_segmentation()
    return World(readers, clients, objects, {name: _session(user) for name, user in readers.items() if user})


def _session(user: User) -> str:
    browser = Browser()
    browser.force_login(user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def _client(name: str, owner: User | None) -> Client:
    client = make_client(
        owner=owner, name=f"{CANARIES[name]} {name}", ref=f"REF-{CANARIES[name]}", city="Lens",
        email=f"{CANARIES[name]}@mail.example",
    )  # fmt: skip
    today = timezone.localdate()
    for weeks in range(2, 104, 4):
        make_order(client, today - timedelta(weeks=weeks), 50_000 + weeks * 900, cost_cents=30_000)
    _activity(client, CANARIES[name], owner)
    return client


def _activity(client: Client, canary: str, owner: User | None) -> None:
    """Somebody of the client, a unit, a visit and a task, each with the canary in its words."""
    now = timezone.now()
    person = Person.objects.create(client=client, last_name=f"{canary} person", is_decision_maker=True)
    unit = BuyingUnit.objects.create(ref=f"U-{canary}", name=f"{canary} unit", head=person)
    UnitMembership.objects.create(unit=unit, client=client, joined_on=timezone.localdate())
    Interaction.objects.create(
        client=client, kind="visit", happened_at=now, summary=f"{canary} visit", by=owner
    )
    doer = owner or User.objects.get(email="diane@example.org")
    Task.objects.create(client=client, title=f"{canary} task", due_on=timezone.localdate(), owner=doer)


def _compute() -> None:
    now, yesterday = timezone.now(), timezone.localdate() - timedelta(days=1)
    mark_all_dirty()
    rebuild_dirty()
    recompute_kinetics(as_of=yesterday, now=now)
    classify_clients(as_of=yesterday, now=now)
    compute_readiness(as_of=yesterday, now=now)
    compute_matrix(as_of=yesterday, now=now)
    freeze_lists(week=IsoWeek.of(timezone.localdate()), now=now)


def _objects(cast: Cast, client: Client) -> dict[str, int]:
    job = Job.objects.create(kind="intake.import", key="1", requested_by=cast.anne)
    file = RecordImport.objects.create(kind="orders", file_name="orders.csv", imported_by=cast.anne, job=job)
    line = ListLine.objects.get(client=client)
    batch = Batch.objects.create(
        kind="bulk", label=f"{client.name} handed over", by=cast.alice, at=timezone.now()
    )
    Change.objects.create(
        batch=batch, client=client, model="clients.client", record_id=client.pk, act="updated", by=cast.alice,
        before={"tags": None}, after={"tags": "Fair"}, at=batch.at,
    )  # fmt: skip
    export = _stored_export(cast, client)
    category = Category.objects.create(name="Things")
    view = SavedView.objects.create(owner=cast.alice, list_key="clients", name="Own", query="q=lens")
    return {
        "client": client.pk, "line": line.pk, "job": job.pk, "import": file.pk, "batch": batch.pk, "view": view.pk,
        "export": export.pk, **_hygiene(cast, client), **trust_objects(cast, client), **asked_objects(cast, client),
        "person": client.people.first().pk, "talk": client.interactions.first().pk,
        "task": client.tasks.first().pk, "membership": client.memberships.get().pk,
        "unit": client.memberships.get().unit_id,
        "category": category.pk, "product": Product.objects.create(ref="P1", name="Thing", category=category).pk,
    }  # fmt: skip


def _stored_export(cast: Cast, client: Client) -> ExportFile:
    now = timezone.now()
    batch = Batch.objects.create(kind="export", label="Clients, CSV", by=cast.alice, at=now)
    name = default_storage.save("exports/world.csv", ContentFile(f"Name\n{client.name}\n"))
    return ExportFile.objects.create(
        batch=batch, owner=cast.alice, stored_as=name, file_name="clients.csv", clients=packed([client.pk]),
        expires_at=now + timedelta(days=1), size=20,
    )  # fmt: skip


def _hygiene(cast: Cast, client: Client) -> dict[str, int]:
    """A likely duplicate of Alice's client, and a merge of two others of hers."""
    twin, gone = (
        make_client(owner=cast.alice, name=f"{CANARIES['alice']} {what}") for what in ("twin", "gone")
    )
    pair = DuplicatePair.objects.create(
        left=client, right=twin, score=80, reasons=[{"code": "same_name", "values": {}}], rule_version="t",
        found_at=timezone.now(),
    )  # fmt: skip
    batch = merge_clients(survivor_id=twin.pk, loser_id=gone.pk, by=cast.alice, now=timezone.now())
    person = Person.objects.create(client=client, first_name="Kim", last_name=CANARIES["alice"])
    today = timezone.localdate()
    notice = RetentionNotice.objects.create(
        client=client, person=person, audience="client", last_sign_on=today, due_on=today, warned_on=today
    )
    other = Person.objects.create(client=client, first_name="Kim", last_name=CANARIES["alice"])
    people = PersonPair.objects.create(
        left=person, right=other, score=80, reasons=[{"code": "same_name", "values": {}}], rule_version="t",
        found_at=timezone.now(),
    )  # fmt: skip
    return {
        "person_twin": other.pk, "people_pair": people.pk, "twin": twin.pk, "pair": pair.pk, "merge": batch.pk, "person": person.pk, "notice": notice.pk
    }  # fmt: skip


def _own_segmentation() -> dict[str, int]:
    """One by rules, not in force: the pages of everybody show the grid."""
    own = create_by_rules(name="Own", by=None, now=timezone.now())
    segment = OwnSegment.objects.create(segmentation=own, code="key", name="Key")
    return {"own": own.pk, "own_segment": segment.pk}


def stored() -> str:
    """A fingerprint of everything the site keeps."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.app_label not in _NOT_OURS:
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
                digest.update(repr(sorted(map(repr, cursor.fetchall()))).encode())
    return digest.hexdigest()


def writes() -> int:
    """How many rows this connection wrote so far; a fingerprint is taken only when the number moved."""
    if connection.vendor == "sqlite":
        return int(connection.connection.total_changes)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(SUM(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables"
        )
        return int(cursor.fetchone()[0])


def body_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")  # a PDF is no text


def without_tokens(text: str, *numbers: int) -> str:
    """The text without what differs from request to request, and without the numbers asked for."""
    return re.sub(rf"\b(?:{'|'.join(map(str, numbers))})\b", "N", _TOKENS.sub(r"\1", text))
