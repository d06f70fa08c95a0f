"""What a list exports as complete records comes back through the import unchanged."""

import csv
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from openpyxl import load_workbook

from clients.models import Client, Interaction, Person, Tag
from intake.models import RecordImport
from jobs.services import run
from tests.conftest import Cast
from tests.factories.records import make_client
from tests.intake.helpers import stored

LISTS = ("clients", "people", "interactions")
MODELS: dict[str, Any] = {"clients": Client, "people": Person, "interactions": Interaction}
UNTOLD = frozenset({"id", "created_at", "updated_at", "search_text"})
pytestmark = pytest.mark.django_db


@pytest.fixture
def portfolio(cast: Cast) -> Cast:
    """Records whose values are easily lost: formula signs, accents, leading zeros, quotes, line breaks."""
    mother = make_client(
        ref="=1+1", name="=SUM(A1:A9)", owner=cast.alice, kind="company", street="-12 rue de l’Écluse; bât. \"B\"",
        postcode="01000", city="Œuilly-sur-Loire", country="@home", email="+a@mail.example", phone="+33 1 02 03 04 05",
        language="fr", registration_number="00123456789", website="https://écluse.example/a?b=c&d=%20",
        observed_from=date(2024, 2, 29),
    )  # fmt: skip
    mother.tags.set([Tag.objects.create(name=name) for name in ("=clé", "été", "'t Hof")])
    make_client(
        ref="0007", name='-Nord, "Sud"', owner=cast.bob, parent=mother, postcode="00001", language="en"
    )
    make_client(
        ref="@x", name="'=quoted", owner=cast.alice, phone="(02) 03-04.05", observed_from=date(1970, 1, 1)
    )
    make_client(ref="1e5", name="+Plus", owner=cast.carl, city="東京", email="A.B@mail.example")
    alone = make_client(ref="2026-01-02", name="Nora O'Neil-Ümlaut", owner=cast.anne, kind="person")
    Person.objects.create(
        client=alone,
        is_client=True,
        first_name="Nora",
        last_name="O'Neil-Ümlaut",
        legal_basis="contract",
        source="fair",
    )
    karim = Person.objects.create(
        client=mother, ref="00042", first_name="=Karim", last_name="-Vasseur", job_title="@Achats", role="decides",
        is_decision_maker=True, email="karim@mail.example", phone="+33 6 00 00 00 00", language="fr",
        legal_basis="consent", source="+Salon; \"2024\"", last_contact_on=date(2026, 11, 1), left_on=date(2100, 12, 31),
    )  # fmt: skip
    Person.objects.create(
        client=mother,
        first_name="Ida",
        last_name="Lund",
        email="ida@mail.example",
        language="en",
        source="fair",
    )
    Person.objects.create(
        client=mother, last_name="Solo", role="uses", language="en", source="web", legal_basis="contract"
    )
    for number, (summary, who) in enumerate(
        (('=1+1\n-two\n\nthree; "four"', karim), ("Écrit à l’été", None))
    ):
        Interaction.objects.create(
            client=mother, person=who, by=cast.bob, ref="" or (None if number else "0001"), kind="call", minutes=7 * number,
            summary=summary, next_step="@next, please", happened_at=datetime(2026, 7, 14, 23, 59, number, tzinfo=UTC),
        )  # fmt: skip
    return cast


def browser_in(language: str, browser_of: Any, user: Any) -> Browser:
    user.language = language
    user.save(update_fields=["language"])
    return browser_of(user)  # type: ignore[no-any-return]


def exported(browser: Browser, key: str, file_format: str) -> bytes:
    answer: Any = browser.post(reverse("clients:export", args=[key]), {"as": f"{file_format}-record"})
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def imported(browser: Browser, kind: str, content: bytes, name: str) -> RecordImport:
    """Through the pages, with the columns and rules that they suggest."""
    file = SimpleUploadedFile(name, content)
    uploaded = browser.post(reverse("intake:imports"), {"kind": kind, "file": file})
    assert uploaded.status_code == 302, uploaded.context["form"].errors
    record = RecordImport.objects.latest("pk")
    columns = reverse("intake:import_columns", args=[record.pk])
    form = browser.get(columns).context["form"]
    said = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    assert browser.post(columns, said).status_code == 302
    browser.post(
        reverse("intake:import_confirm", args=[record.pk]),
        {"mode": "upsert", "legal_basis": "contract", "source": "round trip"},
    )
    record.refresh_from_db()
    assert record.job is not None
    run(record.job.pk)
    record.refresh_from_db()
    return record


def values(model: Any) -> list[tuple[Any, ...]]:
    names = sorted(field.attname for field in model._meta.concrete_fields if field.attname not in UNTOLD)
    return sorted(model.objects.values_list(*names), key=repr)


def tags() -> list[tuple[str, str]]:
    return sorted(Client.objects.exclude(tags=None).values_list("ref", "tags__name"))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("key", LISTS)
def test_what_was_exported_changes_nothing(
    portfolio: Cast, browser_of: Any, key: str, file_format: str, language: str
) -> None:
    browser = browser_in(language, browser_of, portfolio.diane)
    content = exported(browser, key, file_format)
    before, count = stored(), MODELS[key].objects.count()
    record = imported(browser, key, content, f"export.{file_format}")
    assert (record.state, record.counts.get("rejected")) == ("done", {}), record.problem
    kept = {name: record.counts[name] for name in ("read", "created", "updated", "unchanged")}
    assert kept == {"read": count, "created": 0, "updated": 0, "unchanged": count}
    assert stored() == before


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("key", LISTS)
def test_what_was_altered_or_deleted_since_comes_back(
    portfolio: Cast, browser_of: Any, key: str, file_format: str, language: str
) -> None:
    browser = browser_in(language, browser_of, portfolio.diane)
    content = exported(browser, key, file_format)
    model = MODELS[key]
    before, tied = values(model), tags()
    alter(key)
    assert values(model) != before
    record = imported(browser, key, content, f"export.{file_format}")
    assert (record.state, record.counts.get("rejected")) == ("done", {}), record.problem
    assert (values(model), tags()) == (before, tied)
    if file_format == "csv":
        assert exported(browser, key, "csv") == content


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_private_person_who_was_deleted_comes_back_in_two_halves(
    portfolio: Cast, browser_of: Any, file_format: str
) -> None:
    browser = browser_in("en", browser_of, portfolio.diane)
    content = exported(browser, "clients", file_format)
    Client.objects.get(ref="2026-01-02").delete()
    imported(browser, "clients", content, f"export.{file_format}")
    person = Person.objects.get(client__ref="2026-01-02")
    assert (person.first_name, person.last_name, person.is_client) == ("Nora", "O'Neil-Ümlaut", True)


def alter(key: str) -> None:
    if key == "clients":
        Client.objects.filter(ref="=1+1").update(
            name="A", street="B", postcode="1000", city="C", country="D", email="x@mail.example", phone="123456",
            registration_number="1", website="https://x.example", observed_from=date(2020, 1, 1), language="en",
        )  # fmt: skip
        Client.objects.get(ref="=1+1").tags.remove(Tag.objects.get(name="=clé"))
        Client.objects.filter(ref="0007").update(name="Z", parent=None, owner=None, team=None)
        return
    if key == "people":
        Person.objects.filter(ref="00042").update(
            first_name="A", last_name="B", job_title="", role="uses", is_decision_maker=False, email="",
            phone="", language="en", legal_basis="contract", source="", last_contact_on=None, left_on=date(2020, 1, 1),
        )  # fmt: skip
        return
    Interaction.objects.filter(ref="0001").update(
        person=None,
        by=None,
        kind="visit",
        minutes=3,
        summary="S",
        next_step="",
        happened_at=datetime(2020, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_deleted_clients_and_people_are_made_again(
    portfolio: Cast, browser_of: Any, file_format: str
) -> None:
    browser = browser_in("en", browser_of, portfolio.diane)
    before = {key: exported(browser, key, "csv") for key in LISTS}
    files = {key: exported(browser, key, file_format) for key in LISTS}
    for model in (Interaction, Person):
        model.objects.all().delete()
    Client.objects.update(parent=None)
    Client.objects.all().delete()
    for key in LISTS:
        record = imported(browser, key, files[key], f"export.{file_format}")
        assert (record.state, record.counts["rejected"]) == ("done", {})
    assert Person.objects.filter(is_client=True).count() == 1
    lost = set(before["people"].splitlines()) - set(exported(browser, "people", "csv").splitlines())
    assert lost == set()
    assert exported(browser, "clients", "csv") == before["clients"]
    assert exported(browser, "interactions", "csv") == before["interactions"]


def test_formulas_are_disarmed_in_the_file_alone(portfolio: Cast, browser_of: Any) -> None:
    browser = browser_in("en", browser_of, portfolio.diane)
    text = exported(browser, "clients", "csv").decode("utf-8-sig")
    rows = {row["ref"]: row for row in csv.DictReader(StringIO(text))}
    assert (rows["'=1+1"]["name"], rows["'=1+1"]["phone"]) == ("'=SUM(A1:A9)", "'+33 1 02 03 04 05")
    book = load_workbook(BytesIO(exported(browser, "clients", "xlsx")))
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {
        "inlineStr",
        "s",
        "d",
        "n",
        "b",
    }
