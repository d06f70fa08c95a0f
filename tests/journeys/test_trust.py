"""A full audit by keyboard: pasted picture, pause, second reviewer, signature, report, re-audit."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.conftest import PASSWORD, Cast
from tests.journeys.visitor import Visitor
from tests.trust_audit.helpers import PNG, make_audit, make_site, mark_all
from trust_audit.models import Audit
from trust_audit.reporting import pdf_is_possible
from trust_audit.rules.checklist import Mode
from trust_audit.services.audits import sign

pytestmark = pytest.mark.django_db(transaction=True)
PASTE = """bytes => {
  const file = new File([new Uint8Array(bytes)], "pasted.png", { type: "image/png" });
  const data = new DataTransfer(); data.items.add(file);
  document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
}"""


def level(person: Visitor, key: str) -> None:
    """A level by its key, until the page says that it is kept."""
    person.page.wait_for_load_state()  # the address changes before the keys are listened to
    with person.page.expect_response(lambda answer: "/mark/" in answer.url):
        person.page.keyboard.press(key)
    expect(person.page.locator("#saved .saved-line")).to_be_visible()


def test_an_audit_by_keyboard_from_the_first_criterion_to_the_next_audit(
    cast: Cast, visit: Callable[..., Visitor], tmp_path: Path
):
    make_site(name="Our shop")
    alice = visit()
    alice.log_in(cast.alice.email, PASSWORD)
    alice.go("trust:portfolio")
    alice.look()
    alice.page.click("a.row-link")
    alice.page.get_by_role("link", name="New audit").click()
    alice.page.get_by_role("button", name="Begin the audit").click()
    alice.page.get_by_role("link", name="Begin", exact=True).click()
    audit = Audit.objects.get()
    codes = list(audit.results.order_by("position").values_list("code", flat=True))
    for number, code in enumerate(codes[:20]):
        expect(alice.page.locator("h1")).not_to_be_empty()
        expect(alice.page).to_have_url(alice.base_url + f"/trust/audits/{audit.pk}/{code}/")
        scale = audit.results.get(code=code)
        level(alice, "4" if number % 3 else "2")
        if number == 3:
            alice.page.evaluate(PASTE, list(PNG))
            expect(alice.page.locator(".evidence-list img")).to_be_visible()
            alice.look()
        alice.page.keyboard.press("ArrowRight")
        assert scale.code == code
    # Pause: the work goes on where it stopped.
    alice.go("trust:audit", audit.pk)
    alice.look()
    alice.page.locator("#resume").click()
    expect(alice.page).to_have_url(alice.base_url + f"/trust/audits/{audit.pk}/{codes[19]}/")
    alice.page.keyboard.press("ArrowRight")
    for code in codes[20:]:
        expect(alice.page).to_have_url(alice.base_url + f"/trust/audits/{audit.pk}/{code}/")
        if code == "ORD-09":
            alice.page.keyboard.press("n")
            alice.page.keyboard.type("Sold to firms alone")
            alice.page.keyboard.press("Enter")
            expect(alice.page.get_by_text("Does not apply: Sold to firms alone")).to_be_visible()
            alice.page.locator("h1").click()
        else:
            level(alice, "4")
        if code != codes[-1]:
            alice.page.keyboard.press("ArrowRight")

    bob = visit(theme="dark", language="fr")
    cast.bob.language = "fr"
    cast.bob.save()
    bob.log_in(cast.bob.email, PASSWORD)
    bob.go("trust:criterion", audit.pk, "PRE-06")
    level(bob, "3")
    bob.look()

    alice.go("trust:audit", audit.pk)
    alice.page.get_by_role("button", name="Sign the audit").click()
    expect(alice.page.get_by_text("Signed. From now on nothing of this audit changes.")).to_be_visible()
    audit.refresh_from_db()
    results = {one.code: (one.level, one.second_level, one.applies) for one in audit.results.all()}
    assert (audit.state, results["PRE-06"], results["ORD-09"], results["SEAL-01"]) == (
        "signed", (4, 3, True), (None, None, False), (2, None, True),
    )  # fmt: skip
    assert audit.score["families"]["PRE"]["score"] == pytest.approx(100 * (30 - 3 / 8) / 30)
    alice.go("trust:report", audit.pk)
    alice.look()
    if pdf_is_possible():
        with alice.page.expect_download() as download:
            alice.page.get_by_role("link", name="PDF").click()
        file = tmp_path / "report.pdf"
        download.value.save_as(file)
        pages_of(file, tmp_path)

    alice.go("trust:audit", audit.pk)
    alice.page.get_by_role("button", name="Audit again").click()
    fresh = Audit.objects.get(previous=audit)
    alice.go("trust:criterion", fresh.pk, "SEAL-01")
    level(alice, "4")
    alice.page.get_by_role("link", name="Overview").click()
    alice.page.get_by_role("link", name="Compare").click()
    expect(alice.page.locator(".lead-line")).to_contain_text("Like for like")
    alice.look()


def pages_of(file: Path, folder: Path) -> None:
    """Every page of the PDF carries words, and the first the score."""
    assert shutil.which("pdftotext")
    text = subprocess.run(
        ["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True
    ).stdout
    pages = [page for page in text.split("\f") if page.strip()]
    info = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    counted = next(int(line.split()[1]) for line in info.splitlines() if line.startswith("Pages:"))
    assert (len(pages), "Trust report" in pages[0], "Evidence, with checksums" in text) == (
        counted,
        True,
        True,
    )


@pytest.mark.parametrize(("width", "theme", "language"), [(375, "dark", "en"), (1280, "light", "fr")])
def test_the_pages_of_trust(cast: Cast, visit: Callable[..., Visitor], width: int, theme: str, language: str):
    cast.alice.language = language
    cast.alice.save()
    site = make_site(name="Our shop")
    audit = make_audit(site, cast.alice, Mode.FULL)
    mark_all(audit, 3, cast.alice, TEC_01=0, NAV_02=1)
    sign(audit=audit, by=cast.alice, now=timezone.now())
    running = make_audit(site, cast.alice, Mode.EXPRESS)
    person = visit(width=width, theme=theme, language=language)
    person.log_in(cast.alice.email, PASSWORD)
    person.go("trust:portfolio")
    person.look()
    for name, pk in (
        ("site", site.pk), ("audit", audit.pk), ("audit", running.pk), ("priorities", audit.pk),
        ("report", audit.pk), ("start", site.pk), ("compare", running.pk),
    ):  # fmt: skip
        person.go(f"trust:{name}", pk)
        person.look()
    person.go("trust:criterion", running.pk, "TEC-01")
    person.look()
    for name in ("actions", "checklist", "site_create"):
        person.go(f"trust:{name}")
        person.look()
