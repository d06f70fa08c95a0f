"""The probes from the button on: permission, progress while the site is walked, proposals, decisions."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections
from playwright.sync_api import expect

from jobs.models import Job
from jobs.rules import JobState
from jobs.services import run
from tests.conftest import PASSWORD, Cast
from tests.journeys.visitor import Visitor
from tests.trust_audit.helpers import make_audit, make_site
from trust_audit.demo_shop import serving
from trust_audit.models import Audit, Evidence, Proposal
from trust_audit.services.probing import JOB_KIND

pytestmark = pytest.mark.django_db(transaction=True)
REASON = "The menu is drawn by a script on narrow screens"


@contextmanager
def worker(job: Job) -> Iterator[None]:
    """The job in a thread of its own, as a worker has a process of its own.

    A database in memory has one connection, which the live server's thread shares already.
    """
    mine: Any = connections["default"]
    shared = mine if mine.vendor == "sqlite" and mine.is_in_memory_db() else None

    def work() -> None:
        if shared is not None:
            connections["default"] = shared
        try:
            run(job.pk)
        finally:
            if shared is None:
                connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        thread.join(120)
        assert not thread.is_alive()


def test_the_button_walks_the_site_and_a_person_decides(
    cast: Cast, visit: Callable[..., Visitor], settings: Any
):
    settings.CMIX_AUDIT_ALLOW_NETS = ["127.0.0.0/8"]
    settings.CMIX_AUDIT_DELAY = 0.05  # enough to see the bar move
    with serving("good") as shop:
        audit = make_audit(make_site(url=shop.url, name="Demo shop", allowed_at=None), cast.alice)
        alice = visit()
        alice.log_in(cast.alice.email, PASSWORD)
        alice.go("trust:audit", audit.pk)
        alice.page.get_by_label("I may audit this site").check()
        alice.page.get_by_role("button", name="Run the probes").click()
        expect(alice.page.locator(".job--queued")).to_be_visible()
        alice.look()
        with worker(Job.objects.get(kind=JOB_KIND)):
            expect(alice.page.locator(".job--running progress[value]")).to_be_visible()
            expect(alice.page.locator(".job-line")).to_contain_text("/ 60")
            expect(alice.page.get_by_role("button", name="Accept those ticked")).to_be_visible()
        assert len(shop.requests) > 20
    assert Job.objects.get(kind=JOB_KIND).state == JobState.DONE
    decide(alice, audit)


def decide(alice: Visitor, audit: Audit) -> None:
    """One proposal is left out of the ticked and decided otherwise; all others are taken at once."""
    page = alice.page
    proposed = dict(Proposal.objects.filter(level__isnull=False).values_list("code", "level"))
    assert proposed.keys() == {"BRD-01", "NAV-01", "NAV-02", "ORD-01", "ORD-06", "PRE-01"}
    expect(page.locator("#probes tbody tr")).to_have_count(len(proposed))
    alice.look()
    page.get_by_role("checkbox", name="NAV-01").uncheck()
    page.get_by_role("button", name="Accept those ticked").click()
    expect(page.get_by_text("5 proposals accepted.")).to_be_visible()
    expect(page.locator("#probes tbody tr")).to_have_count(1)
    page.locator("#probes").get_by_role("link", name="NAV-01").click()
    page.get_by_text("Decide otherwise").click()
    page.select_option("#override-level", "2")
    page.fill("#override-reason", REASON)
    page.locator(".proposal").get_by_role("button", name="Save").click()
    expect(page.locator(".proposal")).to_contain_text(REASON)
    alice.look()
    taken = audit.results.filter(level__isnull=False)
    assert dict(taken.values_list("code", "level")) == proposed | {"NAV-01": 2}
    assert dict(taken.values_list("code", "source")) == {
        code: "override" if code == "NAV-01" else "probe" for code in proposed
    }
    assert taken.get(code="NAV-01").override_reason == REASON
    assert Evidence.objects.filter(kind="probe").count() == len(proposed)
