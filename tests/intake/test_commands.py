"""``import_records`` and ``undo_import`` from the command line."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from clients.models import Client
from intake.models import RecordImport
from tests.conftest import Cast
from tests.factories.records import make_client
from tests.intake.helpers import stored

FILE = "Code;Nom;Ville;Depuis\nC1;Écluse;Paris;25/03/2024\n;Nobody;;\nC2;Two;Lens;\n"
MAP = "ref=Code,name=Nom,city=Ville,observed_from=Depuis"
pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "clients.csv"
    path.write_text(FILE, "utf-8")
    return path


def called(*arguments: Any) -> dict[str, Any]:
    out = StringIO()
    call_command(*map(str, arguments), "--json", stdout=out)
    return json.loads(out.getvalue())  # type: ignore[no-any-return]


def test_a_file_is_imported_as_its_columns_are_said(cast: Cast, file: Path) -> None:
    told = called("import_records", "clients", file, "--map", MAP, "--owner", "bob@example.org")
    assert (told["read"], told["created"], told["rejected"]) == (3, 2, {"missing": 1})
    assert list(Client.objects.order_by("ref").values_list("ref", "name", "owner__name", "city")) == [
        ("C1", "Écluse", "Bob", "Paris"),
        ("C2", "Two", "Bob", "Lens"),
    ]
    record = RecordImport.objects.get(pk=told["id"])
    assert (record.state, record.kind, record.mode, record.source) == (
        "done",
        "clients",
        "upsert",
        "clients.csv",
    )
    before = stored()
    again = called("import_records", "clients", file, "--map", MAP)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    assert stored() == before


def test_columns_are_known_by_their_names_without_being_said(db: None, file: Path) -> None:
    file.write_text("ref,name\nC1,One\n", "utf-8")
    assert called("import_records", "clients", file)["created"] == 1


@pytest.mark.parametrize(
    ("mode", "refs", "rejected"),
    [
        ("create", {("C1", "Old"), ("C2", "Two")}, {"missing": 1}),
        ("update", {("C1", "Écluse")}, {"missing": 1, "no_such_record": 1}),
        ("upsert", {("C1", "Écluse"), ("C2", "Two")}, {"missing": 1}),
    ],
)
def test_the_mode_is_said(
    db: None, file: Path, mode: str, refs: set[tuple[str, str]], rejected: dict[str, int]
) -> None:
    make_client(ref="C1", name="Old")
    told = called("import_records", "clients", file, "--map", MAP, "--mode", mode)
    assert told["rejected"] == rejected
    assert set(Client.objects.values_list("ref", "name")) == refs


def test_a_dry_run_tells_all_and_writes_nothing(db: None, file: Path) -> None:
    before = stored()
    told = called("import_records", "clients", file, "--map", MAP, "--dry-run")
    assert (told["created"], told["rejected"], told["batch"]) == (2, {"missing": 1}, None)
    assert stored() == before
    assert RecordImport.objects.get().state == "tried"
    with pytest.raises(CommandError, match="not_done"):
        called("undo_import", told["id"])


def test_an_import_is_undone_once(db: None, file: Path) -> None:
    make_client(ref="C1", name="Old", city="Lille")
    before = stored()
    told = called("import_records", "clients", file, "--map", MAP)
    assert stored() != before
    undone = called("undo_import", told["id"])
    assert (undone["id"], undone["restored"], undone["deleted"]) == (told["id"], 1, 1)
    assert stored() == before
    with pytest.raises(CommandError, match=r"undone already\. \[undone\]"):
        called("undo_import", told["id"])


def test_what_stands_in_the_way_of_undoing_is_listed(db: None, file: Path) -> None:
    told = called("import_records", "clients", file, "--map", MAP)
    Client.objects.filter(ref="C2").update(name="Changed since")
    before = stored()
    with pytest.raises(CommandError, match=r"1 clients\.client changed \(Changed since\) \[obstacles\]"):
        called("undo_import", told["id"])
    assert stored() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--map", "ref=Code,colour=Nom"), "colour"),
        (("--map", "name=Nom"), "columns_unmapped"),
        (("--map", "ref=Nope,name=Nom"), "columns_missing"),
        (("--map", MAP, "--owner", "nobody@example.org"), "nobody@example.org"),
        (("--mapping", "shopify_products"), "shopify_products is no mapping of clients"),
        (("--map", MAP, "--date-format", "%H"), "date_format"),
    ],
)
def test_a_refusal_is_an_error_and_leaves_nothing(
    db: None, file: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = stored()
    with pytest.raises(CommandError, match=said):
        called("import_records", "clients", file, *arguments)
    assert stored() == before
    assert not RecordImport.objects.exists()


def test_absent_files_and_imports_are_said(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        called("import_records", "clients", tmp_path / "none.csv")
    with pytest.raises(CommandError, match=r"There is no import 4711\."):
        called("undo_import", 4711)
