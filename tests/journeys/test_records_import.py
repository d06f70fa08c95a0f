"""A file of clients with mistakes: seen, mended, tried, imported, its rest brought after it, and all taken back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

from clients.models import Client, Person
from intake.models import RecordImport
from jobs.models import Job
from jobs.services import run
from tests.conftest import PASSWORD, Cast
from tests.factories.records import make_client
from tests.intake.helpers import stored
from tests.journeys.visitor import Visitor

FILE = """\
Code,Company,Kind,First,Last,Mail,Mobile,Town
C-1,Laiterie du Val,company,,,contact@laiterie.example,+33 3 20 00 00 00,Lille
C-2,,person,Nora,Delattre,nora@mail.example,+33 6 00 00 00 02,Lens
C-3,,person,Karim,Vasseur,karim@,+33 6 00 00 00 03,Arras
C-4,Épicerie Lund,shop,,,ida@lund.example,call me,Oslo
C-5,Old name kept,company,,,,,Douai
"""
COLUMNS = {"ref": "Code", "name": "Company", "kind": "Kind", "first_name": "First", "last_name": "Last",
           "email": "Mail", "phone": "Mobile", "city": "Town"}  # fmt: skip


def press(page: Page, selector: str, key: str = "Enter") -> None:
    """By keyboard, as somebody does who uses no mouse."""
    page.focus(selector)
    page.keyboard.press(key)


def offer_file(visitor: Visitor, file: Path) -> None:
    page = visitor.page
    visitor.go("intake:imports")
    press(page, "#kind-clients", "Space")
    page.set_input_files("main input[type=file]", file)
    visitor.look()
    press(page, "main form button.btn-primary")
    expect(page.locator("main .step--now")).to_contain_text(_("Columns"))


def choose_columns(visitor: Visitor, **changes: str) -> None:
    for field, column in (COLUMNS | changes).items():
        visitor.page.select_option(f"select[name=column_{field}]", column)
    visitor.look()
    press(visitor.page, "main form .btn-primary")
    expect(visitor.page.locator("main .step--now")).to_contain_text(_("Preview"))
    visitor.look()


def confirm(visitor: Visitor, how: str) -> None:
    """Say how, see that it is on its way, and see what came of it; the test is the worker."""
    page = visitor.page
    if page.locator("select[name=legal_basis]").input_value() == "":
        page.select_option("select[name=legal_basis]", "contract")
    page.fill("input[name=source]", "Fair")
    press(page, f"button[name=how][value={how}]")
    expect(page.locator("main .progress, main progress, main .job").first).to_be_visible()
    visitor.look()
    do_work(visitor)


def do_work(visitor: Visitor) -> None:
    at = visitor.page.url
    visitor.page.goto("about:blank")
    for job in Job.objects.filter(state="queued", kind__startswith="intake."):
        run(job.pk)
    visitor.page.goto(at)
    visitor.look()


def mended(page: Page, folder: Path) -> Path:
    """The downloaded rows that were left out, with their cells put right."""
    with page.expect_download() as download:
        page.click("#rejects .panel-title a")
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert ("karim@" in text, "call me" in text, "Nora" in text) == (True, True, False)
    path = folder / "mended.csv"
    path.write_text(
        text.replace("karim@", "karim@mail.example").replace("shop", "company").replace("call me", "")
    )
    return path


def undo(visitor: Visitor, record: RecordImport) -> None:
    visitor.go("intake:import", record.pk)
    press(visitor.page, f"main a[href$='/{record.pk}/undo/'], .page-head a[href$='/{record.pk}/undo/']")
    expect(visitor.page.locator("h1")).to_contain_text(_("Take back all that this file brought?"))
    visitor.look()
    press(visitor.page, "main form[method=post] .btn-primary")
    expect(visitor.page.locator("h1")).to_contain_text(_("The import is being undone"))
    do_work(visitor)
    expect(visitor.page.locator("h1")).to_contain_text(_("The import was undone"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "theme", "language"), [(1280, "light", "en"), (375, "dark", "fr")])
def test_a_file_with_mistakes_comes_in_and_goes_again(
    visit: Callable[..., Visitor], cast: Cast, tmp_path: Path, width: int, theme: str, language: str
) -> None:
    cast.anne.language = language
    cast.anne.save()
    make_client(ref="C-5", name="Old name", owner=cast.alice, city="Douai")
    file = tmp_path / "clients.csv"
    file.write_text(FILE)
    visitor = visit(width=width, theme=theme, language=language)
    page = visitor.page
    visitor.log_in(cast.anne.email, PASSWORD)
    before = stored()
    with translation.override(language):
        offer_file(visitor, file)
        choose_columns(visitor, email="Mobile")  # a slip: every e-mail is marked
        assert page.locator("td.cell-bad").count() > 4
        press(page, "main .confirm-form a.btn-quiet")
        choose_columns(visitor)
        expect(page.locator("td.cell-bad")).to_have_text(["karim@", "shop", "call me"])

        confirm(visitor, "try")
        expect(page.locator("h1")).to_contain_text(_("What would come of the file?"))
        assert stored() == before
        confirm(visitor, "import")
        expect(page.locator("h1")).to_contain_text(_("What came of the file?"))
        assert set(Client.objects.values_list("ref", "name")) == {
            ("C-1", "Laiterie du Val"), ("C-2", "Nora Delattre"), ("C-5", "Old name kept"),
        }  # fmt: skip
        assert Person.objects.get().email == "nora@mail.example"

        offer_file(visitor, mended(page, tmp_path))
        choose_columns(visitor)
        assert page.locator("td.cell-bad").count() == 0
        confirm(visitor, "import")
        assert set(Client.objects.values_list("ref", flat=True)) == {"C-1", "C-2", "C-3", "C-4", "C-5"}

        first, second = RecordImport.objects.order_by("pk")
        undo(visitor, first)
        assert set(Client.objects.values_list("ref", "name")) == {
            ("C-3", "Karim Vasseur"), ("C-4", "Épicerie Lund"), ("C-5", "Old name"),
        }  # fmt: skip
        undo(visitor, second)
    assert stored() == before
