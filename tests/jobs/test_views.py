from typing import Any

import pytest
from django.urls import reverse

from jobs.models import Job, OutMail
from jobs.services import enqueue
from tests.conftest import Cast
from tests.jobs.test_outbox import queue, state_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def job(cast: Cast) -> Job:
    return enqueue(kind="intake.import", key="7", user=cast.anne)


def put(job: Job, **fields: Any) -> None:
    Job.objects.filter(pk=job.pk).update(**fields)


def answers(cast: Cast, browser_of: Any, url: str) -> dict[str, int]:
    people = ("alice", "bob", "anne", "carl", "diane", "oscar")
    return {name: browser_of(getattr(cast, name)).get(url).status_code for name in people}


def test_progress_is_for_who_asked_and_who_configures(cast: Cast, browser_of: Any, job: Job) -> None:
    url = reverse("jobs:progress", args=[job.pk])
    assert answers(cast, browser_of, url) == {
        "alice": 404, "bob": 404, "anne": 200, "carl": 404, "diane": 200, "oscar": 200,
    }  # fmt: skip


def test_foreign_job_looks_absent(cast: Cast, browser_of: Any, job: Job) -> None:
    browser = browser_of(cast.bob)
    foreign = browser.get(reverse("jobs:progress", args=[job.pk]))
    absent = browser.get(reverse("jobs:progress", args=[job.pk + 1]))
    assert foreign.status_code == absent.status_code == 404
    # The pages carry a token of their own per answer.
    assert len(foreign.content) == len(absent.content)


def test_progress_changes_nothing(cast: Cast, browser_of: Any, job: Job) -> None:
    url = reverse("jobs:progress", args=[job.pk])
    before = Job.objects.values().get()
    browser_of(cast.anne).get(url)
    assert Job.objects.values().get() == before
    assert browser_of(cast.anne).post(url).status_code == 405


def test_bar_asks_again_while_the_job_runs(cast: Cast, browser_of: Any, job: Job) -> None:
    browser, url = browser_of(cast.anne), reverse("jobs:progress", args=[job.pk])
    put(job, state="running", done_units=33, total_units=99)
    bar = browser.get(url, headers=HTMX)
    assert (b"<html" in bar.content, b'hx-trigger="every 1s"' in bar.content) == (False, True)
    assert b'value="33"' in bar.content
    assert not bar.has_header("HX-Refresh")
    put(job, state="done")
    over = browser.get(url, headers=HTMX)
    assert (over.headers["HX-Refresh"], b"hx-trigger" in over.content) == ("true", False)


def test_page_without_javascript_has_a_link(cast: Cast, browser_of: Any, job: Job) -> None:
    url = reverse("jobs:progress", args=[job.pk])
    page = browser_of(cast.anne).get(url)
    assert f'<a href="{url}">Refresh</a>' in page.content.decode()


@pytest.mark.parametrize(("expected", "shown"), [(True, True), (False, False)])
def test_only_errors_written_for_people_are_shown_to_all(
    cast: Cast, browser_of: Any, job: Job, expected: bool, shown: bool
) -> None:
    put(job, state="failed", error="The file has no lines.", result={"expected": expected})
    url = reverse("jobs:progress", args=[job.pk])
    assert ("The file has no lines." in browser_of(cast.anne).get(url).content.decode()) == shown
    assert "The file has no lines." in browser_of(cast.oscar).get(url).content.decode()


@pytest.mark.parametrize("model", ["job", "outmail"])
def test_admin_is_for_administrators(cast: Cast, browser_of: Any, model: str) -> None:
    queue(cast)
    enqueue(kind="night", key="2026-11-21")
    url = reverse(f"admin:jobs_{model}_changelist")
    assert answers(cast, browser_of, url) == {
        "alice": 302, "bob": 302, "anne": 403, "carl": 302, "diane": 302, "oscar": 200,
    }  # fmt: skip
    for action in ("add", "delete", "change"):
        row = (Job if model == "job" else OutMail).objects.get()
        address = reverse(f"admin:jobs_{model}_{action}", args=[] if action == "add" else [row.pk])
        assert browser_of(cast.oscar).get(address).status_code == (200 if action == "change" else 403)


@pytest.mark.parametrize(("action", "state"), [("arrived", "sent"), ("send_again", "pending")])
def test_administrator_settles_a_doubt(cast: Cast, browser_of: Any, action: str, state: str) -> None:
    doubtful, sent = queue(cast, key="1"), queue(cast, key="2")
    OutMail.objects.filter(pk=doubtful.pk).update(state="uncertain")
    OutMail.objects.filter(pk=sent.pk).update(state="failed")
    chosen = {"action": action, "_selected_action": [doubtful.pk, sent.pk]}
    assert browser_of(cast.oscar).post(reverse("admin:jobs_outmail_changelist"), chosen).status_code == 302
    assert (state_of(doubtful), state_of(sent)) == (state, "failed")


def test_mail_without_its_text_is_not_sent_again(cast: Cast, browser_of: Any) -> None:
    row = queue(cast)
    OutMail.objects.update(state="uncertain", text="", html="")
    chosen = {"action": "send_again", "_selected_action": [row.pk]}
    page = browser_of(cast.oscar).post(reverse("admin:jobs_outmail_changelist"), chosen, follow=True)
    assert "1 mail is too old: its text was deleted." in page.content.decode()
    assert state_of(row) == "uncertain"


def test_administrator_runs_a_failed_job_again(cast: Cast, browser_of: Any, job: Job) -> None:
    put(job, state="failed", attempts=3)
    chosen = {"action": "run_again", "_selected_action": [job.pk]}
    browser_of(cast.oscar).post(reverse("admin:jobs_job_changelist"), chosen)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)
