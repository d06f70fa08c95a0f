"""Audits from files."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from accounts.models import User
from trust_audit.models import Audit, Evidence, Site
from trust_audit.rules.exchange import Entry, ImportedAudit, read_audit
from trust_audit.rules.scoring import EvidenceKind
from trust_audit.selectors.checklists import checklist, current_key
from trust_audit.selectors.scores import local_day
from trust_audit.services.audits import new_audit
from trust_audit.services.evidence import checksum
from trust_audit.states import Proof, SiteKind, Source

NOWHERE = "https://imported.invalid/"
_PROOFS = {
    EvidenceKind.CLAIM: Proof.CLAIM,
    EvidenceKind.URL: Proof.URL,
    EvidenceKind.PROBE: Proof.PROBE,
    EvidenceKind.FILE: Proof.FILE,
    EvidenceKind.REVIEWED: Proof.FILE,
}


def own_site(url: str, name: str, by: User | None = None) -> Site:
    """The firm's own site of this address, made when it is new."""
    known: Site | None = Site.objects.filter(url=url, kind=SiteKind.OWN.value).order_by("pk").first()
    return known or Site.objects.create(url=url, name=name[:120], kind=SiteKind.OWN.value, created_by=by)


@transaction.atomic
def import_audit(*, data: Any, site: Site | None, lead: User | None, now: datetime) -> Audit:
    """An audit with what the file says; raises ``FaultyFile``, keeping nothing.

    Without a site it is kept under one that stands for imported files.
    """
    found = read_audit(data, frozenset(checklist(current_key()).by_code()))
    site = site or own_site(NOWHERE, "Imported audits", lead)
    audit = new_audit(site=site, profile=found.profile, mode=found.mode, lead=lead, now=now)
    _fill(audit, found, now)
    return audit


def _fill(audit: Audit, found: ImportedAudit, now: datetime) -> None:
    results = list(audit.results.all())
    proofs = []
    for result in results:
        entry = found.entries.get(result.code)
        if entry is None:
            continue
        result.applies, result.na_reason = not entry.na_reason, entry.na_reason
        result.level, result.source = entry.level, Source.IMPORT.value
        # As old as its evidence, else a fresh word would outweigh an old proof.
        result.level_at, result.saved_at = _days_before(now, entry.age_days), now
        if entry.level is not None:
            proofs.append(_proof(audit, result, entry, now))
    fields = ["applies", "na_reason", "level", "source", "level_at", "saved_at"]
    audit.results.bulk_update(results, fields)
    Evidence.objects.bulk_create(proofs)


def _days_before(now: datetime, days: int) -> datetime:
    """Days of the calendar: across a change of the clock, so many times 24 hours may be another day."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)) - timedelta(days=days)


def _proof(audit: Audit, result: Any, entry: Entry, now: datetime) -> Evidence:
    said: Mapping[str, Any] = {"imported": entry.evidence.value, "age_days": entry.age_days}
    return Evidence(
        audit=audit, result=result, kind=_PROOFS[entry.evidence].value, caption=entry.evidence.value,
        data=dict(said), sha256=checksum(said), captured_on=local_day(now) - timedelta(days=entry.age_days),
        created_at=now, confirmed_at=now if entry.evidence == EvidenceKind.REVIEWED else None,
    )  # fmt: skip
