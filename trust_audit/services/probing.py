"""Run the probes of an audit and let a person decide on what they propose."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from common.locks import lock_until_commit
from jobs.models import Job
from jobs.rules import JobState
from jobs.services import enqueue
from trust_audit.models import Audit, ProbeRun, Proposal, Site
from trust_audit.probes.types import ProbeOutcome, ProposalStatus
from trust_audit.rules.checklist import Automation
from trust_audit.selectors.checklists import checklist
from trust_audit.selectors.scores import local_day
from trust_audit.services.audits import next_number, refuse_signed, set_level
from trust_audit.services.evidence import add_record
from trust_audit.services.refusals import Refused
from trust_audit.states import Decision, Proof, Source

JOB_KIND = "trust_audit.probe"
PROBE_VERSION = "1"  # raised when the same site would be told something else
EXCERPT = 4096
UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)
TLS_CODE, CERTIFICATE_FACT = "TEC-01", "until"


@transaction.atomic
def allow(*, site: Site, by: User, now: datetime) -> None:
    """Keep who said that the site may be audited, and when; the first word stands."""
    Site.objects.filter(pk=site.pk, allowed_at__isnull=True).update(allowed_by=by, allowed_at=now)


@transaction.atomic
def request_probes(*, audit: Audit, by: User, now: datetime) -> ProbeRun:
    """Queue a run; the one still under way is returned instead.

    Raises ``Refused`` until somebody said that the site may be audited, and while another audit's probes are at
    work on the same host: two walks at once would be twice the load that the pause promises.
    """
    refuse_signed(audit)
    if not Site.objects.filter(pk=audit.site_id, allowed_at__isnull=False).exists():
        raise Refused("not_allowed")
    last: ProbeRun | None = audit.probe_runs.select_related("job").order_by("-number").first()
    if last and last.job and last.job.state in UNDER_WAY:
        return last
    host = _plain_host(audit.site)
    lock_until_commit(f"trust probes {host}")
    if any(_plain_host(other.audit.site) == host for other in _runs_under_way()):
        raise Refused("host_busy", host=host)
    number = next_number(audit)
    run = ProbeRun.objects.create(audit=audit, number=number, requested_by=by, requested_at=now)
    job = enqueue(kind=JOB_KIND, key=f"{audit.pk}:{number}", payload={"run": run.pk}, user=by)
    ProbeRun.objects.filter(pk=run.pk).update(job=job)
    run.job = job
    return run


def refuse_second(*, run: ProbeRun) -> None:
    """For a run that begins. Raises ``Refused`` while an earlier one visits the host: a job done again asks nobody."""
    mine = Job.objects.get(probe_run=run)
    begun = (mine.started_at, mine.pk)
    for other in _runs_under_way().filter(job__state=JobState.RUNNING).exclude(pk=run.pk):
        earlier = other.job is not None and (other.job.started_at, other.job.pk) < begun
        if earlier and _plain_host(other.audit.site) == _plain_host(run.audit.site):
            raise Refused("host_busy", host=_plain_host(run.audit.site))


def _runs_under_way() -> QuerySet[ProbeRun]:
    return ProbeRun.objects.filter(job__state__in=UNDER_WAY).select_related("audit__site", "job")


def _plain_host(site: Site) -> str:
    return site.host.lower().removeprefix("www.")


def codes_to_probe(audit: Audit) -> list[str]:
    """Criteria of the audit that apply and that a probe knows something about."""
    criteria = checklist(audit.checklist).by_code()
    codes = audit.results.filter(applies=True).order_by("position").values_list("code", flat=True)
    return [code for code in codes if criteria[code].automation != Automation.HUMAN]


@transaction.atomic
def store_outcome(*, run: ProbeRun, outcome: ProbeOutcome, now: datetime) -> int:
    """Keep what the probes found. The same probe version once more replaces what nobody decided on."""
    audit = Audit.objects.select_for_update().get(pk=run.audit_id)
    if audit.is_signed:
        raise Refused("signed")
    wanted = set(audit.results.values_list("code", flat=True))
    stored = sum(_store(run, one, now) for one in outcome.proposals if one.code in wanted)
    _keep_certificate(audit, outcome)
    ProbeRun.objects.filter(pk=run.pk).update(
        finished_at=now, seconds=outcome.seconds, pages=outcome.pages, bytes_read=outcome.bytes_read,
        note=outcome.note.as_json() if outcome.note else None,
    )  # fmt: skip
    return stored


def _store(run: ProbeRun, found: Any, now: datetime) -> bool:
    fields = {
        "run": run, "status": found.status.value, "level": found.level, "confidence": found.confidence,
        "because": [one.as_json() for one in found.because], "facts": dict(found.facts),
        "urls": list(found.urls)[:50], "excerpt": found.excerpt[:EXCERPT].replace("\x00", ""),
        "sha256": found.sha256, "probed_at": now,
    }  # fmt: skip
    row, created = Proposal.objects.select_for_update().get_or_create(
        audit_id=run.audit_id, code=found.code, probe_version=PROBE_VERSION, defaults=fields
    )
    changed = not created and (row.level, row.status) != (fields["level"], fields["status"])
    if created or row.decision == Decision.OPEN or changed:
        for name, value in fields.items():
            setattr(row, name, value)
        row.decision, row.decided_by, row.decided_at = Decision.OPEN.value, None, None
        row.save()
    return True


def _keep_certificate(audit: Audit, outcome: ProbeOutcome) -> None:
    for found in outcome.proposals:
        if found.code == TLS_CODE and (day := _day(found.facts.get(CERTIFICATE_FACT))):
            Site.objects.filter(pk=audit.site_id).update(certificate_until=day)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


@transaction.atomic
def accept(*, audit: Audit, codes: Collection[str] | None, by: User | None, now: datetime) -> int:
    """Take the open proposals that have a level, all of them or those of ``codes``; returns how many."""
    refuse_signed(audit)
    rows = audit.proposals.select_for_update().filter(
        decision=Decision.OPEN.value, status=ProposalStatus.PROPOSED.value, level__isnull=False
    )
    if codes is not None:
        rows = rows.filter(code__in=list(codes))
    applying = set(audit.results.filter(applies=True).values_list("code", flat=True))
    taken = [row for row in _newest(rows.order_by("probed_at", "pk")) if row.code in applying]
    for row in taken:
        set_level(audit=audit, code=row.code, level=row.level, by=by, now=now, source=Source.PROBE)
        _keep_as_evidence(row, by, now)
        _decide(row, Decision.ACCEPTED, by, now)
    return len(taken)


def _newest(rows: Iterable[Proposal]) -> list[Proposal]:
    return list({row.code: row for row in rows}.values())


@transaction.atomic
def override(*, audit: Audit, code: str, level: int, reason: str, by: User, now: datetime) -> Proposal | None:
    """Set a level against what a probe proposed; its reason is kept. Raises ``Refused`` without one."""
    if not reason.strip():
        raise Refused("override_without_reason")
    refuse_signed(audit)
    row: Proposal | None = audit.proposals.filter(code=code).order_by("-probed_at", "-pk").first()
    set_level(
        audit=audit, code=code, level=level, by=by, now=now, source=Source.OVERRIDE,
        override_reason=reason.strip()[:500],
    )  # fmt: skip
    if row is not None:
        _keep_as_evidence(row, by, now)
        _decide(row, Decision.OVERRIDDEN, by, now)
    return row


def _keep_as_evidence(row: Proposal, by: User | None, now: datetime) -> None:
    """What the probe read becomes evidence of the level, with its checksum."""
    facts = {"facts": row.facts, "sha256": row.sha256, "probe": row.probe_version}
    add_record(
        audit=row.audit, code=row.code, kind=Proof.PROBE, data=facts, captured_on=local_day(row.probed_at),
        by=by, now=now, url=(row.urls[0] if row.urls else "")[:500],
    )  # fmt: skip


def _decide(row: Proposal, decision: Decision, by: User | None, now: datetime) -> None:
    row.decision, row.decided_by, row.decided_at = decision.value, by, now
    row.save(update_fields=["decision", "decided_by", "decided_at"])
