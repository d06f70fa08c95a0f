"""Care in a real browser: lines put in force, an own segmentation imported, the matrix's flows, the plan."""

import csv
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from accounts.defaults import DEMO_PASSWORD
from accounts.models import User
from clients.models import Client
from segmentation.models import GridThresholds, OwnSegmentation
from segmentation.services import classify_clients
from segmentation.services.matrix import compute_matrix
from segmentation.services.readiness import compute_readiness
from tests.databases import built_once

DIRECTOR = "helene.montaudin@demo.example"
PAGES = ("grid", "moved", "thresholds", "matrix", "readiness", "plan", "playbooks", "own_list")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def demo() -> None:
    built_once("demo-care", build)


def build() -> None:
    call_command("demo", "--clients", "100", verbosity=0)
    now, yesterday = timezone.now(), timezone.localdate() - timedelta(days=1)
    for days in (100, 0):
        classify_clients(as_of=yesterday - timedelta(days=days), now=now)
    compute_readiness(as_of=yesterday, now=now)
    compute_matrix(as_of=yesterday, now=now)


def arrive(visit, width: int, theme: str, language: str):
    User.objects.filter(email=DIRECTOR).update(language=language)
    visitor = visit(width=width, theme=theme, language=language)
    visitor.log_in(DIRECTOR, DEMO_PASSWORD)
    return visitor


@pytest.mark.parametrize(("width", "theme", "language"), [(1280, "light", "fr"), (375, "dark", "en")])
def test_every_page_of_care(visit, demo: None, width: int, theme: str, language: str):
    visitor = arrive(visit, width, theme, language)
    for name in PAGES:
        visitor.go(f"segmentation:{name}")
        visitor.look()
    visitor.go("segmentation:assumptions")
    visitor.look()


def test_lines_are_proposed_and_put_in_force(visit, demo: None):
    visitor = arrive(visit, 1280, "light", "en")
    visitor.go("segmentation:thresholds")
    card = visitor.page.locator("article", has_text="Medians").first
    expect(card).to_contain_text(re.compile(r"\d+ clients? would move"))
    card.get_by_role("button", name="Put in force").click()
    expect(visitor.page.locator("#messages")).to_contain_text("all clients were placed again")
    lines = GridThresholds.objects.filter(activated_by__email=DIRECTOR).get()
    assert lines.preset == "medians"
    visitor.go("segmentation:moved")
    expect(visitor.page.locator("tbody tr").first).to_contain_text("The lines were moved")
    visitor.look()


def test_an_own_segmentation_is_imported_mapped_and_put_in_force(visit, demo: None, tmp_path: Path):
    path = tmp_path / "segments.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["ref", "segment", "name"])
        writer.writerows([client.ref, "KA", "Key accounts"] for client in Client.objects.order_by("pk")[:20])
    visitor = arrive(visit, 1280, "light", "en")
    page = visitor.page
    visitor.go("segmentation:own_import")
    visitor.look()
    page.fill("input[name=name]", "Ours")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("20 clients have a segment")
    page.get_by_label("Playbook of Key accounts").select_option("athlete")
    page.get_by_role("button", name="Save").click()
    visitor.look()
    page.get_by_role("button", name="Put in force").click()
    expect(page.locator(".lead-line")).to_contain_text("“Ours” counts in lists, plan and attention")
    assert OwnSegmentation.objects.get().in_force
    visitor.go("clients:list")
    page.locator("#filter-segment").select_option(label="Key accounts")
    expect(page.locator(".lead-line")).to_contain_text("20 clients fit what you ask")


def test_the_flows_of_the_matrix_are_drawn_and_lead_to_the_list(visit, demo: None):
    visitor = arrive(visit, 1280, "light", "en")
    visitor.go("segmentation:matrix")
    expect(visitor.page.locator("#flow-chart svg path").first).to_be_visible()
    table = visitor.page.get_by_role("region", name="All clients, also those who stayed")
    expect(table.locator("tbody tr").first).to_be_visible()
    assert table.evaluate("one => one.scrollWidth <= one.clientWidth")  # figures and all
    cell = visitor.page.locator(".cell--current a")
    count = cell.locator(".figure").inner_text()
    cell.click()
    expect(visitor.page.locator(".lead-line")).to_contain_text(f"{count} client")
    visitor.look()
