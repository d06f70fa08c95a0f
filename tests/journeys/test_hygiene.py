"""Merge two clients and undo it; erase a person. Looked at on two screens, in both languages."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from clients.duplicates.finding import find_duplicates
from clients.models import Client
from clients.personal.retention import check_retention
from clients.rules import ClientKind
from jobs.models import Job
from tests.conftest import PASSWORD, Cast
from tests.hygiene.world import make_twins
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("CMIX_SHOTS", "")


def shoot(visitor: Visitor, name: str) -> None:
    visitor.look()
    if SHOTS:
        visitor.page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


@pytest.fixture
def kept_apart(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"},
        }
    }  # fmt: skip


@pytest.mark.parametrize(("width", "theme", "language"), [(1280, "light", "fr"), (375, "dark", "en")])
def test_merge_and_undo(visit, cast: Cast, width, theme, language):
    survivor, loser = make_twins(cast)
    find_duplicates(now=timezone.now())
    User.objects.filter(pk=cast.alice.pk).update(language=language)
    visitor = visit(width=width, theme=theme, language=language)
    visitor.log_in(cast.alice.email, PASSWORD)
    page = visitor.page
    visitor.go("clients:duplicates")
    shoot(visitor, f"duplicates-{width}-{language}")
    page.locator(".pair-acts a").first.click()
    expect(page.locator(".merge-table")).to_be_visible()
    shoot(visitor, f"merge-{width}-{language}")
    page.locator("input[name=take-name][value=loser]").check()
    page.locator(".merge-form button.btn-primary").click()
    expect(page.locator("h1")).to_contain_text("L1")
    shoot(visitor, f"merged-{width}-{language}")
    survivor.refresh_from_db()
    assert (survivor.name, survivor.orders.count()) == ("ARDENT Zoe", 4)
    page.goto(visitor.base_url + reverse("clients:detail", args=[loser.pk]))
    expect(page).to_have_url(visitor.base_url + survivor.get_absolute_url())
    batch = survivor.changes.first().batch
    visitor.go("clients:merged", batch.pk)
    page.locator(f"form[action='{reverse('clients:merge_undo', args=[batch.pk])}'] button").click()
    expect(page.locator("h1")).to_contain_text("L1")
    expect(page.locator(f"form[action='{reverse('clients:merge_undo', args=[batch.pk])}']")).to_have_count(0)
    visitor.look()
    survivor.refresh_from_db()
    assert (survivor.name, survivor.orders.count()) == ("Zoé Ardent", 2)
    assert Job.objects.filter(kind="night").count() == 2


@pytest.mark.parametrize(("width", "theme", "language"), [(1280, "dark", "en"), (375, "light", "fr")])
def test_erase_a_person(visit, cast: Cast, kept_apart, width, theme, language):
    survivor, _ = make_twins(cast)
    Client.objects.filter(pk=survivor.pk).update(created_at=timezone.now().replace(year=2015))
    old = Client.objects.create(
        ref="OLD", name="Jeanne Ancienne", kind=ClientKind.PERSON.value, owner=cast.alice, team=cast.paris
    )
    Client.objects.filter(pk=old.pk).update(created_at=timezone.now().replace(year=2015))
    check_retention(today=timezone.localdate(), now=timezone.now())
    User.objects.filter(pk=cast.anne.pk).update(language=language)
    visitor = visit(width=width, theme=theme, language=language)
    visitor.log_in(cast.anne.email, PASSWORD)
    page = visitor.page
    visitor.go("clients:retention")
    expect(page.locator("tbody tr")).to_have_count(1)
    shoot(visitor, f"retention-{width}-{language}")
    visitor.go("clients:privacy_notice")
    shoot(visitor, f"notice-{width}-{language}")
    visitor.go("clients:detail", survivor.pk)
    page.locator("#panel-privacy a").first.click()
    shoot(visitor, f"privacy-{width}-{language}")
    with page.expect_download() as download:
        page.locator(
            f"form[action$='{reverse('clients:hand_out', args=['client', survivor.pk])}'] button"
        ).click()
    assert download.value.suggested_filename == f"client-{survivor.pk}.zip"
    page.locator("button[name=objected]").click()
    expect(page.locator("button[name=objected][value=no]")).to_be_visible()
    page.locator(f"a[href='{reverse('clients:erase', args=['client', survivor.pk])}']").click()
    shoot(visitor, f"erase-{width}-{language}")
    page.fill("main input[name=name]", "Zoé Ardent")
    page.locator("main button.btn-erase-now").click()
    expect(page).to_have_url(visitor.base_url + reverse("clients:list"))
    visitor.look()
    survivor.refresh_from_db()
    assert (survivor.state, survivor.name, survivor.orders.count()) == ("erased", "", 2)
