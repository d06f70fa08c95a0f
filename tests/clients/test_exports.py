"""Large exports: a job writes them, their owner alone fetches them, and no erased person is left in them."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import User
from clients import export_jobs, exporting
from clients.bulk.services import job_of
from clients.models import Batch, Client, ExportFile, Person
from clients.personal.erasing import erase_subject
from clients.personal.export import sections_of
from clients.personal.sources import subject_of
from jobs.models import Job
from jobs.services import LeaseLost, run
from tests.access.world import body_of
from tests.conftest import Cast
from tests.factories.records import make_client


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """Files in a folder of the test; two rows are few enough to be sent at once."""
    monkeypatch.setattr(exporting, "DIRECT_ROWS", 2)
    monkeypatch.setattr(export_jobs, "AT_ONCE", 2)
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path},
        }
    }  # fmt: skip


@pytest.fixture
def five(cast: Cast) -> list[Client]:
    names = ["Ardent", "Bonnet", '=HYPERLINK("x")', "Dumont", "Élan"]
    return [
        make_client(owner=cast.alice, name=name, ref=f"R{number}", kind="person")
        for number, name in enumerate(names)
    ]


def ask(browser: Any, content: str = "csv", key: str = "clients", query: str = "") -> Any:
    return browser.post(reverse("clients:export", args=[key]), {"list": query, "as": content})


def written(browser: Any, content: str = "csv", **asked: str) -> ExportFile:
    """Asked for on the page, done by the job."""
    page = ask(browser, content, **asked)
    batch = Batch.objects.get(pk=int(page.url.rstrip("/").split("/")[-1]))
    job = job_of(batch, export_jobs.JOB_KIND)
    assert job is not None
    done = run(job.pk)
    assert done is not None
    assert (done.state, done.error) == ("done", "")
    return ExportFile.objects.get(batch=batch)


def fetch(browser: Any, file: ExportFile) -> Any:
    return browser.get(reverse("clients:export_file", args=[file.pk]))


def files() -> list[str]:
    folder = Path(default_storage.path("exports"))
    return sorted(path.name for path in folder.glob("*")) if folder.exists() else []


@pytest.mark.parametrize("content", ["csv", "csv-record"])
def test_a_long_file_is_what_a_short_one_would_be(
    content: str, cast: Cast, five: list[Client], browser_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_of(cast.alice)
    file = written(browser, content, query="sort=-name")
    response = fetch(browser, file)
    text = body_of(response)
    monkeypatch.setattr(exporting, "DIRECT_ROWS", 100)
    assert text == body_of(ask(browser, content, query="sort=-name"))
    assert "'=HYPERLINK" in text
    assert len(text.splitlines()) == 6
    assert response["Content-Disposition"].endswith('.csv"')
    batch = Batch.objects.get(pk=file.batch_id)
    assert (batch.kind, batch.by, batch.counts["rows"], batch.label) == (
        "export",
        cast.alice,
        5,
        "Clients, CSV",
    )
    stored = Path(default_storage.path(file.stored_as))
    assert (stored.stat().st_mode & 0o777, file.size) == (0o600, stored.stat().st_size)


def test_a_workbook_is_written_by_the_job_too(cast: Cast, five: list[Client], browser_of: Any) -> None:
    browser = browser_of(cast.alice)
    content = b"".join(fetch(browser, written(browser, "xlsx")).streaming_content)
    rows = list(load_workbook(BytesIO(content)).active.values)  # type: ignore[union-attr]
    assert rows[0][:2] == ("Reference", "Name")
    assert {row[1] for row in rows[1:]} == {"Ardent", "Bonnet", '\'=HYPERLINK("x")', "Dumont", "Élan"}


def test_a_short_list_is_sent_at_once(cast: Cast, five: list[Client], browser_of: Any) -> None:
    response = ask(browser_of(cast.alice), query="q=ardent")
    assert (response.status_code, len(body_of(response).splitlines())) == (200, 2)
    assert (Job.objects.count(), ExportFile.objects.count(), Batch.objects.count()) == (0, 0, 1)


def test_the_page_tells_how_far_it_is_and_hands_the_file_out(
    cast: Cast, five: list[Client], browser_of: Any
) -> None:
    browser = browser_of(cast.alice)
    address = ask(browser).url
    waiting = browser.get(address).content.decode()
    assert (waiting.count("<progress"), "Your file" in waiting) == (1, False)
    assert ask(browser).url == address  # a second click is the same export
    run(Job.objects.get().pk)
    ready = browser.get(address).content.decode()
    assert reverse("clients:export_file", args=[ExportFile.objects.get().pk]) in ready
    seen_by_all = browser_of(cast.diane).get(address).content.decode()
    assert ("Clients, CSV" in seen_by_all, "exports/" in seen_by_all) == (True, False)


def test_what_was_searched_for_is_not_in_the_journal(cast: Cast, five: list[Client], browser_of: Any) -> None:
    for client in five:
        Client.objects.filter(pk=client.pk).update(search_text="lille")
    file = written(browser_of(cast.alice), query="q=Lille")
    assert Batch.objects.get(pk=file.batch_id).counts["query"] == ""
    assert Batch.objects.get(pk=file.batch_id).counts["searched"] is True


@pytest.mark.parametrize("who", ["bob", "anne", "carl", "diane", "oscar"])
def test_nobody_else_fetches_it(who: str, cast: Cast, five: list[Client], browser_of: Any) -> None:
    file = written(browser_of(cast.alice))
    assert fetch(browser_of(getattr(cast, who)), file).status_code == 404


def test_clients_that_went_to_somebody_else_keep_the_file_closed(
    cast: Cast, five: list[Client], browser_of: Any
) -> None:
    browser = browser_of(cast.alice)
    file = written(browser)
    Client.objects.filter(pk__in=[five[0].pk, five[1].pk]).update(owner=cast.carl, team=cast.lyon)
    refused = fetch(browser, file)
    assert refused.status_code == 403
    assert "2 clients in it are no longer yours to export." in refused.content.decode()
    Client.objects.filter(pk=five[0].pk).update(owner=cast.alice)
    assert fetch(browser, file).status_code == 403


def test_whoever_was_switched_off_before_the_job_gets_none(
    cast: Cast, five: list[Client], browser_of: Any
) -> None:
    ask(browser_of(cast.alice))
    User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    done = run(Job.objects.get().pk)
    assert done is not None
    assert (done.state, done.error_is_for_people, files()) == ("failed", True, [])


def test_rows_that_went_to_somebody_else_before_the_job_are_left_out(
    cast: Cast, five: list[Client], browser_of: Any
) -> None:
    browser = browser_of(cast.alice)
    ask(browser)
    Client.objects.filter(pk=five[0].pk).update(owner=cast.carl, team=cast.lyon)
    run(Job.objects.get().pk)
    text = body_of(fetch(browser, ExportFile.objects.get()))
    assert ("Ardent" in text, len(text.splitlines())) == (False, 5)
    assert Batch.objects.get().counts["rows"] == 4


@pytest.mark.django_db(transaction=True)
def test_it_is_kept_for_a_week(cast: Cast, five: list[Client], browser_of: Any) -> None:
    browser, now = browser_of(cast.alice), timezone.now()
    file = written(browser)
    assert export_jobs.purge_exports(now + timedelta(days=6)) == 0
    ExportFile.objects.update(expires_at=now - timedelta(seconds=1))
    assert fetch(browser, file).status_code == 404
    page = browser.get(reverse("clients:batch", args=[file.batch_id])).content.decode()
    assert "The file is no longer kept" in page
    assert (export_jobs.purge_exports(now), files()) == (1, [])


@pytest.mark.django_db(transaction=True)
def test_what_a_dead_job_left_is_cleared_away(cast: Cast, five: list[Client], browser_of: Any) -> None:
    file = written(browser_of(cast.alice))
    stray = Path(default_storage.path("exports/stray.csv"))
    stray.write_text("x")
    assert export_jobs.purge_exports(timezone.now() + timedelta(hours=1)) == 0
    assert export_jobs.purge_exports(timezone.now() + timedelta(days=2)) == 1
    assert files() == [Path(file.stored_as).name]


@pytest.mark.django_db(transaction=True)
def test_an_erased_person_takes_the_files_along(cast: Cast, five: list[Client], browser_of: Any) -> None:
    """Also where no text of the file would give the person away."""
    browser = browser_of(cast.alice)
    with_all, without = written(browser), written(browser, query="kind=person")
    assert without.pk != with_all.pk
    others = [make_client(owner=cast.bob, name=f"Other {number}") for number in range(3)]
    kept = written(browser_of(cast.bob))
    sections = {one.key: one for one in sections_of(subject_of(five[0]))}
    assert [row[0] for row in sections["exports"].rows] == ["Clients, CSV", "Clients, CSV"]
    erase_subject(subject=subject_of(five[0]), by=cast.diane, now=timezone.now())
    assert files() == [Path(kept.stored_as).name]
    assert fetch(browser, with_all).status_code == 404
    assert len(others) + 1 == len(body_of(fetch(browser_of(cast.bob), kept)).splitlines())


@pytest.mark.django_db(transaction=True)
def test_one_of_a_companys_people_too(cast: Cast, browser_of: Any) -> None:
    company = make_client(owner=cast.alice, name="Works", kind="company")
    people = [
        Person.objects.create(client=company, first_name="Li", last_name=name) for name in ("Wu", "Ng", "Ho")
    ]
    written(browser_of(cast.alice), "xlsx-record", key="people")
    assert len(files()) == 1
    erase_subject(subject=subject_of(people[0]), by=cast.diane, now=timezone.now())
    assert files() == []


@pytest.mark.django_db(transaction=True)
def test_an_erasure_while_the_file_is_written_begins_it_anew(
    cast: Cast, five: list[Client], browser_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_of(cast.alice)
    ask(browser)
    finish, erased = export_jobs._finish, []

    def erase_first(*arguments: Any) -> bool:
        if not erased:
            erased.append(five[0].pk)
            erase_subject(subject=subject_of(five[0]), by=cast.diane, now=timezone.now())
        return finish(*arguments)

    monkeypatch.setattr(export_jobs, "_finish", erase_first)
    run(Job.objects.get().pk)
    text = body_of(fetch(browser, ExportFile.objects.get()))
    assert ("Ardent" in text, "Bonnet" in text, len(files())) == (False, True, 1)


def test_a_worker_that_lost_its_lease_leaves_no_file(cast: Cast, five: list[Client], browser_of: Any) -> None:
    ask(browser_of(cast.alice))
    file = ExportFile.objects.get()

    class Lost:
        job_id, payload, cursor = 1, Job.objects.get().payload, {}

        def checkpoint(self, **progress: Any) -> None:
            if progress["done"]:
                raise LeaseLost

    with pytest.raises(LeaseLost):
        export_jobs.run_export(context=Lost(), file=file, user=cast.alice)  # type: ignore[arg-type]
    assert files() == []
    assert ExportFile.objects.get().stored_as == ""


def test_ticked_rows_go_the_same_way(cast: Cast, five: list[Client], browser_of: Any) -> None:
    browser, url = browser_of(cast.alice), reverse("clients:bulk", args=["clients"])
    from tests.clients.test_bulk import fields

    question = {"act": "export", "id": [client.pk for client in five[:3]]}
    told = browser.post(url, fields(browser.get(url, question)) | {"content": "csv"})
    answer = browser.post(url, fields(told) | {"content": "csv"})
    run(Job.objects.get().pk)
    assert answer.url == reverse("clients:batch", args=[Batch.objects.get().pk])
    assert len(body_of(fetch(browser, ExportFile.objects.get())).splitlines()) == 4
