"""Upload, columns, preview, result; assumed margins; the client's panels; who may see what."""

import os
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from clients.dossier import Dossier
from clients.models import Client
from intake.imports import KEPT, path_of, purge_strays, purge_uploads
from intake.models import RecordImport
from jobs.models import Job
from jobs.services import run
from sales.models import Category, DirtyDay, OrderLine, Product
from sales.panels import orders_panel, revenue_panel
from sales.rollup import rebuild_dirty
from sales.services import mark_all_dirty
from tests.conftest import Cast, whole_page
from tests.factories.records import make_client, make_order

CSV = "Customer;Date;Amount\nC1;25/03/2024;10,50\nC2;2024-99-99;1,00\n;25/03/2024;1,00\n"
CHOSEN = {"column_client": "Customer", "column_day": "Date", "column_amount": "Amount"}


def upload(browser: Any, content: str | bytes = CSV, name: str = "orders.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return browser.post(reverse("intake:imports"), {"kind": "orders", "file": SimpleUploadedFile(name, data)})


@pytest.fixture
def anne(cast: Cast, browser_of: Any) -> Any:
    return browser_of(cast.anne)


def test_the_four_steps_lead_to_orders(cast: Cast, anne: Any) -> None:
    answer = upload(anne)
    order_import = RecordImport.objects.get()
    assert (answer.status_code, answer.url) == (302, order_import.get_absolute_url())
    columns = anne.get(answer.url, follow=True)
    assert columns.redirect_chain[0][0] == reverse("intake:import_columns", args=[order_import.pk])
    initial = {name: columns.context["form"][name].initial for name in CHOSEN}
    assert initial == CHOSEN

    chosen = anne.post(
        reverse("intake:import_columns", args=[order_import.pk]), CHOSEN | {"owner": cast.bob.pk}
    )
    assert chosen.url == order_import.get_absolute_url()
    preview = anne.get(chosen.url)
    assert (preview.context["preview"].read, preview.context["preview"].bad) == (3, 2)
    assert not OrderLine.objects.exists()

    confirmed = anne.post(reverse("intake:import_confirm", args=[order_import.pk]))
    assert confirmed.url == order_import.get_absolute_url()
    assert "is being imported" in anne.get(confirmed.url).content.decode()
    run(Job.objects.get(kind="intake.import").pk)

    done = anne.get(confirmed.url)
    assert done.context["counts"]["lines"] == 1
    assert {code: count for code, _, count in done.context["reasons"]} == {
        "client_missing": 1,
        "day_unreadable": 1,
    }
    assert [row.number for row in done.context["rows"]] == [3, 4]
    client = Client.objects.get()
    assert (client.ref, client.owner, client.team) == ("C1", cast.bob, cast.paris)


def imported(browser: Any, owner: Any, content: str = CSV) -> RecordImport:
    upload(browser, content)
    order_import = RecordImport.objects.latest("pk")
    browser.post(reverse("intake:import_columns", args=[order_import.pk]), CHOSEN | {"owner": owner.pk})
    browser.post(reverse("intake:import_confirm", args=[order_import.pk]))
    run(Job.objects.get(key=str(order_import.pk)).pk)
    order_import.refresh_from_db()
    return order_import


def test_rejected_rows_are_filtered_and_downloaded(cast: Cast, anne: Any) -> None:
    order_import = imported(anne, cast.anne)
    page = order_import.get_absolute_url()

    filtered = anne.get(page, {"reason": "client_missing"}, headers={"HX-Request": "true"})
    assert filtered.content.decode().count('<td class="num">') == 1
    assert filtered.content.strip().startswith(b'<section class="panel" id="rejects">')
    assert [row.number for row in anne.get(page, {"reason": "client_missing"}).context["rows"]] == [4]
    assert anne.get(page, {"reason": "nonsense"}).context["chosen"] is None

    file = anne.get(reverse("intake:import_rejects", args=[order_import.pk]))
    assert file["Content-Disposition"] == f'attachment; filename="rejected-rows-{order_import.pk}.csv"'
    assert file["X-Content-Type-Options"] == "nosniff"
    assert len(b"".join(file.streaming_content).splitlines()) == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [("o.xlsm", b"PK\x03\x04"), ("o.exe", b"MZ"), ("o.csv", b""), ("o.xlsx", b"PK\x03\x04junk"), ("o.csv.gz", b"\x1f\x8bjunk"), ("o.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")],
)  # fmt: skip
def test_a_refused_file_is_explained_and_not_kept(
    anne: Any, settings: Any, tmp_path: Path, name: str, content: bytes
) -> None:
    files = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": files}  # other tests write into the shared one
    answer = upload(anne, content, name)
    assert answer.status_code == 422
    assert len(answer.context["form"].errors["file"]) == 1
    assert not RecordImport.objects.exists()
    folder = path_of("imports")
    assert [path for path in folder.glob("*") if path.read_bytes() == content] == []


def test_columns_that_cannot_be_read_say_so_and_lead_back(cast: Cast, anne: Any) -> None:
    upload(anne, "Customer,Date,Amount\nC1,01/02/2024,1\n")
    order_import = RecordImport.objects.get()
    columns = reverse("intake:import_columns", args=[order_import.pk])
    assert anne.post(columns, CHOSEN | {"column_amount": "", "owner": cast.anne.pk}).status_code == 422
    assert anne.post(columns, CHOSEN | {"owner": cast.carl.pk}).status_code == 422  # not hers to give

    anne.post(columns, CHOSEN | {"owner": cast.anne.pk})
    unclear = anne.get(order_import.get_absolute_url())
    assert unclear.context["refused"].startswith("Day and month cannot be told apart")
    assert columns in unclear.content.decode()

    anne.post(columns, CHOSEN | {"owner": cast.anne.pk, "date_format": "%d/%m/%Y"})
    assert anne.get(order_import.get_absolute_url()).context["preview"].read == 1


def test_confirming_twice_makes_one_job(cast: Cast, anne: Any) -> None:
    order_import = imported(anne, cast.anne)
    anne.post(reverse("intake:import_confirm", args=[order_import.pk]))
    assert Job.objects.filter(kind="intake.import").count() == 1
    assert run(Job.objects.get(kind="intake.import").pk) is None


def test_a_file_that_breaks_after_its_preview_is_refused_as_a_result(cast: Cast, anne: Any) -> None:
    body = "Customer,Date,Amount\n" + "C1,2024-03-01,1\n" * 3000 + '"C2,2024-03-01,1\n'
    order_import = imported(anne, cast.anne, body)
    assert (order_import.state, order_import.problem["code"]) == ("refused", "quote_not_closed")
    page = anne.get(order_import.get_absolute_url())
    assert "line 3002" in page.context["problem"]
    assert not Client.objects.exists()


def test_a_managers_import_leaves_foreign_clients_alone(cast: Cast, anne: Any) -> None:
    make_client(ref="C1", owner=cast.carl)
    order_import = imported(anne, cast.anne)
    assert order_import.counts["rejected"]["not_your_client"] == 1
    assert not OrderLine.objects.exists()


def test_imports_are_for_whom_they_are_for(cast: Cast, anne: Any, browser_of: Any) -> None:
    order_import = imported(anne, cast.anne)
    urls = [
        reverse(f"intake:{name}", args=[order_import.pk])
        for name in ("import", "import_columns", "import_rejects")
    ]
    assert browser_of(cast.alice).get(reverse("intake:imports")).status_code == 403
    for user in (cast.alice, cast.carl):
        assert {browser_of(user).get(url).status_code for url in urls} == {404}
    cast.carl.role = "account_manager"
    cast.carl.save()
    stranger = browser_of(cast.carl)
    assert {stranger.get(url).status_code for url in urls} == {404}
    assert stranger.post(reverse("intake:import_confirm", args=[order_import.pk])).status_code == 404
    assert stranger.get(reverse("intake:imports")).context["imports"] == []
    assert len(browser_of(cast.diane).get(reverse("intake:imports")).context["imports"]) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_much_for_three_as_for_one(
    cast: Cast, anne: Any, count: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(count):
        imported(anne, cast.anne)
    with django_assert_max_num_queries(6):  # with the frame's open tasks
        anne.get(reverse("intake:imports"))


def test_files_go_after_seven_days_and_counts_stay(cast: Cast, anne: Any) -> None:
    order_import = imported(anne, cast.anne)
    kept = path_of(order_import.stored_as)
    now = timezone.now()
    assert purge_uploads(now) == 0
    assert kept.exists()
    assert purge_uploads(now + KEPT * 2) == 2
    assert not kept.exists()
    page = anne.get(order_import.get_absolute_url())
    assert (page.context["counts"]["lines"], page.context["rows"]) == (1, [])
    assert anne.get(reverse("intake:import_rejects", args=[order_import.pk])).status_code == 404
    assert purge_uploads(now + KEPT * 2) == 0


@pytest.mark.parametrize(("state", "purged"), [("queued", 0), ("running", 0), ("failed", 1)])
def test_the_file_of_an_import_that_failed_goes_as_well(
    cast: Cast, anne: Any, state: str, purged: int
) -> None:
    job = Job.objects.create(kind="intake.import", key="1", state=state)
    RecordImport.objects.create(
        kind="orders",
        file_name="o.csv",
        stored_as="imports/o.csv",
        state="queued",
        job=job,
        imported_by=cast.anne,
    )
    assert purge_uploads(timezone.now() + KEPT * 2) == purged


def test_a_file_no_import_knows_goes_after_seven_days(cast: Cast, anne: Any) -> None:
    kept = path_of(imported(anne, cast.anne).stored_as)
    stray = kept.with_name("left-behind.csv")
    stray.write_text("Line\n")
    assert purge_strays(timezone.now()) == 0
    long_ago = (timezone.now() - KEPT * 2).timestamp()
    for file in (stray, kept):
        os.utime(file, (long_ago, long_ago))
    assert purge_strays(timezone.now()) == 1
    assert (stray.exists(), kept.exists()) == (False, True)


def test_an_upload_whose_file_is_gone_leads_back(cast: Cast, anne: Any) -> None:
    upload(anne)
    order_import = RecordImport.objects.get()
    purge_uploads(timezone.now() + KEPT * 2)
    page = anne.get(order_import.get_absolute_url(), follow=True)
    assert page.status_code == 200
    assert reverse("intake:imports") in page.content.decode()


def test_a_workbook_is_uploaded_alike(cast: Cast, anne: Any) -> None:
    from openpyxl import Workbook

    book, buffer = Workbook(), BytesIO()
    for cells in (["Customer", "Date", "Amount"], ["C1", date(2024, 3, 1), 12.5]):
        book.active.append(cells)
    book.save(buffer)
    assert upload(anne, buffer.getvalue(), "o.xlsx").status_code == 302


def test_margins_are_set_by_who_may_configure(cast: Cast, browser_of: Any) -> None:
    food = Category.objects.create(name="Food")
    product = Product.objects.create(ref="P", name="P", category=food)
    make_order(make_client(owner=cast.alice), date(2024, 3, 1), 100, 200, product=product)
    url = reverse("sales:margins")
    assert browser_of(cast.anne).get(url).status_code == 403
    diane = browser_of(cast.diane)

    page = diane.post(url, {"category": food.pk, "percent": "35.5"}, follow=True)

    food.refresh_from_db()
    assert food.assumed_margin_rate == Decimal("0.355")
    (row,) = page.context["rows"]
    assert (row.products, row.lines, row.resting, row.assumed, row.percent) == (1, 2, 2, 2, "35.50")
    assert DirtyDay.objects.count() == 1
    for bad in ("NaN", "101", "x"):
        diane.post(url, {"category": food.pk, "percent": bad})
    food.refresh_from_db()
    assert food.assumed_margin_rate == Decimal("0.355")
    last = diane.post(url, {"category": food.pk, "percent": ""}, follow=True)
    food.refresh_from_db()
    assert food.assumed_margin_rate is None
    told = [(one.category, one.before, one.after, one.by) for one in last.context["changes"]]
    assert told == [("Food", 0.355, None, cast.diane), ("Food", None, 0.355, cast.diane)]


def test_the_clients_panels(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = make_client(owner=cast.alice)
    other = make_client(owner=cast.alice)
    make_order(client, date(2022, 3, 5), 70)
    make_order(client, date(2023, 3, 5), 1000, 500)
    make_order(client, date(2023, 3, 9), -200)
    make_order(other, date(2024, 3, 1), 1)
    mark_all_dirty()
    rebuild_dirty()

    dossier = Dossier(client, cast.alice, timezone.now())
    with django_assert_max_num_queries(1):
        revenue = revenue_panel.context(dossier)
    rows = {row.month: row for row in revenue["rows"]}
    assert (len(rows), min(rows), max(rows)) == (24, date(2022, 4, 1), date(2024, 3, 1))
    assert [rows[date(2022, 4, 1)].year_before, rows[date(2023, 4, 1)].year_before] == [None, 0]
    march = rows[date(2023, 3, 1)]
    assert (march.sales, march.refunds, march.net, march.year_before) == (1500, -200, 1300, 70)
    assert rows[date(2024, 3, 1)].year_before == 1300

    with django_assert_max_num_queries(1):
        orders = orders_panel.context(dossier)
    assert [(row.last_day, row.lines, row.net_cents) for row in orders["rows"]] == [
        (date(2023, 3, 9), 1, -200), (date(2023, 3, 5), 2, 1500), (date(2022, 3, 5), 1, 70),
    ]  # fmt: skip
    nobody = Dossier(make_client(owner=cast.alice), cast.alice, timezone.now())
    assert revenue_panel.context(nobody) is None
    assert orders_panel.context(nobody) is None


def test_the_clients_page_shows_them(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice)
    make_order(client, date(2024, 3, 1), 100_000)
    mark_all_dirty()
    rebuild_dirty()
    page = browser_of(cast.alice).get(whole_page(client)).content.decode()
    assert page.count('data-chart="revenue-months"') == 1
    assert "Recent orders" in page


def test_a_file_that_is_known_says_so(cast: Cast, anne: Any, browser_of: Any) -> None:
    upload(anne)
    RecordImport.objects.update(state="done", finished_at=timezone.now())
    for browser, told in ((anne, 1), (browser_of(cast.diane), 1), (anne, 1)):
        page = browser.get(upload(browser).url, follow=True)
        assert page.content.decode().count("The same file was imported on") == told
    other = upload(anne, CSV + "C9;26/03/2024;1,00\n")
    assert anne.get(other.url, follow=True).content.decode().count("The same file was imported on") == 0
