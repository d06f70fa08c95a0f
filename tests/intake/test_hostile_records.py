"""Every file of the corpus gets its verdict on both databases; nothing is ever half-written."""

import csv
from datetime import UTC, date
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from clients.models import Client, Person
from clients.rules import ClientState
from common.reading.conventions import Conventions, guess_columns
from common.reading.refusals import FileRefused
from intake.fields import Reading
from intake.kinds import RECORD_KINDS
from intake.reading import RowReader
from intake.rules import Code, Kind
from sales.models import Product
from tests.factories.records import make_client, make_order
from tests.intake.corpus import CORPUS, HEADERS, Case
from tests.intake.helpers import TODAY, import_text, stored


@pytest.fixture
def world(db: None) -> None:
    """What the good rows of the corpus rest on, and what some of the bad ones trip over."""
    for mail, name, active in (("t1", "Twin", True), ("t2", "Twin", True), ("gone", "Gone", False)):
        User.objects.create_user(f"{mail}@example.org", "correct horse battery", name=name, is_active=active)
    first = make_client(ref="A", name="A")
    make_client(ref="B", name="B")
    make_client(ref="GONE", name="", state=ClientState.ERASED.value)
    Person.objects.create(client=first, ref="P1", last_name="Vasseur")
    for number in range(2):
        Person.objects.create(client=first, last_name=f"Twin {number}", email="twin@mail.example")
    product = Product.objects.create(ref="K1", name="K1")
    Product.objects.create(ref="K2", name="K2")
    order = make_order(first, date(2024, 3, 1), 1000, 2000, product=product)
    order.ref = "O1"
    order.save()


def columns_of(case: Case) -> dict[str, str]:
    usual = RECORD_KINDS[case.kind].usual_names()
    return case.columns or guess_columns(HEADERS[case.kind].split(","), usual)


def rejected_rows(result: dict[str, Any]) -> list[tuple[int, str, str]]:
    if not result["rejects_file"]:
        return []
    # The limit belongs to the whole process: the reader under test keeps the usual one.
    usual = csv.field_size_limit(1_000_000)
    try:
        with Path(result["rejects_file"]).open(encoding="utf-8-sig", newline="") as file:
            return sorted((int(row[0]), row[1], row[2]) for row in list(csv.reader(file))[1:])
    finally:
        csv.field_size_limit(usual)


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: f"{case.kind}-{case.name}")
def test_each_file_gets_its_verdict(case: Case, world: None, tmp_path: Path) -> None:
    before = stored()
    content, columns = case.content(), columns_of(case)
    if case.refused:
        with pytest.raises(FileRefused) as refusal:
            import_text(tmp_path, case.kind, content, name=case.file_name, columns=columns)
        assert refusal.value.code in case.refused.split("|")
        with override("en"):
            assert str(refusal.value).endswith((".", ")"))
        assert stored() == before
        return
    result = import_text(tmp_path, case.kind, content, name=case.file_name, columns=columns)
    found = rejected_rows(result)
    assert [
        (line, code in known.split("|"), field)
        for (line, code, field), (_, known, _f) in zip(found, case.rejected, strict=False)
    ] == [(line, True, field) for line, _code, field in case.rejected], found
    assert len(found) == len(case.rejected)
    assert (result["accepted"], result["read"]) == (case.accepted, case.accepted + len(case.rejected))
    assert sum(result["rejected"].values()) == len(case.rejected)
    assert (
        result["created"] + result["updated"] + result["unchanged"] + units_alone(case, result)
        == case.accepted
    )


def units_alone(case: Case, result: dict[str, Any]) -> int:
    """Rows that say a unit without a member, which count as the unit alone."""
    return (
        case.accepted - sum(result[name] for name in ("created", "updated", "unchanged"))
        if case.kind == Kind.UNITS
        else 0
    )


def test_what_is_rejected_leaves_nothing_of_itself(world: None, tmp_path: Path) -> None:
    """A file whose rows are all bad changes nothing at all, whatever its kind."""
    before = stored()
    bad = [case for case in CORPUS if len(case.rejected) == 1 and case.file_name.endswith(".csv")]
    tried = 0
    for case in bad:
        line, code, _field = case.rejected[0]
        if code in ("twice_in_file", "category_circle", "other_unit"):
            continue  # bad only beside the good rows
        lines = case.content().split(b"\n")
        content = lines[0] + b"\n" + b"\n".join(lines[line - 1 :])
        try:
            result = import_text(tmp_path, case.kind, content, columns=columns_of(case))
        except FileRefused:
            result = {"accepted": 0}
        assert (case.name, result["accepted"]) == (case.name, 0)
        tried += 1
    assert tried >= 60
    assert stored() == before


def test_serial_days_of_a_workbook_count_from_its_own_year(world: None, tmp_path: Path) -> None:
    case = next(case for case in CORPUS if case.name == "days from 1904")
    import_text(tmp_path, case.kind, case.content(), name=case.file_name, columns=columns_of(case))
    days = Client.objects.filter(ref__in=("N1", "N2")).order_by("ref").values_list("observed_from", flat=True)
    assert list(days) == [date(2024, 3, 1), date(2024, 3, 1)]


def test_the_corpus_is_large_and_its_names_differ() -> None:
    assert len({(case.kind, case.name) for case in CORPUS}) == len(CORPUS)
    assert len(CORPUS) >= 160
    assert {case.kind for case in CORPUS} == set(RECORD_KINDS)


CODES = {code.value for code in Code}
CELLS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["", "=1+1", "'=1", "yes", "2026-11-03", "2026-11-03 10:00+99:00", "call", "A", "1e5", "NaN", "a@b.fr", "a > b"]),
    st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(),
)  # fmt: skip


@pytest.mark.parametrize("kind", list(RECORD_KINDS))
@given(data=st.data())
def test_any_cell_is_a_value_or_a_reason(kind: Kind, data: st.DataObject) -> None:
    from common.reading import days

    names = [spec.name for spec in RECORD_KINDS[kind].fields]
    conventions = Conventions(
        {name: at for at, name in enumerate(names)}, lambda cell: days.read_day(cell, None), "ISO", "."
    )
    reader = RowReader(RECORD_KINDS[kind], Reading(conventions, TODAY, UTC, {"a": (1, None)}))
    rows = data.draw(
        st.lists(st.lists(CELLS, min_size=len(names), max_size=len(names)), min_size=1, max_size=5)
    )
    accepted = 0
    for cells in rows:
        values, problems = reader.read(cells)
        assert {problem.code for problem in problems} <= CODES
        assert {problem.field for problem in problems} <= {"", *names}
        accepted += not problems
        assert ("record_key" in values) or problems
    assert accepted <= len(rows)


PLAIN = st.text(
    st.characters(exclude_characters='",;\t|\r\n\0', exclude_categories=["Cs", "Cc"]), max_size=12
)


@pytest.mark.parametrize("kind", list(RECORD_KINDS))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_random_files_are_read_whole(kind: Kind, data: st.DataObject, world: None, tmp_path: Path) -> None:
    header = HEADERS[kind].split(",")
    usual = guess_columns(header, RECORD_KINDS[kind].usual_names())
    cell = st.one_of(
        PLAIN,
        st.sampled_from(["", "A", "B", "K1", "O1", "2024-03-01", "call", "1", "group", "x@mail.example"]),
    )
    rows = data.draw(
        st.lists(st.lists(cell, min_size=len(header), max_size=len(header)), min_size=1, max_size=6)
    )
    lines = [",".join(f'"{each}"' for each in cells) for cells in rows]
    content = "\n".join((HEADERS[kind], *lines)) + "\n"
    before = stored()
    try:
        result = import_text(
            tmp_path,
            kind,
            content,
            columns=usual,
            encoding="utf-8",
            decimal_mark=".",
            date_format="%Y-%m-%d",
            dry_run=True,
        )
    except FileRefused as refused:
        result = {"refused": refused.code}
    if "refused" in result:
        assert result["refused"] in {"no_rows", "one_column", "columns_missing"}
        assert stored() == before
        return
    kept = sum(any(each.strip() for each in cells) for cells in rows)
    assert result["accepted"] + sum(result["rejected"].values()) == result["read"]
    assert kept <= result["read"] <= len(rows)
    assert stored() == before
