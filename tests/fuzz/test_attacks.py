"""Somebody who means harm: forged posts, smuggled fields, foreign ids, markup and formulas in names."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from accounts.defaults import DEMO_DOMAIN, DEMO_PASSWORD
from accounts.models import User
from attention.emails import build_mail
from attention.models import ListLine, WeeklyList
from clients.models import Client
from intake.models import RecordImport
from jobs.models import Job
from sales.models import Category, Product
from tests.access.test_matrix import address
from tests.access.walk import Entry, entries
from tests.access.world import World, body_of, stored
from tests.conftest import PASSWORD, Cast

MARKUP = "<img src=x onerror=alert(1)>\"'</script>"
FORMULA = "=cmd|'/c calc'!A1"
WRITTEN = [entry for entry in entries() if "POST" in entry.methods]


@pytest.mark.once  # refused before any view is asked
@pytest.mark.parametrize("entry", WRITTEN, ids=lambda entry: entry.name)
def test_a_forged_post_changes_nothing(entry: Entry, world: World) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(world.readers["director"])
    before = stored()
    response = browser.post(address(entry, world), entry.fields.get("form", {}))
    assert (response.status_code, stored() == before) == (403, True)


def test_a_seller_hands_no_client_over_and_renames_no_reference(world: World, cast: Cast) -> None:
    client = world.clients["alice"]
    smuggled = {
        "name": "New name", "kind": "company", "language": "fr", "owner": cast.carl.pk, "team": cast.lyon.pk,
        "ref": "STOLEN", "search_text": "x", "id": 1, "pk": 1, "owner_id": cast.carl.pk,
    }  # fmt: skip
    url = reverse("clients:edit", args=[client.pk])
    assert world.browser("owner").post(url, smuggled).status_code == 302
    now = Client.objects.get(pk=client.pk)
    assert (now.name, now.owner, now.team, now.ref) == ("New name", client.owner, client.team, client.ref)


def test_a_manager_assigns_inside_the_team_alone(world: World, cast: Cast) -> None:
    client, browser = world.clients["alice"], world.browser("manager")
    url, form = reverse("clients:edit", args=[client.pk]), {"name": "N", "kind": "company", "language": "fr"}
    for foreign in (
        {"owner": cast.carl.pk, "team": cast.paris.pk},
        {"owner": cast.bob.pk, "team": cast.lyon.pk},
    ):
        assert browser.post(url, form | foreign).status_code == 200
    assert Client.objects.get(pk=client.pk).owner == cast.alice
    assert browser.post(url, form | {"owner": cast.bob.pk, "team": cast.paris.pk}).status_code == 302


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> Path:
    storage = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": storage}
    return tmp_path


def upload(browser: Browser, name: str, text: str) -> RecordImport:
    file = SimpleUploadedFile("orders.csv", text.encode())
    file._name = name  # what a browser would never send
    assert browser.post(reverse("intake:imports"), {"kind": "orders", "file": file}).status_code == 302
    return RecordImport.objects.latest("pk")


@pytest.mark.parametrize(
    "name", ["../../../x.csv", "/etc/cron.d/x.csv", "..\\..\\x.csv", "a\x00b.csv", f"{MARKUP}.csv"]
)
def test_no_file_name_leads_out_of_the_folder(name: str, world: World, files: Path) -> None:
    kept = upload(world.browser("manager"), name, "client,day,amount\nC1,2026-01-31,1\n")
    assert (files / kept.stored_as).resolve().parent == files / "imports"
    assert kept.file_name.count("/") + kept.file_name.count("\x00") == 0


def test_new_clients_go_to_nobody_out_of_sight(world: World, cast: Cast, files: Path) -> None:
    browser = world.browser("manager")
    kept = upload(browser, "orders.csv", "client,day,amount\nC1,2026-01-31,1\n")
    form = {"column_client": "client", "column_day": "day", "column_amount": "amount", "owner": cast.carl.pk}
    assert browser.post(reverse("intake:import_columns", args=[kept.pk]), form).status_code != 302
    assert RecordImport.objects.get(pk=kept.pk).owner_of_new == cast.anne


def test_a_file_is_handed_over_once(world: World, cast: Cast, files: Path) -> None:
    browser = world.browser("manager")
    kept = upload(browser, "orders.csv", "client,day,amount\nC1,2026-01-31,1\n")
    form = {"column_client": "client", "column_day": "day", "column_amount": "amount", "owner": cast.anne.pk}
    browser.post(reverse("intake:import_columns", args=[kept.pk]), form)
    before = Job.objects.count()
    for _ in range(2):
        browser.post(reverse("intake:import_confirm", args=[kept.pk]))
    assert Job.objects.count() == before + 1


def hostile(world: World, text: str) -> None:
    """The text wherever others read what somebody wrote."""
    for client in Client.objects.all():
        client.name, client.city, client.phone, client.street = text, text, text[:40], text
        client.save()
    for user in world.readers.values():
        if user:
            user.name = text
            user.save()
    category = Category.objects.create(name=text)
    Product.objects.create(ref=text, name=text, category=category)
    RecordImport.objects.filter(pk=world.objects["import"]).update(file_name=text)


READ = [entry for entry in entries() if "GET" in entry.methods]


@pytest.mark.once  # templates escape, whatever the names come from
@pytest.mark.parametrize("entry", READ, ids=lambda entry: entry.name)
def test_markup_in_names_stays_text(entry: Entry, world: World) -> None:
    hostile(world, MARKUP)
    for reader in ("director", "owner"):
        response = world.browser(reader).get(address(entry, world), follow=True)
        is_page = response.headers["Content-Type"].startswith("text/html")
        assert not is_page or body_of(response).count("<img src=x") == 0


def test_markup_in_names_stays_text_in_mails(world: World) -> None:
    hostile(world, MARKUP)
    owner = world.readers["owner"]
    mail = build_mail(WeeklyList.objects.get(owner=owner), owner)
    assert (mail.html.count("<img src=x"), mail.html.count("&lt;img src=x") > 0) == (0, True)
    assert "\n" not in mail.subject


@pytest.mark.parametrize("name", ["clients:export", "segmentation:export"])
@pytest.mark.parametrize("text", [FORMULA, "+1", "-1+1", "@SUM(A1)", "\t=1", "\u00a0=1"])
def test_no_export_holds_a_formula(name: str, text: str, world: World) -> None:
    hostile(world, text)
    browser = world.browser("director")
    if name == "clients:export":
        response = browser.post(reverse(name, args=["clients"]))
    else:
        response = browser.get(reverse(name))
    rows = list(csv.reader(io.StringIO(body_of(response))))
    cells = [cell for row in rows[1:] for cell in row]
    assert cells.count(f"'{text}") > 0
    assert [cell for cell in cells if cell.strip()[:1] in ("=", "@")] == []


def test_two_answers_to_a_line_leave_the_last(world: World) -> None:
    line, browser = ListLine.objects.get(pk=world.objects["line"]), world.browser("owner")
    url = reverse("attention:answer", args=[line.pk])
    for answer in ({"state": "done", "spent_minutes": 5}, {"state": "wrong"}):
        assert browser.post(url, answer).status_code == 302
    line.refresh_from_db()
    assert (line.state, line.spent_minutes, line.snoozed_until) == ("wrong", None, None)


@pytest.mark.parametrize("path", ["/account/login/", "/account/password/reset/", "/health/live"])
def test_a_foreign_host_is_refused(path: str, cast: Cast) -> None:
    assert Browser().get(path, headers={"host": "evil.example"}).status_code == 400


def test_a_planted_session_is_not_the_one_that_signs_in(cast: Cast) -> None:
    browser = Browser()
    browser.force_login(cast.bob)
    planted = browser.cookies["sessionid"].value
    browser.post(reverse("accounts:logout"))
    browser.cookies["sessionid"] = planted
    browser.post(reverse("accounts:login"), {"username": cast.alice.email, "password": PASSWORD})
    assert browser.cookies["sessionid"].value != planted
    old = Browser()
    old.cookies["sessionid"] = planted
    assert old.get(reverse("home")).status_code == 302


def test_a_session_ends_with_its_log_out(cast: Cast) -> None:
    browser = Browser()
    browser.force_login(cast.alice)
    kept = browser.cookies["sessionid"].value
    browser.post(reverse("accounts:logout"))
    stolen = Browser()
    stolen.cookies["sessionid"] = kept
    assert stolen.get(reverse("home")).status_code == 302


@pytest.mark.parametrize(("demo", "shown"), [(True, 1), (False, 0)])
def test_demo_passwords_show_in_the_demo_alone(demo: bool, shown: int, cast: Cast, settings: Any) -> None:
    User.objects.create_user(f"eve@{DEMO_DOMAIN}", DEMO_PASSWORD, name="Eve", role="sales")
    settings.CMIX_DEMO = demo
    body = Browser().get(reverse("accounts:login")).content.decode()
    assert (body.count(DEMO_PASSWORD) > 0) == bool(shown)


@pytest.mark.parametrize("reader", ["anonymous", "inactive", "owner"])
def test_readiness_tells_strangers_nothing(reader: str, world: World) -> None:
    assert set(world.browser(reader).get("/health/ready").json()) == {"ready"}
