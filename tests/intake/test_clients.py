"""Files of clients: created, updated, skipped, rejected with their reasons."""

from pathlib import Path

import pytest

from clients.models import Change, Client, Person
from clients.rules import ClientState
from intake.rules import Kind, Mode
from tests.conftest import Cast
from tests.factories.records import make_client
from tests.intake.helpers import NOW, import_text, stored

FULL = (
    "ref,name,kind,first_name,last_name,owner,city,email,phone,website,parent,tags,observed_from\n"
    'C1,Écluse SA,company,,,alice@example.org,Paris,a@ecluse.example,+33 1 02 03 04 05,ecluse.example,,"a, b",2024-02-29\n'
    "C2,Écluse Nord,Société,,,Bob,Lille,,,,C1,b,\n"
    "C3,,person,Nora,Delattre,,Lens,nora@mail.example,,,,,\n"
)
pytestmark = pytest.mark.django_db


def test_clients_are_created_with_all_that_the_file_says(cast: Cast, tmp_path: Path) -> None:
    result = import_text(tmp_path, Kind.CLIENTS, FULL, user=cast.anne, owner=cast.anne)
    assert (result["read"], result["created"], result["rejected"]) == (3, 3, {})
    first, second, third = Client.objects.order_by("ref")
    assert (first.name, first.kind, first.city, first.website) == (
        "Écluse SA",
        "company",
        "Paris",
        "https://ecluse.example",
    )
    assert (first.owner, first.team, str(first.observed_from)) == (cast.alice, cast.paris, "2024-02-29")
    assert sorted(first.tags.values_list("name", flat=True)) == ["a", "b"]
    assert (second.parent, second.owner, second.kind) == (first, cast.bob, "company")
    assert (third.name, third.owner, third.created_at) == ("Nora Delattre", cast.anne, NOW)
    assert [one.search_text for one in (first, second, third)] == [
        one.make_search_text() for one in (first, second, third)
    ]
    person = Person.objects.get()
    assert (person.client, person.is_client, person.name, person.email) == (
        third,
        True,
        "Nora Delattre",
        third.email,
    )
    assert (person.legal_basis, person.source) == ("contract", "test")
    for record in (first, second, third, person):
        record.full_clean()


def test_a_second_import_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    import_text(tmp_path, Kind.CLIENTS, FULL, owner=cast.anne)
    before = stored()
    again = import_text(tmp_path, Kind.CLIENTS, FULL, owner=cast.anne)
    assert (again["created"], again["updated"], again["unchanged"], again["rejected"]) == (0, 0, 3, {})
    assert stored() == before


def test_an_update_touches_what_differs_and_an_empty_cell_nothing(db: None, tmp_path: Path) -> None:
    client = make_client(ref="C1", name="Old", city="Lens", email="old@mail.example")
    import_text(tmp_path, Kind.CLIENTS, "ref,name,city,email\nC1,New,,\n")
    client.refresh_from_db()
    assert (client.name, client.city, client.email, client.updated_at) == (
        "New",
        "Lens",
        "old@mail.example",
        NOW,
    )
    assert client.search_text == client.make_search_text()
    change = Change.objects.get(client=client)
    assert (change.act, change.before, change.after) == ("updated", {"name": "Old"}, {"name": "New"})


@pytest.mark.parametrize(
    ("mode", "counts", "rejected"),
    [
        (Mode.UPSERT, (1, 1, 0), {}),
        (Mode.CREATE, (1, 0, 1), {}),
        (Mode.UPDATE, (0, 1, 0), {"no_such_record": 1}),
    ],
)
def test_the_mode_says_what_becomes_of_known_and_new(
    db: None, tmp_path: Path, mode: Mode, counts: tuple[int, int, int], rejected: dict[str, int]
) -> None:
    make_client(ref="old", name="Old")
    result = import_text(tmp_path, Kind.CLIENTS, "ref,name\nold,Changed\nnew,New\n", mode=mode)
    assert (result["created"], result["updated"], result.get("skipped", 0)) == counts
    assert result["rejected"] == rejected


def test_a_dry_run_writes_nothing_and_tells_all(cast: Cast, tmp_path: Path) -> None:
    before = stored()
    result = import_text(tmp_path, Kind.CLIENTS, FULL, dry_run=True)
    assert (result["created"], result["batch"]) == (3, None)
    assert stored() == before


def test_a_manager_reaches_the_teams_clients_alone(cast: Cast, tmp_path: Path) -> None:
    mine = make_client(ref="mine", name="A", owner=cast.bob)
    foreign = make_client(ref="foreign", name="Secret", owner=cast.carl)
    body = (
        "ref,name,owner,parent\nmine,B,,\nforeign,X,,\nnew,N,carl@example.org,\nnew2,N,,foreign\nnew3,N,,\n"
    )
    result = import_text(tmp_path, Kind.CLIENTS, body, user=cast.anne, owner=cast.anne)
    assert result["rejected"] == {"not_yours": 1, "owner_unknown": 1, "parent_unknown": 1}
    mine.refresh_from_db()
    foreign.refresh_from_db()
    assert (mine.name, foreign.name) == ("B", "Secret")
    assert set(Client.objects.values_list("ref", flat=True)) == {"mine", "foreign", "new3"}


def test_who_updates_cannot_tell_a_foreign_client_from_an_absent_one(cast: Cast, tmp_path: Path) -> None:
    make_client(ref="foreign", owner=cast.carl)
    result = import_text(
        tmp_path,
        Kind.CLIENTS,
        "ref,name\nforeign,X\nabsent,X\n",
        mode=Mode.UPDATE,
        user=cast.anne,
        owner=cast.anne,
    )
    lines = Path(result["rejects_file"]).read_text("utf-8-sig").splitlines()[1:]
    assert {line.split(",", 1)[1].replace("foreign", "R").replace("absent", "R") for line in lines} == {
        "no_such_record,,There is no such record among yours to update.,R,X"
    }


def test_merged_clients_are_updated_where_they_live_on_and_erased_ones_refused(
    db: None, tmp_path: Path
) -> None:
    survivor = make_client(ref="survivor", name="A")
    make_client(ref="merged", name="M", state=ClientState.MERGED.value, merged_into=survivor)
    make_client(ref="gone", name="G", state=ClientState.ERASED.value)
    result = import_text(tmp_path, Kind.CLIENTS, "ref,name\nmerged,B\ngone,X\n")
    survivor.refresh_from_db()
    assert (survivor.name, survivor.ref, result["rejected"]) == ("B", "survivor", {"erased": 1})
    twice = import_text(tmp_path, Kind.CLIENTS, "ref,name\nmerged,C\nsurvivor,D\n")
    assert twice["rejected"] == {"twice_in_file": 1}


@pytest.mark.parametrize(
    ("cells", "field", "code"),
    [
        ("C9,N,x@ex\u0430mple.org,,,,", "E-mail", "email_letters"),
        ("C9,N,not an address,,,,", "E-mail", "not_an_email"),
        ("C9,N,,call me,,,", "Phone", "not_a_phone"),
        ("C9,N,,,http://,,", "Website", "not_a_url"),
        ("C9,N,,,,club,", "Kind", "not_a_choice"),
        ("C9,N,,,,,klingon", "Language", "not_a_choice"),
        ("=1+1,N,,,,,", "Client reference", "formula"),
        (",N,,,,,", "Client reference", "missing"),
        ("C9,,,,,,", "Name", "missing"),
        ("C9," + "n" * 201 + ",,,,,", "Name", "too_long"),
        ("C9," + "n" * 101 + ",,,,person,", "Name", "too_long"),
        ("C" * 65 + ",N,,,,,", "Client reference", "too_long"),
    ],
)
def test_each_bad_cell_is_named_with_its_line_and_reason(
    db: None, tmp_path: Path, cells: str, field: str, code: str
) -> None:
    body = f"ref,name,email,phone,website,kind,language\nC1,A,,,,,\n{cells}\nC2,B,,,,,\n"
    result = import_text(tmp_path, Kind.CLIENTS, body)
    assert (result["created"], result["rejected"]) == (2, {code: 1})
    line = Path(result["rejects_file"]).read_text("utf-8-sig").splitlines()[1]
    assert line.split(",")[:3] == ["3", code, field]


def test_parents_that_go_round_in_a_circle_are_rejected(db: None, tmp_path: Path) -> None:
    result = import_text(tmp_path, Kind.CLIENTS, "ref,name,parent\nA,A,B\nB,B,C\nC,C,A\nD,D,D\nE,E,A\n")
    assert result["rejected"] == {"parent_circle": 2, "parent_unknown": 3}
    assert Client.objects.count() == 0
