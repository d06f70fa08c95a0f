"""An account manager's morning in the administration: the lists that went out, a client's facts, another owner."""

import re

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.defaults import DEMO_PASSWORD
from accounts.models import User
from clients.models import Change, Client
from jobs.models import Job
from jobs.services import run

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_morning_of_an_account_manager(visit):
    call_command("demo", "--clients", "60", verbosity=0)
    call_command("run_night", verbosity=0)
    year, week, _ = timezone.localdate().isocalendar()
    call_command("freeze_lists", "--week", f"{year}-W{week:02d}", verbosity=0)
    manager = User.objects.filter(role="account_manager").order_by("pk").first()
    User.objects.filter(pk=manager.pk).update(language="en")
    seller = User.objects.filter(role="sales", team=manager.team).order_by("name").first()
    visitor = visit(width=1280, theme="light", language="en")
    visitor.log_in(manager.email, DEMO_PASSWORD)
    page = visitor.page

    visitor.go("admin:index")
    visitor.look()
    page.get_by_role("link", name=re.compile("Lists of the week")).click()
    expect(page.locator("#result_list tbody tr").first).to_be_visible()
    team = User.objects.filter(team=manager.team).values_list("name", flat=True)
    owners = set(page.locator("#result_list td.field-owner_shown").all_inner_texts())
    assert (bool(owners), owners - set(team)) == (True, set())

    client = Client.objects.visible_to(manager).exclude(owner=seller).order_by("name").first()
    visitor.go("admin:clients_client_change", client.pk)
    page.fill("#id_city", "Dunkerque")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")
    assert Change.objects.get(client=client).after == {"city": "Dunkerque"}

    page.fill("#searchbar", client.ref)
    page.get_by_role("button", name="Search").click()
    page.locator("#result_list input.action-select").first.check()
    page.select_option("select[name=action]", "assign")
    page.locator("#changelist-form button[name=index]").click()
    expect(page).to_have_url(re.compile(reverse("clients:bulk", args=["clients"])))
    page.select_option("select[name=owner]", str(seller.pk))
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".bulk-sentence")).to_contain_text(seller.name)
    visitor.look()
    page.get_by_role("button", name="Do it").click()
    page.wait_for_url(re.compile(r"/batches/\d+/"))
    run(Job.objects.get(kind="clients.bulk").pk)
    assert Client.objects.get(pk=client.pk).owner == seller


def test_the_administration_fits_a_phone_in_french(visit):
    call_command("demo", "--clients", "20", verbosity=0)
    manager = User.objects.filter(role="account_manager").order_by("pk").first()
    visitor = visit(width=375, theme="dark", language="fr")
    visitor.log_in(manager.email, DEMO_PASSWORD)
    visitor.go("admin:index")
    expect(visitor.page.locator(".morning")).to_contain_text("Listes de la semaine")
    visitor.go("admin:clients_client_changelist")
    expect(visitor.page.locator("h1")).to_have_text("Clients")
    visitor.settle()
    assert visitor.problems == []


LOOKS = [(1280, "light", "en"), (375, "dark", "fr")]


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_every_page_of_the_administration_of_an_account_manager(visit, width, theme, language):
    """Its index, and of every model there the list, a form to add, a record, its history and a search."""
    call_command("demo", "--clients", "20", verbosity=0)
    call_command("run_night", verbosity=0)
    year, week, _ = timezone.localdate().isocalendar()
    call_command("freeze_lists", "--week", f"{year}-W{week:02d}", verbosity=0)
    manager = User.objects.filter(role="account_manager").order_by("pk").first()
    User.objects.filter(pk=manager.pk).update(language=language)
    visitor = visit(width=width, theme=theme, language=language)
    visitor.log_in(manager.email, DEMO_PASSWORD)
    visitor.go("admin:index")
    visitor.look()
    page, walked, wrong = visitor.page, 0, []

    def look(address: str) -> None:
        page.goto(address)
        try:
            visitor.look()
        except AssertionError as problem:
            wrong.append(str(problem))
            visitor.problems.clear()

    lists = page.locator("#content-main th[scope=row] a").evaluate_all("all => all.map(one => one.href)")
    assert len(lists) > 8
    for address in dict.fromkeys(lists):
        look(address)
        first = page.locator("#result_list th a").first
        record = first.evaluate("one => one.href") if first.count() else None
        below = [f"{address}?q=a"] if page.locator("#searchbar").count() else []
        below += (
            [f"{address}add/"]
            if page.locator(f"a[href$='{address.removeprefix(visitor.base_url)}add/']").count()
            else []
        )
        below += [record, record.partition("?")[0].replace("/change/", "/history/")] if record else []
        for one in below:
            look(one)
        walked += 1 + len(below)
    assert wrong == []
    assert walked > 25
