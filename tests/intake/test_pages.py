"""The wizard page by page: each kind from its sample file, what is refused and said, trying, undoing, rights."""

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from clients.models import Batch, Change, Client, Person
from intake.imports import path_of
from intake.models import KeptRow, Layout, RecordImport
from intake.rules import Kind
from jobs.models import Job
from jobs.services import run
from sales.models import Product
from tests.conftest import Cast
from tests.factories.records import make_client, make_interaction
from tests.intake.helpers import import_text, stored

pytestmark = pytest.mark.django_db
BASIS = {"mode": "upsert", "legal_basis": "contract", "source": "Fair in Lille"}
CLIENTS = (
    "ref,name,kind,email,phone\nN1,One,company,one@mail.example,\nN2,,person,two@,12\nN3,Three,robot,,\n"
)


def upload(browser: Any, kind: str, content: str | bytes, name: str = "file.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return browser.post(reverse("intake:imports"), {"kind": kind, "file": SimpleUploadedFile(name, data)})


def book(text: str) -> bytes:
    made, buffer = Workbook(), BytesIO()
    for row in csv.reader(StringIO(text)):
        made.active.append(row)
    made.save(buffer)
    return buffer.getvalue()


def url(name: str, record: RecordImport) -> str:
    return reverse(f"intake:{name}", args=[record.pk])


def choose(browser: Any, record: RecordImport, **changes: str) -> Any:
    """The columns as the page suggests them, with changes."""
    form = browser.get(url("import_columns", record)).context["form"]
    data = {name: str(form[name].value() or "") for name in form.fields}
    return browser.post(url("import_columns", record), data | changes)


def confirm(browser: Any, record: RecordImport, how: str = "import", **changes: str) -> RecordImport:
    browser.post(url("import_confirm", record), BASIS | {"how": how} | changes)
    record.refresh_from_db()
    assert record.job_id
    run(record.job_id)
    record.refresh_from_db()
    return record


def brought(browser: Any, kind: str = "clients", content: str = CLIENTS, **changes: str) -> RecordImport:
    upload(browser, kind, content)
    record = RecordImport.objects.latest("pk")
    choose(browser, record)
    return confirm(browser, record, **changes)


@pytest.fixture
def diane(cast: Cast, browser_of: Any) -> Any:
    return browser_of(cast.diane)


@pytest.fixture
def anne(cast: Cast, browser_of: Any) -> Any:
    return browser_of(cast.anne)


def samples_before(kind: Kind, folder: Path, owner: Any) -> None:
    """The samples rest on each other, as a portfolio is built up."""
    texts = {
        Kind.CLIENTS: "ref,name\nC-1001,A\nC-1002,B\nC-1003,C\n",
        Kind.PEOPLE: "client,ref,last_name,email\nC-1001,P-1,Vasseur,\nC-1003,,Delattre,nora@mail.example\n",
        Kind.PRODUCTS: "ref,name\nFR-101,Comté\n",
    }
    for needed, text in texts.items():
        if kind != needed and kind not in (Kind.CLIENTS, Kind.PRODUCTS):
            import_text(folder, needed, text, user=owner, owner=owner)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("kind", Kind)
def test_the_sample_file_of_each_kind_maps_itself_and_is_imported(
    cast: Cast, browser_of: Any, tmp_path: Path, kind: Kind, language: str
) -> None:
    cast.diane.language = language
    cast.diane.save()
    browser = browser_of(cast.diane)
    browser.cookies["django_language"] = language
    samples_before(kind, tmp_path, cast.diane)
    if kind == Kind.COSTS:
        import_orders_of_sample(browser)
    answer = browser.get(reverse("intake:sample", args=[kind.value]))
    sample = b"".join(answer.streaming_content)
    assert answer["Content-Disposition"] == f'attachment; filename="sample-{kind.value}.csv"'
    header = next(
        csv.reader(StringIO(sample.decode("utf-8-sig")), delimiter=";" if language == "fr" else ",")
    )

    upload(browser, kind.value, sample)
    record = RecordImport.objects.latest("pk")
    page = browser.get(url("import_columns", record))
    assert page.context["recognised"] == len(header)
    assert choose(browser, record).status_code == 302
    assert browser.get(url("import", record)).context["preview"].bad == 0
    done = confirm(browser, record)
    assert (done.state, done.counts["rejected"]) == ("done", {})
    assert done.counts["accepted"] == done.counts["read"] > 1


def import_orders_of_sample(browser: Any) -> None:
    sample = b"".join(browser.get(reverse("intake:sample", args=["orders"])).streaming_content)
    upload(browser, "orders", sample)
    record = RecordImport.objects.latest("pk")
    choose(browser, record)
    confirm(browser, record)


REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "no table": ("a.pdf", lambda: b"%PDF-1.7", "Only files ending in"),
    "empty": ("a.csv", lambda: b"", "empty"),
    "nothing but a header": ("a.csv", lambda: b"ref,name\n", "no row below"),
    "text called workbook": ("a.xlsx", lambda: b"ref,name\nN1,A\n", "not what its name says"),
    "an old workbook": ("a.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
    "macros": ("a.xlsm", lambda: book("ref,name\nN1,A\n"), "macros"),
    "binary data": ("a.csv", lambda: bytes(range(256)) * 50, "binary"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_cannot_be_read_says_why_beside_its_field(diane: Any, what: str) -> None:
    name, content, said = REFUSED[what]
    answer = upload(diane, "clients", content(), name)
    assert answer.status_code == 422
    assert len(answer.context["form"].errors["file"]) == 1
    assert said in answer.content.decode()
    assert not RecordImport.objects.exists()


def test_a_file_too_large_is_refused_with_the_limit(diane: Any, settings: Any) -> None:
    settings.CMIX_UPLOAD_MAX_BYTES = 10
    answer = upload(diane, "clients", CLIENTS)
    assert (answer.status_code, "larger than 10" in answer.content.decode()) == (422, True)


def test_no_file_and_no_kind_are_said(diane: Any) -> None:
    answer = diane.post(reverse("intake:imports"), {"kind": "planets"})
    assert set(answer.context["form"].errors) == {"kind", "file"}


@pytest.mark.parametrize("name", ["file.csv", "file.xlsx"])
def test_bad_cells_are_marked_with_their_reasons(diane: Any, name: str) -> None:
    upload(diane, "clients", book(CLIENTS) if name.endswith("xlsx") else CLIENTS, name)
    record = RecordImport.objects.get()
    choose(diane, record)
    page = diane.get(url("import", record))
    rows = {
        row.number: ([text for text, _, bad in row.cells if bad], reason)
        for row, reason, *_cells in page.context["rows"]
    }
    assert rows == {
        2: ([], ""),
        3: (["two@", "12"], "E-mail: This is no e-mail address. Phone: This is no phone number."),
        4: (["robot"], "Kind: This is none of the values that are possible here."),
    }
    text = page.content.decode()
    assert text.count('class="cell-bad"') == 3
    assert {(field, count) for field, _, count in page.context["reasons"]} == {("E-mail", 1), ("Kind", 1)}
    assert not Client.objects.exists()


def test_columns_that_are_read_stand_first_in_the_preview(diane: Any) -> None:
    """Each under its head, also in a row that ends early."""
    upload(diane, "clients", "Colour,Label,Weight,Key\nred,One,3,N1\nblue,Two\n")
    record = RecordImport.objects.get()
    choose(diane, record, column_ref="Key", column_name="Label")
    page = diane.get(url("import", record))
    assert [name for name, _meaning in page.context["used"]] == ["Label", "Key"]
    assert page.context["others"] == ["Colour", "Weight"]
    assert [
        ([text for text, *_ in used], [text for text, *_ in others])
        for _row, _reasons, used, others in page.context["rows"]
    ] == [(["One", "N1"], ["red", "3"]), (["Two", ""], ["blue", ""])]
    heads = re.findall(r'<th scope="col"[^>]*>(\w+)', page.content.decode())
    assert [head for head in heads if head not in {"Line", "Reason"}] == ["Label", "Key", "Colour", "Weight"]


def test_a_mapping_is_remembered_for_files_of_one_layout_and_one_person(
    cast: Cast, diane: Any, anne: Any
) -> None:
    upload(diane, "clients", "Key,Label,Town\nN1,One,Lens\n")
    first = RecordImport.objects.get()
    assert diane.get(url("import_columns", first)).context["origin"] == "guessed"
    choose(diane, first, column_ref="Key", column_name="Label", column_city="Town")
    assert Layout.objects.get().owner == cast.diane

    upload(diane, "clients", "KEY, label ,Town\nN2,Two,Arras\n")
    again = diane.get(url("import_columns", RecordImport.objects.latest("pk")))
    assert again.context["origin"] == "remembered"
    assert "mapped a file of this layout before" in again.content.decode()
    form = again.context["form"]
    assert [form[f"column_{name}"].initial for name in ("ref", "name", "city")] == ["KEY", "label", "Town"]

    for browser, content in (
        (diane, "Key,Town,Label\nN2,Arras,Two\n"),
        (anne, "Key,Label,Town\nN1,One,Lens\n"),
    ):
        upload(browser, "clients", content)
        page = browser.get(url("import_columns", RecordImport.objects.latest("pk")))
        assert page.context["origin"] == "guessed"


def test_a_column_the_file_does_not_have_is_refused(diane: Any) -> None:
    upload(diane, "clients", CLIENTS)
    answer = choose(diane, RecordImport.objects.get(), column_city="Nowhere")
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"column_city"})


@pytest.mark.parametrize(
    ("mode", "names", "counts"),
    [
        ("upsert", {"C1": "New", "C2": "Fresh"}, (1, 1, 0, {})),
        ("create", {"C1": "Old", "C2": "Fresh"}, (1, 0, 1, {})),
        ("update", {"C1": "New"}, (0, 1, 0, {"no_such_record": 1})),
    ],
)
def test_what_becomes_of_records_that_exist_is_chosen(
    cast: Cast, diane: Any, mode: str, names: dict[str, str], counts: tuple[int, int, int, dict[str, int]]
) -> None:
    make_client(ref="C1", name="Old", owner=cast.alice)
    record = brought(diane, content="ref,name\nC1,New\nC2,Fresh\n", mode=mode)
    assert dict(Client.objects.values_list("ref", "name")) == names
    told = record.counts
    assert (
        told["created"],
        told["updated"],
        told.get("skipped", 0),
        told["rejected"],
    ) == counts


def test_trying_out_tells_all_and_writes_nothing_then_imports(diane: Any) -> None:
    upload(diane, "clients", CLIENTS)
    record = RecordImport.objects.get()
    choose(diane, record)
    before = stored()
    tried = confirm(diane, record, how="try")
    assert (tried.state, tried.counts["created"], sum(tried.counts["rejected"].values())) == ("tried", 1, 2)
    assert stored() == before
    assert (Batch.objects.count(), KeptRow.objects.count(), Change.objects.count()) == (0, 0, 0)
    page = diane.get(url("import", record))
    assert "nothing was written" in page.content.decode()
    assert page.context["form"].initial["source"] == "Fair in Lille"
    assert confirm(diane, record).state == "done"
    assert Client.objects.get().ref == "N1"


def test_a_basis_and_a_source_are_required_for_people(diane: Any) -> None:
    upload(diane, "clients", CLIENTS)
    record = RecordImport.objects.get()
    choose(diane, record)
    answer = diane.post(url("import_confirm", record), {"mode": "upsert", "how": "import"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"legal_basis", "source"})
    assert not Job.objects.exists()
    record = brought(diane, content="ref,name,kind\nN1,Nora D,person\n")
    assert Person.objects.values_list("legal_basis", "source").get() == ("contract", "Fair in Lille")


def test_progress_is_shown_and_a_form_sent_twice_makes_one_import(cast: Cast, diane: Any) -> None:
    upload(diane, "clients", CLIENTS)
    record = RecordImport.objects.get()
    choose(diane, record)
    for _ in range(2):
        answer = diane.post(url("import_confirm", record), BASIS | {"how": "import"})
        assert answer.url == record.get_absolute_url()
    (job,) = Job.objects.filter(kind="intake.import")
    page = diane.get(url("import", record)).content.decode()
    assert reverse("jobs:progress", args=[job.pk]) in page
    assert "on its way already" in page
    run(job.pk)
    diane.post(url("import_confirm", record), BASIS | {"how": "import"})
    assert (Job.objects.count(), Client.objects.count()) == (1, 1)


def test_the_file_of_rows_left_out_is_mended_and_imported(diane: Any) -> None:
    body = CLIENTS + "N4,Four,company,four@mail.example,'+33\nN5,=1+1,company,,\nN6,Été,company,@SUM(A1),\n"
    record = brought(diane, content=body)
    answer = diane.get(url("import_rejects", record))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    data = b"".join(answer.streaming_content)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(data.decode("utf-8-sig"))))
    assert [(row["Line"], row["Code"], row["Field"], row["ref"]) for row in rows] == [
        ("3", "not_an_email", "E-mail, Phone", "N2"), ("4", "not_a_choice", "Kind", "N3"),
        ("5", "not_a_phone", "Phone", "N4"), ("6", "formula", "Name", "N5"), ("7", "not_an_email", "E-mail", "N6"),
    ]  # fmt: skip
    assert [cell for row in rows for cell in row.values() if cell[:1] in tuple("=+-@\t\r")] == []
    assert rows[4]["name"] == "Été"

    mended = data.decode("utf-8-sig").replace("two@", "two@mail.example").replace("robot", "company")
    mended = mended.replace(",12\n", ",\n").replace(",12\r\n", ",\r\n").replace("N2,,person", "N2,Two,person")
    upload(diane, "clients", mended)
    second = RecordImport.objects.latest("pk")
    assert diane.get(url("import_columns", second)).context["recognised"] == 5
    choose(diane, second)
    assert confirm(diane, second).counts["created"] == 3
    # What was disarmed by an apostrophe is text by now.
    assert set(Client.objects.exclude(ref="N1").values_list("ref", "name")) == {
        ("N2", "Two"), ("N3", "Three"), ("N5", "=1+1"),
    }  # fmt: skip


def test_undoing_by_the_button_brings_everything_back(cast: Cast, diane: Any) -> None:
    make_client(ref="C1", name="Old", owner=cast.alice)
    before = stored()
    record = brought(diane, content="ref,name,kind\nC1,New,\nN9,Nora D,person\n")
    assert url("import_undo", record) in diane.get(url("import", record)).content.decode()
    asked = diane.get(url("import_undo", record))
    assert (asked.status_code, asked.context["code"], stored() == before) == (200, "", False)

    assert diane.post(url("import_undo", record)).url == record.get_absolute_url()
    assert diane.get(url("import", record)).context["undoing"]
    assert diane.get(url("import_undo", record)).status_code == 302  # on its way
    run(Job.objects.get(kind="intake.undo").pk)

    assert stored() == before
    page = diane.get(url("import", record)).content.decode()
    assert ("was taken back on" in page, url("import_undo", record) in page) == (True, False)
    assert diane.post(url("import_undo", record)).status_code == 409


def test_undoing_ends_after_thirty_days(diane: Any) -> None:
    record = brought(diane)
    RecordImport.objects.update(finished_at=timezone.now() - timedelta(days=31))
    assert url("import_undo", record) not in diane.get(url("import", record)).content.decode()
    assert diane.get(url("import_undo", record)).context["code"] == "too_late"
    assert diane.post(url("import_undo", record)).status_code == 409
    assert Client.objects.count() == 1


def test_what_others_did_since_stands_in_the_way_of_undoing_and_is_named(cast: Cast, diane: Any) -> None:
    record = brought(diane, content="ref,name\nN1,One\nN2,Two\n")
    make_interaction(Client.objects.get(ref="N1"))
    Client.objects.filter(ref="N2").update(city="Lens")
    page = diane.get(url("import_undo", record))
    assert {(one["kind"], one["count"], one["examples"]) for one in page.context["obstacles"]} == {
        ("used", 1, ("One",)), ("changed", 1, ("Two",)),
    }  # fmt: skip
    assert "Undo the import</button>" not in page.content.decode()
    assert diane.post(url("import_undo", record)).status_code == 409
    assert Client.objects.count() == 2


def test_foreign_imports_answer_like_absent_ones(cast: Cast, diane: Any, anne: Any, browser_of: Any) -> None:
    record = brought(diane)
    names = ("import", "import_columns", "import_rejects", "import_undo")
    for browser in (anne, browser_of(cast.alice), browser_of(cast.carl)):
        assert {browser.get(url(name, record)).status_code for name in names} == {404}
        absent = {browser.get(reverse(f"intake:{name}", args=[999_999])).status_code for name in names}
        assert absent == {404}
        assert browser.post(url("import_confirm", record), BASIS).status_code == 404
        assert browser.post(url("import_undo", record)).status_code == 404
    assert Client.objects.count() == 1


def test_who_may_not_import_finds_no_page_of_it(cast: Cast, browser_of: Any) -> None:
    alice = browser_of(cast.alice)
    assert upload(alice, "clients", CLIENTS).status_code == 403
    assert alice.get(reverse("intake:imports")).status_code == 403
    assert alice.get(reverse("intake:sample", args=["clients"])).status_code == 403
    assert not RecordImport.objects.exists()


def test_what_counts_for_everybody_is_not_offered_to_an_account_manager(anne: Any) -> None:
    page = anne.get(reverse("intake:imports"))
    assert "products" not in {offer.kind.value for offer in page.context["offers"]}
    assert upload(anne, "products", "ref,name\nP1,Lamp\n").status_code == 422
    assert anne.get(reverse("intake:sample", args=["products"])).status_code == 404
    assert not Product.objects.exists()


def test_an_account_manager_writes_only_the_teams_clients(cast: Cast, anne: Any) -> None:
    make_client(ref="L1", name="Of Lyon", owner=cast.carl)
    record = brought(
        anne, content="ref,name,owner\nL1,Mine now,\nN1,New,bob@example.org\nN2,New,carl@example.org\n"
    )
    assert record.counts["rejected"] == {"not_yours": 1, "owner_unknown": 1}
    assert set(Client.objects.values_list("ref", "name", "owner__name")) == {
        ("L1", "Of Lyon", "Carl"),
        ("N1", "New", "Bob"),
    }


def test_french_throughout(cast: Cast, browser_of: Any) -> None:
    cast.diane.language = "fr"
    cast.diane.save()
    browser = browser_of(cast.diane)
    browser.cookies["django_language"] = "fr"
    upload(browser, "clients", CLIENTS)
    record = RecordImport.objects.get()
    choose(browser, record)
    preview = browser.get(url("import", record)).content.decode()
    assert "Ce n’est pas une adresse e-mail" in preview or "adresse e-mail" in preview
    assert "This is no" not in preview
    confirm(browser, record)
    result = browser.get(url("import", record)).content.decode()
    assert "Rows left out" not in result
    data = b"".join(browser.get(url("import_rejects", record)).streaming_content).decode("utf-8-sig")
    assert data.startswith("Ligne,")


@pytest.mark.parametrize("page", ["import_columns", "import", "import_undo"])
def test_a_page_asks_as_much_for_three_rows_as_for_one(
    diane: Any, page: str, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    counts = []
    for rows in (1, 3):
        text = "ref,name,phone\n" + "".join(f"N{rows}{n},Name,\nX{rows}{n},Bad,x\n" for n in range(rows))
        record = brought(diane, content=text)
        with django_assert_max_num_queries(25) as seen:
            assert diane.get(url(page, record), follow=True).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_files_lie_under_random_names_outside_the_web(diane: Any) -> None:
    record = brought(diane)
    path = path_of(record.stored_as)
    assert path.stat().st_mode & 0o077 == 0
    assert "file" not in path.name
