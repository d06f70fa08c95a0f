"""What imports keep of a person: handed out with everything else, and gone after an erasure."""

from pathlib import Path
from typing import Any

import pytest

from clients.models import Client, Person
from clients.personal.erasing import erase_subject
from clients.personal.export import sections_of
from clients.personal.sources import Subject, subject_of
from intake.imports import path_of
from intake.models import KeptRow, RecordImport
from intake.rules import Kind
from intake.undoing import CannotUndo, undo_import
from tests.conftest import Cast
from tests.factories.records import make_client, make_interaction
from tests.intake.helpers import NOW, import_text, make_import

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora(cast: Cast, settings: Any, tmp_path: Path) -> Client:
    files = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = settings.STORAGES | {"default": files}
    settings.DATA_DIR = tmp_path
    client = make_client(
        ref="NORA-1", name="Nora Delattre", kind="person", email="nora@mail.example", owner=cast.alice
    )
    Person.objects.create(
        client=client, first_name="Nora", last_name="Delattre", email=client.email, is_client=True
    )
    return client


def keep(body: str, rejects: str = "", name: str = "f.csv") -> RecordImport:
    """An import whose files are still here."""
    record = make_import(Kind.CLIENTS)
    for field, text in (("stored_as", body), ("rejects_stored_as", rejects)):
        if text:
            stored = f"imports/{field}-{record.pk}.csv"
            path_of(stored).parent.mkdir(parents=True, exist_ok=True)
            path_of(stored).write_text(text)
            setattr(record, field, stored)
    record.file_name = name
    record.save()
    return record


FILES = {
    "by mail": "client,email\nX,NORA@mail.example\nY,other@mail.example\n",
    "by reference": "client,amount\nOther,2\nNORA-1,5\n",
    "by both names apart": "last_name,job,first_name\nDelattre,Chef,Nora\nDelattre,Chef,Ida\n",
    "by name": "who,what\nDelattre Nora,call\nNora Delahaye,call\n",
}  # fmt: skip


def rows_of(subject: Subject) -> dict[str, list[list[Any]]]:
    return {section.key: section.rows for section in sections_of(subject)}


@pytest.mark.parametrize("how", FILES)
def test_rows_of_files_are_handed_out_and_go(
    nora: Client, how: str, django_capture_on_commit_callbacks: Any
) -> None:
    mine, others = keep(FILES[how]), keep("client,email\nNORA-10,nora2@mail.example\nX,Nora Delatt\n")
    (row,) = rows_of(subject_of(nora))["import_files"]
    assert (row[0], row[1], FILES[how].split("\n")[row[2] - 1].split(",")) == (
        "f.csv",
        False,
        row[3].split(" · "),
    )

    with django_capture_on_commit_callbacks(execute=True):
        erase_subject(subject=subject_of(nora), by=None, now=NOW)

    mine.refresh_from_db()
    others.refresh_from_db()
    assert (mine.stored_as, path_of(f"imports/stored_as-{mine.pk}.csv").exists()) == ("", False)
    assert path_of(others.stored_as).exists()


def test_rows_left_out_are_found_too(nora: Client, django_capture_on_commit_callbacks: Any) -> None:
    text = "Line,Code,Field,Reason,ref,first,last\n3,missing,,A value is missing.,,Nora,Delattre\n"
    record = keep("a,b\nc,d\n", text)
    assert [row[1] for row in rows_of(subject_of(nora))["import_files"]] == [True]
    with django_capture_on_commit_callbacks(execute=True):
        erase_subject(subject=subject_of(nora), by=None, now=NOW)
    record.refresh_from_db()
    assert (record.rejects_stored_as, path_of(record.stored_as).exists()) == ("", True)


def test_former_rows_are_handed_out_and_go_and_undoing_is_refused(
    nora: Client, cast: Cast, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    talk = make_interaction(nora, ref="T1", summary="Allergic to nuts")
    clients = import_text(tmp_path, Kind.CLIENTS, "ref,city,phone\nNORA-1,Lens,+33 1 02 03 04 05\n")["import"]
    talks = import_text(
        tmp_path, Kind.INTERACTIONS, "client,kind,happened_at,summary,ref\nNORA-1,call,2026-11-03,Quiet,T1\n"
    )["import"]
    kept = rows_of(subject_of(nora))["before_imports"]
    assert {row[1] for row in kept} == {"clients.client", "clients.person", "clients.interaction"}
    assert "Allergic to nuts" in str(kept)

    with django_capture_on_commit_callbacks(execute=True):
        erase_subject(subject=subject_of(nora), by=None, now=NOW)

    assert set(KeptRow.objects.exclude(before="").values_list("before", flat=True)) == {"{}"}
    for record in (clients, talks):
        with pytest.raises(CannotUndo) as refused:
            undo_import(record_import=record, user=None, now=NOW)
        assert refused.value.code == "obstacles"
    talk.refresh_from_db()
    assert "Allergic" not in talk.summary


def test_one_of_a_companys_people_takes_no_row_of_the_company_along(
    nora: Client, cast: Cast, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    company = make_client(ref="CO", name="Laiterie", owner=cast.alice)
    person = Person.objects.create(
        client=company, first_name="Karim", last_name="Vasseur", email="k@mail.example"
    )
    import_text(tmp_path, Kind.CLIENTS, "ref,city\nCO,Lens\n")
    import_text(tmp_path, Kind.PEOPLE, "client,email,job_title\nCO,k@mail.example,Chef\n")
    file = keep("client,amount\nCO,5\n")
    subject = subject_of(person)
    assert [row[1] for row in rows_of(subject)["before_imports"]] == ["clients.person"]
    with django_capture_on_commit_callbacks(execute=True):
        erase_subject(subject=subject, by=None, now=NOW)
    assert {row.model: row.before == "{}" for row in KeptRow.objects.exclude(before="")} == {
        "clients.client": False, "clients.person": True,
    }  # fmt: skip
    assert path_of(file.stored_as).exists()
