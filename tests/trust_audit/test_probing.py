"""The probes as a job and by command, on the demo shop; decisions on what they propose."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from jobs.models import Job
from jobs.rules import JobState
from jobs.services import run_here
from tests.conftest import Cast
from tests.trust_audit.helpers import NOW, make_audit, make_site, picture
from trust_audit.demo_shop import serving
from trust_audit.models import Audit, Evidence, ProbeRun, Proposal, Site
from trust_audit.probes.types import ProbeOutcome, ProposalStatus
from trust_audit.probes.types import Proposal as Found
from trust_audit.services.audits import sign
from trust_audit.services.evidence import STRAY_AFTER, add_file, purge_files
from trust_audit.services.probing import JOB_KIND, accept, override, request_probes, store_outcome
from trust_audit.services.refusals import Refused

pytestmark = pytest.mark.django_db


def outcome(*found: Found) -> ProbeOutcome:
    return ProbeOutcome("https://shop.example/", NOW.isoformat(), 1.0, 3, 9000, found, None)


def proposed(code: str, level: int | None, **facts: Any) -> Found:
    status = ProposalStatus.PROPOSED if level is not None else ProposalStatus.UNKNOWN
    return Found(code, status, level, 0.9, (), facts, ("https://shop.example/a",), "<html>", "0" * 64)


def test_the_command_probes_the_demo_shop():
    out = StringIO()
    with serving("good") as shop:
        call_command("audit_site", shop.url, "--mode", "express", "--allow-loopback", "--json", stdout=out)
    found = json.loads(out.getvalue().splitlines()[-1])
    assert {code: (one["level"], one["status"]) for code, one in found["criteria"].items()} == {
        "SEAL-01": (None, "hint"), "BRD-01": (4, "proposed"), "NAV-01": (4, "proposed"),
        "NAV-02": (4, "proposed"), "ORD-01": (4, "proposed"), "ORD-04": (None, "not_probed"),
        "ORD-06": (4, "proposed"), "PRE-01": (4, "proposed"), "PRE-02": (None, "hint"),
        "TEC-01": (None, "unknown"), "TEC-02": (None, "hint"),
    }  # fmt: skip
    audit = Audit.objects.get(pk=found["audit"])
    assert (audit.results.filter(level__isnull=False).count(), audit.site.allowed_at is not None) == (0, True)


def test_the_command_dials_no_loopback_unasked():
    out = StringIO()
    with serving("good") as shop:
        call_command("audit_site", shop.url, "--mode", "express", "--json", stdout=out)
    found = json.loads(out.getvalue().splitlines()[-1])
    statuses = {one["status"] for code, one in found["criteria"].items() if code != "ORD-04"}
    assert (statuses, found["pages"]) == ({"unknown"}, 0)


def test_the_job_keeps_proposals_and_is_safe_to_repeat(cast: Cast, settings: Any):
    settings.CMIX_AUDIT_ALLOW_NETS = ["127.0.0.0/8"]
    with serving("good") as shop:
        audit = make_audit(make_site(url="http://shop.example/"), cast.alice)
        run = request_probes(audit=audit, by=cast.alice, now=NOW)
        assert request_probes(audit=audit, by=cast.alice, now=NOW) == run
        # The page budget at one request a second would be a minute: the address is one that answers nothing.
        Site.objects.filter(pk=audit.site_id).update(url="http://127.0.0.1:1/")
        assert shop.url
        for _ in range(2):
            job = run_here(kind=JOB_KIND, key=f"{audit.pk}:1")
    run.refresh_from_db()
    assert (job.state, Job.objects.count(), run.finished_at is not None) == (JobState.DONE, 1, True)
    assert set(Proposal.objects.values_list("status", flat=True)) == {"unknown"}
    assert Proposal.objects.count() == 10


def test_probes_wait_for_somebody_to_say_they_may(cast: Cast):
    audit = make_audit(make_site(allowed_at=None), cast.alice)
    with pytest.raises(Refused) as refused:
        request_probes(audit=audit, by=cast.alice, now=NOW)
    assert (refused.value.code, Job.objects.count()) == ("not_allowed", 0)


def test_one_walk_at_a_time_on_a_host(cast: Cast, settings: Any):
    settings.CMIX_AUDIT_ALLOW_NETS = ["127.0.0.0/8"]
    first = make_audit(make_site(url="http://127.0.0.1:1/"), cast.alice)
    second = make_audit(make_site(url="http://127.0.0.1:2/fr/", name="Again"), cast.bob)
    elsewhere = make_audit(make_site(url="http://shop.example/", name="Elsewhere"), cast.bob)
    run = request_probes(audit=first, by=cast.alice, now=NOW)
    with pytest.raises(Refused) as refused:
        request_probes(audit=second, by=cast.bob, now=NOW)
    assert (refused.value.code, refused.value.values) == ("host_busy", {"host": "127.0.0.1"})
    assert request_probes(audit=elsewhere, by=cast.bob, now=NOW).number == 1
    run_here(kind=JOB_KIND, key=f"{first.pk}:{run.number}")
    assert request_probes(audit=second, by=cast.bob, now=NOW).number == 1
    assert ProbeRun.objects.count() == 3


def test_a_job_done_again_does_not_walk_beside_another(cast: Cast, settings: Any):
    settings.CMIX_AUDIT_ALLOW_NETS = ["127.0.0.0/8"]
    audits = [
        make_audit(make_site(url=url), cast.alice) for url in ("http://127.0.0.1:1/", "http://127.0.0.1:2/")
    ]
    for audit in audits:
        request_probes(audit=audit, by=cast.alice, now=NOW)
        run_here(kind=JOB_KIND, key=f"{audit.pk}:1")
    # The second is at work, as far as the database knows; the first is done once more.
    Job.objects.filter(key=f"{audits[1].pk}:1").update(state=JobState.RUNNING.value, started_at=NOW)
    with translation.override("en"):
        job = run_here(kind=JOB_KIND, key=f"{audits[0].pk}:1")
    assert (job.state, job.error) == (
        JobState.FAILED, "The probes are at work on 127.0.0.1 already; start these when they are done.",
    )  # fmt: skip
    Job.objects.filter(key=f"{audits[1].pk}:1").update(state=JobState.DONE.value)
    assert run_here(kind=JOB_KIND, key=f"{audits[0].pk}:1").state == JobState.DONE


def test_accepting_keeps_level_and_evidence_once(cast: Cast):
    audit = make_audit(make_site(), cast.alice)
    run = request_probes(audit=audit, by=cast.alice, now=NOW)
    found = outcome(
        proposed("TEC-01", 3, until="2026-12-20"), proposed("NAV-01", None), proposed("BRD-01", 4)
    )
    for _ in range(2):
        store_outcome(run=run, outcome=found, now=NOW)
    taken = [accept(audit=audit, codes=None, by=cast.alice, now=NOW) for _ in range(2)]
    levels = dict(audit.results.filter(level__isnull=False).values_list("code", "level"))
    assert (taken, levels, Evidence.objects.filter(kind="probe").count()) == (
        [2, 0],
        {"TEC-01": 3, "BRD-01": 4},
        2,
    )
    assert Site.objects.get().certificate_until.isoformat() == "2026-12-20"


def test_an_override_keeps_its_reason(cast: Cast):
    audit = make_audit(make_site(), cast.alice)
    run = request_probes(audit=audit, by=cast.alice, now=NOW)
    store_outcome(run=run, outcome=outcome(proposed("NAV-01", 1)), now=NOW)
    with pytest.raises(Refused):
        override(audit=audit, code="NAV-01", level=4, reason=" ", by=cast.alice, now=NOW)
    override(
        audit=audit, code="NAV-01", level=4, reason="The menu is drawn by a script", by=cast.alice, now=NOW
    )
    result = audit.results.get(code="NAV-01")
    assert (result.level, result.source, result.override_reason, Proposal.objects.get().decision) == (
        4, "override", "The menu is drawn by a script", "overridden",
    )  # fmt: skip


def test_a_signed_audit_takes_no_proposal(cast: Cast):
    audit = make_audit(make_site(), cast.alice)
    run = request_probes(audit=audit, by=cast.alice, now=NOW)
    store_outcome(run=run, outcome=outcome(proposed("NAV-01", 1)), now=NOW)
    accept(audit=audit, codes=None, by=cast.alice, now=NOW)
    sign(audit=audit, by=cast.alice, now=NOW)
    with pytest.raises(Refused):
        store_outcome(run=run, outcome=outcome(proposed("NAV-01", 4)), now=NOW)
    assert audit.results.get(code="NAV-01").level == 1


@pytest.mark.parametrize(
    ("kind", "begins"), [("html", b"<!doctype"), ("json", b"{"), ("csv", b"\xef\xbb\xbf"), ("pdf", b"%PDF")]
)
def test_an_audit_is_written_to_a_file(cast: Cast, tmp_path: Path, settings: Any, kind: str, begins: bytes):
    audit = make_audit(make_site(), cast.alice)
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    add_file(
        audit=audit, code="PRE-01", file=picture(), caption="A product", captured_on=NOW.date(), by=cast.alice,
        now=NOW,
    )  # fmt: skip
    file = tmp_path / "audit"
    call_command("export_audit", str(audit.pk), "--format", kind, "--to", str(file), stdout=StringIO())
    assert file.read_bytes().strip()[: len(begins)] == begins


def test_files_of_an_audit_that_is_gone_are_swept_a_day_later(cast: Cast, tmp_path: Path, settings: Any):
    folder = {
        "BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path},
    }  # fmt: skip
    settings.STORAGES = settings.STORAGES | {"default": folder}
    kept, gone = (make_audit(make_site(name=name), cast.alice) for name in ("Kept", "Gone"))
    for audit in (kept, gone):
        add_file(
            audit=audit,
            code="PRE-01",
            file=picture(),
            caption="",
            captured_on=NOW.date(),
            by=cast.alice,
            now=NOW,
        )
    gone_folder = tmp_path / "trust" / str(gone.pk)
    gone.site.delete()
    now = timezone.now()
    assert (purge_files(now), len(list(gone_folder.iterdir()))) == (0, 1)
    late = now + STRAY_AFTER
    assert (purge_files(late), gone_folder.exists(), purge_files(late)) == (1, False, 0)
    assert [str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()] == [
        Evidence.objects.get().stored_as
    ]
