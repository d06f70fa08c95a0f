"""A morning with the list: a view is saved and kept first, then many clients change hands at once."""

import re

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from accounts.defaults import DEMO_PASSWORD
from accounts.models import User
from clients.models import Batch, Client, SavedView
from jobs.models import Job
from jobs.services import run

MANAGER = "account_manager"
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_saved_view_and_an_act_on_many_clients(visit):
    call_command("demo", "--clients", "120", verbosity=0)
    manager = User.objects.filter(role=MANAGER).order_by("pk").first()
    User.objects.filter(pk=manager.pk).update(language="en")
    visitor = visit(width=1280, theme="light", language="en")
    visitor.log_in(manager.email, DEMO_PASSWORD)
    page = visitor.page
    visitor.go("clients:list")
    page.select_option("#filter-kind", "person")
    expect(page.locator(".list-chips .chip")).to_contain_text("Private person")
    page.locator("summary", has_text="Save view").click()
    page.fill("#view-name", "Private persons")
    page.locator(".list-views-end input[name=default]").check()
    visitor.look()
    page.locator(".list-views-end").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".list-tabs a[aria-current]")).to_contain_text("Private persons")
    assert SavedView.objects.get().query == "kind=person"

    visitor.go("clients:list")
    expect(page).to_have_url(re.compile(r"kind=person&view=\d+$"))
    page.locator("[data-rows] input.pick").first.check()
    page.locator("[data-rows] input.pick").nth(1).check()
    expect(page.locator("[data-bulk-count]")).to_have_text("2 rows ticked")
    visitor.look()
    page.select_option("#bulk-act", "tag")
    page.get_by_role("button", name="Continue").click()
    page.fill("input[name=tag]", "Spring fair")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".bulk-sentence")).to_have_text("2 clients get the tag “Spring fair”.")
    visitor.look()
    page.get_by_role("button", name="Do it").click()
    page.wait_for_url(re.compile(reverse("clients:batch", args=[0]).replace("0", r"\d+")))
    run(Job.objects.get(kind="clients.bulk").pk)
    visitor.go("clients:batch", Batch.objects.get().pk)
    visitor.look()
    assert Client.objects.filter(tags__name="Spring fair").count() == 2
    page.get_by_role("button", name="Undo").click()
    run(Job.objects.get(kind="clients.bulk_undo").pk)
    assert Client.objects.filter(tags__name="Spring fair").count() == 0
