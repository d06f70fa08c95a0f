"""From a file of orders to the answered week, as an account manager does it."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from attention.models import ListLine
from attention.rules.lines import LineState
from intake.models import RecordImport
from jobs.models import Job
from jobs.services import enqueue, run
from tests.conftest import PASSWORD, Cast
from tests.journeys.visitor import Visitor

HEADER = "Client;Nom du client;Commande;Date;Montant;Coût"


def row(number: int, day: date, order: int, cents: int) -> str:
    euros = f"{cents // 100},{cents % 100:02d}"
    cost = f"{cents * 6 // 1000},00"
    return f"K{number:03d};Crémerie {number};F{order:05d};{day:%d/%m/%Y};{euros};{cost}"


def rows(today: date) -> list[str]:
    """Two years of a dozen clients; the even ones stopped in spring."""
    orders = [
        (number, today - timedelta(days=days))
        for number in range(1, 13)
        for days in range(3 + number, 720, 12 + number)
        if number % 2 or days > 220
    ]
    lines = [row(number, day, order, 20_000 + 900 * number) for order, (number, day) in enumerate(orders, 1)]
    return [HEADER, *lines, f"K001;Crémerie 1;F99999;{today:%d/%m/%Y};gratuit;"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "commandes.csv"
    path.write_text("\r\n".join(rows(timezone.localdate())), encoding="cp1252")
    return path


def upload(visitor: Visitor, file: Path) -> RecordImport:
    """Step by step to the confirmed import; returns it, still waiting."""
    page = visitor.page
    visitor.go("intake:imports")
    visitor.look()
    page.click("label[for=kind-orders]")
    page.set_input_files("main input[type=file]", file)
    page.click("main form button.btn-primary")
    expect(page.locator("select[name=column_client]")).to_have_value("Client")
    page.select_option("select[name=column_client_name]", "Nom du client")
    page.select_option("select[name=column_order]", "Commande")
    page.select_option("select[name=column_day]", "Date")
    page.select_option("select[name=column_amount]", "Montant")
    page.select_option("select[name=column_cost]", "Coût")
    visitor.look()
    page.click("main form button.btn-primary")
    expect(page.locator("main .step--now")).to_contain_text("Preview")
    visitor.look()
    page.click("main form button.btn-primary")
    expect(page.locator("main .progress, main progress, main .job").first).to_be_visible()
    visitor.look()
    # Leave the page that asks for progress: the test itself does the work now.
    page.goto("about:blank")
    return RecordImport.objects.get()


@pytest.mark.django_db(transaction=True)
def test_from_a_file_to_the_answered_week(visit, cast: Cast, file: Path):
    visitor = visit()
    page = visitor.page
    visitor.log_in(cast.anne.email, PASSWORD)
    visitor.look()

    order_import = upload(visitor, file)
    run(order_import.job_id)
    visitor.go("intake:import", order_import.pk)
    expect(page.locator("h1")).to_contain_text("What came of the file?")
    expect(page.locator("#rejects")).to_contain_text("gratuit")
    visitor.look()

    yesterday = timezone.localdate() - timedelta(days=1)
    enqueue(kind="night", key=yesterday.isoformat(), payload={"as_of": yesterday.isoformat()})
    page.goto("about:blank")
    for waiting in Job.objects.exclude(state="done").order_by("pk"):
        run(waiting.pk)
    assert Job.objects.exclude(state="done").count() == 0

    visitor.go("home")
    cards = page.locator("[data-line]")
    expect(cards.first).to_contain_text("Crémerie")
    expect(cards.first.locator(".visit-reasons li").first).not_to_be_empty()
    visitor.look()
    before = cards.count()
    line = ListLine.objects.get(pk=int(cards.first.get_attribute("data-line")))
    cards.first.locator("button[value=done]").click()
    expect(cards).to_have_count(before - 1)
    visitor.look()
    line.refresh_from_db()
    assert line.state == LineState.DONE.value

    visitor.go("clients:detail", line.client_id)
    visitor.look()
    assert page.url == visitor.base_url + reverse("clients:detail", args=[line.client_id])
