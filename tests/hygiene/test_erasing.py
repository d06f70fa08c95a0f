"""After an erasure nothing names the person in any table or file, sums are as before, and nobody comes back."""

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, Sum
from django.urls import reverse

from attention.models import ListLine
from attention.services import freeze_lists
from clients.history import record_change, stored_values
from clients.models import Client, Erasure, Interaction, Person, Suppression, Trail
from clients.personal import ledger
from clients.personal.erasing import erase_subject
from clients.personal.replay import replay_erasures
from clients.personal.sources import find_record, subject_of
from clients.rules import ClientKind, ClientState
from common.periods import IsoWeek
from jobs.models import OutMail
from kinetics.services import recompute_kinetics
from sales.models import ClientDay, Order
from segmentation.services import classify_clients
from tests.conftest import Cast
from tests.factories.records import make_client
from tests.hygiene.test_merging import AS_OF, merge
from tests.hygiene.world import NOW, make_twins
from tests.sales.helpers import import_text

pytestmark = pytest.mark.django_db
SIGNS = [
    "Zoé Ardent",
    "ARDENT Zoe",
    "Ardent",
    "zoe@mail.example",
    "03 21 00 00 01",
    "ardent zoe",
    "Zo\\u00e9 Ardent",
]
FILES = {
    "imports/a.csv": b"client;name\nL1;Somebody\n",
    "imports/b.csv.gz": gzip.compress("client,name\nX,Zoé Ardent\n".encode("cp1252")),
    "imports/kept.csv": b"client,name\nXL1,Somebody else\n",
    "exports/c.csv": "name\nZoé Ardent\n".encode("utf-16"),
}


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"},
        }
    }  # fmt: skip


def tell_everywhere(survivor: Client, cast: Cast) -> None:
    """The person's name in the journal, a mail, a job, a list, and in stored files."""
    before = stored_values(survivor)
    survivor.email, survivor.phone = "zoe@mail.example", "03 21 00 00 01"
    survivor.save()
    record_change(survivor, before=before, by=cast.alice, at=NOW, client=survivor)
    recompute_kinetics(as_of=AS_OF, now=NOW)
    classify_clients(as_of=AS_OF, now=NOW)
    freeze_lists(week=IsoWeek.of(NOW.date()), now=NOW)
    other = make_client(owner=cast.bob, name="Duval")
    Interaction.objects.create(
        client=other, kind="note", happened_at=NOW, summary="Knows Zoé Ardent (zoe@mail.example)"
    )
    for name, content in FILES.items():
        default_storage.save(name, ContentFile(content))


def rows_that_sing(signs: list[str]) -> list[str]:
    """Tables whose rows hold one of the signs, as bytes of the row."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            text = "\n".join(map(str, cursor.fetchall()))
            found += [f"{model._meta.label}: {sign}" for sign in signs if sign.casefold() in text.casefold()]
    return found


def totals() -> dict[str, Any]:
    """Sums by day, by segment and of the owners' minutes, over everybody."""
    segments = apps.get_model("segmentation.ClientSegment").objects.order_by("segment")
    return {
        "days": list(ClientDay.objects.order_by("day").values_list("day").annotate(Sum("rev"), Sum("cost"), Sum("orders"))),
        "segments": list(segments.values_list("segment").annotate(Count("pk"), Sum("revenue_cents"))),
        "minutes": Interaction.objects.aggregate(Sum("minutes"), Count("pk")),
        "lists": ListLine.objects.aggregate(Sum("value_cents"), Count("pk")),
    }  # fmt: skip


def erase(ref: str, by: Any = None) -> dict[str, int]:
    record = find_record(ref)
    assert record is not None
    return erase_subject(subject=subject_of(record), by=by, now=NOW)


def test_nothing_names_a_private_client_and_sums_stay(
    cast: Cast, django_capture_on_commit_callbacks: Any, tmp_path: Path
) -> None:
    survivor, loser = make_twins(cast)
    merge(survivor, loser, cast)
    survivor.refresh_from_db()
    tell_everywhere(survivor, cast)
    assert {sing.split(":")[0] for sing in rows_that_sing(SIGNS)} >= {
        "clients.Client", "clients.Person", "clients.Interaction", "clients.Task", "clients.Change", "jobs.OutMail",
    }  # fmt: skip
    before = totals()
    with django_capture_on_commit_callbacks(execute=True):
        erase("L1", by=cast.anne)
    assert rows_that_sing(SIGNS) == []
    assert totals() == before
    for client in Client.objects.filter(pk__in=[survivor.pk, loser.pk]):
        assert (client.state, client.name, client.ref[:7], client.owner) == (
            ClientState.ERASED,
            "",
            "erased-",
            None,
        )
    assert [ref for ref in Order.objects.values_list("ref", flat=True) if not ref.startswith("erased-")] == []
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["erasures.jsonl", "files/imports/kept.csv"]
    assert "ardent" not in (tmp_path / "erasures.jsonl").read_text().lower()
    assert list(Trail.objects.values_list("act", "subject", "record_id", "by")) == [
        ("erased", "client", survivor.pk, cast.anne.pk)
    ]


def test_a_night_after_the_erasure_counts_the_shell(cast: Cast) -> None:
    survivor, _ = make_twins(cast)
    recompute_kinetics(as_of=AS_OF, now=NOW)
    sums = classify_clients(as_of=AS_OF, now=NOW).counts
    erase("S1")
    assert classify_clients(as_of=AS_OF, now=NOW).counts == sums
    assert survivor.days.count() == 2


def test_a_person_of_a_company_goes_alone(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    company = make_client(owner=cast.alice, name="Duval SA", ref="C1", postcode="62300")
    zoe = Person.objects.create(
        client=company,
        ref="P1",
        first_name="Zoé",
        last_name="Ardent",
        email="zoe@mail.example",
        phone="03 21 00 00 01",
    )
    max_ = Person.objects.create(client=company, ref="P2", first_name="Max", last_name="Duval")
    for person in (zoe, max_):
        Interaction.objects.create(
            client=company,
            person=person,
            kind="call",
            happened_at=NOW,
            minutes=5,
            summary="Zoé Ardent rings back",
        )
    record_change(zoe, before=None, by=cast.alice, at=NOW, client=company)
    with django_capture_on_commit_callbacks(execute=True):
        erase("P1")
    assert rows_that_sing(SIGNS) == []
    company.refresh_from_db()
    assert (company.name, company.state, company.ref) == ("Duval SA", ClientState.ACTIVE, "C1")
    talks = company.interactions.order_by("pk").values_list("summary", "minutes", "person__ref")
    assert list(talks) == [("[…]", 5, None), ("[…] rings back", 5, "P2")]
    assert find_record("P1") is None


def test_a_namesake_keeps_the_name(cast: Cast) -> None:
    make_twins(cast)
    namesake = make_client(
        owner=cast.bob, ref="N1", name="Zoé Ardent", kind=ClientKind.PERSON.value, email="other@mail.example"
    )
    erase("S1")
    namesake.refresh_from_db()
    assert (namesake.name, namesake.email, namesake.state) == ("Zoé Ardent", "other@mail.example", "active")


def test_no_file_brings_the_erased_back(cast: Cast, tmp_path: Path) -> None:
    make_twins(cast)
    erase("L1")
    result = import_text(tmp_path, "client,client_name,order,day,amount\nL1,Zoé Ardent,O9,2026-01-05,10\n")
    assert (result["accepted"], result["rejected"]) == (0, {"erased": 1})
    assert not Client.objects.filter(ref="L1").exists()


def test_pages_of_the_erased_are_not_found(cast: Cast, browser_of: Any) -> None:
    survivor, loser = make_twins(cast)
    merge(survivor, loser, cast)
    erase("S1")
    for user in (cast.alice, cast.anne, cast.diane, cast.oscar):
        browser = browser_of(user)
        for pk in (survivor.pk, loser.pk):
            for address in (
                reverse("clients:detail", args=[pk]),
                reverse("clients:more", args=[pk]),
                reverse("clients:privacy", args=["client", pk]),
            ):
                assert browser.get(address).status_code == 404


def test_a_restored_backup_is_erased_again(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    survivor, _ = make_twins(cast)
    backup = Client.objects.filter(pk=survivor.pk).values().get()
    person = Person.objects.filter(client=survivor, is_client=True).values().get()
    with django_capture_on_commit_callbacks(execute=True):
        erase("S1")
    # What a restore does: the rows are back, the database knows of no erasure.
    Client.objects.filter(pk=survivor.pk).update(**{name: backup[name] for name in backup if name != "id"})
    Person.objects.create(**person)
    Suppression.objects.all().delete()
    Erasure.objects.all().delete()
    reused = make_client(owner=cast.alice, ref="NEW", name="Somebody new")
    ledger.path().open("a").write(json.dumps(ledger.read()[0] | {"record": reused.pk}) + "\n{cut")
    with django_capture_on_commit_callbacks(execute=True):
        result = replay_erasures(now=NOW + timedelta(days=1))
    assert result == {"known": 2, "erased_again": 1, "written_to_ledger": 0}
    assert [sing for sing in rows_that_sing(["Zoé Ardent"]) if sing.startswith("clients.Client:")] == []
    assert (Client.objects.get(pk=survivor.pk).state, Client.objects.get(pk=reused.pk).state) == (
        "erased",
        "active",
    )
    assert Suppression.objects.count() == len(ledger.read()[0]["marks"])
    assert replay_erasures(now=NOW + timedelta(days=1))["erased_again"] == 0


def test_commands(cast: Cast, capsys: Any, tmp_path: Path) -> None:
    make_twins(cast)
    make_client(ref="FIRM")
    call_command("export_person", "S1", "--to", str(tmp_path / "zoe.zip"), "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["subject"], told["rows"]["interactions"], told["rows"]["orders"]) == ("client", 1, 3)
    call_command("erase_person", "S1", "--json")
    assert json.loads(capsys.readouterr().out)["erased"]["clients"] == 1
    for ref in ("S1", "FIRM", "NOBODY"):
        with pytest.raises(CommandError):
            call_command("erase_person", ref, "--json")
    assert tmp_path == django_settings.DATA_DIR


def test_the_page_asks_for_the_name(cast: Cast, browser_of: Any) -> None:
    survivor, _ = make_twins(cast)
    address = reverse("clients:erase", args=["client", survivor.pk])
    assert browser_of(cast.alice).get(address).status_code == 404
    manager = browser_of(cast.anne)
    assert manager.post(address, {"name": "Zoe"}).status_code == 422
    assert Client.objects.get(pk=survivor.pk).state == "active"
    assert manager.post(address, {"name": "zoé ardent"}).status_code == 302
    assert Client.objects.get(pk=survivor.pk).state == "erased"


def test_a_mail_already_written_forgets_too(cast: Cast) -> None:
    survivor, _ = make_twins(cast)
    tell_everywhere(survivor, cast)
    erase("S1")
    erase("L1")
    mail = OutMail.objects.get(recipient=cast.alice)
    assert [
        sign for sign in SIGNS if sign.casefold() in (mail.subject + mail.text + mail.html).casefold()
    ] == []
