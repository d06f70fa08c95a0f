"""Begin an audit, mark its criteria, sign it, begin the next."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from trust_audit.models import Audit, CriterionResult, Evidence, Site
from trust_audit.rules.checklist import Automation, Criterion, Item, Mode, Profile
from trust_audit.rules.exchange import rounded, score_as_json
from trust_audit.rules.gains import Effort, gains
from trust_audit.rules.scoring import RULE_VERSION
from trust_audit.selectors.checklists import checklist, current_key
from trust_audit.selectors.scores import local_day, scored
from trust_audit.services.refusals import Refused
from trust_audit.states import AuditState, Source

KEEPS_LEVELS_FOR = timedelta(days=90)


@transaction.atomic
def start_audit(
    *, site: Site, profile: Profile, mode: Mode, lead: User | None, now: datetime, language: str = "en"
) -> Audit:
    """Begin an audit; the one that runs already on this site is returned instead."""
    Site.objects.select_for_update().get(pk=site.pk)
    running: Audit | None = site.audits.filter(state=AuditState.RUNNING.value).order_by("-pk").first()
    if running is not None:
        return running
    return new_audit(site=site, profile=profile, mode=mode, lead=lead, now=now, language=language)


@transaction.atomic
def new_audit(
    *, site: Site, profile: Profile, mode: Mode, lead: User | None, now: datetime, language: str = "en",
    previous: Audit | None = None,
) -> Audit:  # fmt: skip
    """Begin an audit beside any other, with the checklist in force now."""
    key = current_key()
    content = checklist(key)
    audit = Audit.objects.create(
        site=site, profile=profile.value, mode=mode.value, checklist=key, rule_version=RULE_VERSION,
        lead=lead, previous=previous, started_at=now,
    )  # fmt: skip
    reason = content.profiles[profile].reason
    words = reason.get(language) or reason.get("en", "")
    CriterionResult.objects.bulk_create(
        _new_result(audit, item, position, words)
        for position, item in enumerate(content.items(profile, mode), start=1)
    )
    return audit


def _new_result(audit: Audit, item: Item, position: int, na_reason: str) -> CriterionResult:
    return CriterionResult(
        audit=audit, code=item.code, family=item.family.value, position=position, weight=item.weight,
        cap=item.cap, applies=not item.not_applicable, na_reason=na_reason if item.not_applicable else "",
    )  # fmt: skip


def open_result(audit: Audit, code: str) -> CriterionResult:
    """The result, locked with its audit; raises ``Refused`` once the audit is signed."""
    refuse_signed(audit)
    result: CriterionResult = CriterionResult.objects.select_for_update().get(audit=audit, code=code)
    return result


def refuse_signed(audit: Audit) -> None:
    state = Audit.objects.select_for_update().values_list("state", flat=True).get(pk=audit.pk)
    if state == AuditState.SIGNED:
        raise Refused("signed")


def _touch(result: CriterionResult, now: datetime, *fields: str) -> CriterionResult:
    result.saved_at = now
    result.save(update_fields=[*fields, "saved_at"])
    Audit.objects.filter(pk=result.audit_id).update(last_code=result.code)
    return result


@transaction.atomic
def set_level(
    *, audit: Audit, code: str, level: int | None, by: User | None, now: datetime,
    source: Source = Source.PERSON, override_reason: str = "",
) -> CriterionResult:  # fmt: skip
    """The auditor's level, or None to say that it was not tested. A level makes the criterion apply."""
    result = open_result(audit, code)
    result.level, result.applies, result.na_reason = level, True, ""
    result.level_by, result.level_at = (by, now) if level is not None else (None, None)
    result.source, result.override_reason = source.value, override_reason
    return _touch(
        result, now, "level", "applies", "na_reason", "level_by", "level_at", "source", "override_reason"
    )


@transaction.atomic
def set_not_applicable(*, audit: Audit, code: str, reason: str, by: User, now: datetime) -> CriterionResult:
    """Raises ``Refused`` without a reason: not applicable takes weight away."""
    if not reason.strip():
        raise Refused("na_without_reason")
    result = open_result(audit, code)
    result.applies, result.na_reason = False, reason.strip()[:500]
    result.level_by, result.level_at = by, now
    return _touch(result, now, "applies", "na_reason", "level_by", "level_at")


@transaction.atomic
def set_note(*, audit: Audit, code: str, note: str, now: datetime) -> CriterionResult:
    result = open_result(audit, code)
    result.note = note.strip()[:5000]
    return _touch(result, now, "note")


@transaction.atomic
def set_second(
    *, audit: Audit, code: str, level: int | None, note: str | None, by: User, now: datetime
) -> CriterionResult:
    """The level of a second person. Raises ``Refused`` for the auditor, who has the first."""
    if audit.lead_id == by.pk:
        raise Refused("second_is_the_first")
    result = open_result(audit, code)
    result.second_level, result.second_by, result.second_at = level, by, now
    if note is not None:
        result.second_note = note.strip()[:5000]
    return _touch(result, now, "second_level", "second_note", "second_by", "second_at")


@transaction.atomic
def set_effort(*, audit: Audit, code: str, effort: Effort, now: datetime) -> CriterionResult:
    result = open_result(audit, code)
    result.effort = effort.value
    return _touch(result, now, "effort")


@transaction.atomic
def hand_over(*, audit: Audit, to: User) -> None:
    refuse_signed(audit)
    Audit.objects.filter(pk=audit.pk).update(lead=to)


@transaction.atomic
def sign(*, audit: Audit, by: User, now: datetime) -> Audit:
    """Freeze the audit with its score. Signing again changes nothing.

    Raises ``Refused`` while two reviewers are two levels apart, or when nothing was tested.
    """
    audit = Audit.objects.select_for_update().get(pk=audit.pk)
    if audit.is_signed:
        return audit
    found = scored(audit, local_day(now))
    if disputed := [result.code for result in found.results if result.disputed]:
        raise Refused("disputed", codes=", ".join(disputed))
    if not found.tested:
        raise Refused("nothing_tested")
    audit.state, audit.signed_by, audit.signed_at = AuditState.SIGNED.value, by, now
    audit.score = score_as_json(found.score) | {
        "gains": {one.code: rounded(one.points) for one in gains(found.items, found.marks)},
        "rule_version": audit.rule_version,
        "computed_at": now.isoformat(),
    }
    audit.save(update_fields=["state", "signed_by", "signed_at", "score"])
    return audit


@transaction.atomic
def reaudit(*, audit: Audit, lead: User, now: datetime, language: str = "en") -> Audit:
    """The next audit of the site: reasons and notes are taken over; so are levels that only people can
    judge, with their evidence, for ninety days. Everything else is tested anew."""
    Site.objects.select_for_update().get(pk=audit.site_id)
    running: Audit | None = audit.site.audits.filter(state=AuditState.RUNNING.value).order_by("-pk").first()
    if running is not None:
        return running
    fresh = new_audit(
        site=audit.site, profile=Profile(audit.profile), mode=Mode(audit.mode), lead=lead, now=now,
        language=language, previous=audit,
    )  # fmt: skip
    criteria = checklist(fresh.checklist).by_code()
    before = {result.code: result for result in audit.results.prefetch_related("evidence")}
    for result in fresh.results.all():
        if old := before.get(result.code):
            _carry_over(old, result, criteria[result.code], now)
    return fresh


def _carry_over(old: CriterionResult, new: CriterionResult, criterion: Criterion, now: datetime) -> None:
    new.note, new.effort = old.note, old.effort
    new.applies, new.na_reason = old.applies, old.na_reason
    young = old.level_at is not None and now - old.level_at <= KEEPS_LEVELS_FOR
    if old.tested and young and criterion.automation == Automation.HUMAN:
        new.level, new.level_by, new.level_at = old.level, old.level_by, old.level_at
        new.source = Source.KEPT.value
        Evidence.objects.bulk_create(_copies(old.evidence.all(), new))
    new.save()


def _copies(evidence: Iterable[Any], result: CriterionResult) -> Iterable[Evidence]:
    for one in evidence:
        one.pk, one.result, one.audit_id = None, result, result.audit_id
        yield one


def next_number(audit: Audit) -> int:
    return (audit.probe_runs.aggregate(last=Max("number"))["last"] or 0) + 1
