"""The report of an audit: everything it says, in the reader's language."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trust_audit.labels import FAMILIES, SOURCES, STRENGTHS
from trust_audit.models import Audit, CriterionResult, Evidence, Finding
from trust_audit.radar import Radar
from trust_audit.rules.checklist import Criterion, Law
from trust_audit.rules.exchange import score_as_json
from trust_audit.rules.scoring import FamilyScore, Mark
from trust_audit.selectors.checklists import checklist
from trust_audit.selectors.scores import Scored, compared, scored
from trust_audit.selectors.workspace import Priority, priorities, radar_of, reasons, strong_points
from trust_audit.states import Source
from trust_audit.wording import in_words, level_word

TOP_ROWS = 5


@dataclass(frozen=True)
class ReportRow:
    result: CriterionResult
    question: str
    word: str
    mark: Mark
    strength: str
    source: str
    findings: list[Finding]
    evidence: list[Evidence]
    law: Law | None


@dataclass(frozen=True)
class ReportFamily:
    label: str
    score: FamilyScore
    rows: list[ReportRow]


@dataclass(frozen=True)
class Report:
    found: Scored
    audit: Audit
    reasons: list[str]
    radar: Radar
    families: list[ReportFamily]
    strengths: list[tuple[str, str]]
    priorities: list[Priority]
    annex: list[tuple[str, Evidence]]
    reported_delta: float | None
    like_for_like_delta: float | None
    checked_on: Any


def report_of(found: Scored) -> Report:
    criteria = checklist(found.audit.checklist).by_code()
    findings: dict[int, list[Finding]] = {}
    for one in Finding.objects.filter(result__audit=found.audit).select_related("page").order_by("pk"):
        findings.setdefault(one.result_id, []).append(one)
    rows = {one.code: _row(one, found, criteria[one.code], findings) for one in found.results}
    reported, like = _deltas(found)
    return Report(
        found=found,
        audit=found.audit,
        reasons=reasons(found.score),
        radar=radar_of(found),
        families=[
            ReportFamily(
                str(FAMILIES[family]), score, [rows[r.code] for r in found.results if r.family == family]
            )
            for family, score in found.score.families.items()
        ],
        strengths=strong_points(found),
        priorities=priorities(found)[:TOP_ROWS],
        annex=[(code, one) for code in rows for one in found.evidence.get(code, [])],
        reported_delta=reported,
        like_for_like_delta=like,
        checked_on=min((row.law.checked_on for row in rows.values() if row.law), default=None),
    )


def _row(
    result: CriterionResult, found: Scored, criterion: Criterion, findings: dict[int, list[Finding]]
) -> ReportRow:
    mark = found.marks[result.code]
    return ReportRow(
        result=result,
        question=in_words(criterion.question),
        word=level_word(criterion, result.level) if result.level is not None else "",
        mark=mark,
        strength=str(STRENGTHS[mark.evidence]) if mark.tested else "",
        source=str(SOURCES[Source(result.source)]) if mark.tested else "",
        findings=findings.get(result.pk, []),
        evidence=found.evidence.get(result.code, []),
        law=criterion.law,
    )


def _deltas(found: Scored) -> tuple[float | None, float | None]:
    """Since the audit before: as reported, and on what was tested in both."""
    before = found.audit.previous
    if before is None or not before.is_signed:
        return None, None
    one = compared(scored(before, found.as_of), found)
    same = one.like_for_like
    return (
        float(one.reported) if one.reported is not None else None,
        float(same.delta) if same is not None else None,
    )


CSV_HEADER = (
    _("Code"),
    _("Family"),
    _("Question"),
    _("Weight"),
    _("Applies"),
    _("Level"),
    _("Second level"),
    _("Note"),
    _("Not applicable because"),
    pgettext_lazy("trust", "Evidence"),
    _("Findings"),
)


def csv_rows(found: Scored) -> Iterator[tuple[Any, ...]]:
    report = report_of(found)
    for family in report.families:
        for row in family.rows:
            one = row.result
            yield (
                one.code, family.label, row.question, one.weight, int(one.applies), one.level,
                one.second_level, one.note, one.na_reason, row.strength,
                " | ".join(finding.text for finding in row.findings),
            )  # fmt: skip


def report_json(found: Scored) -> dict[str, Any]:
    """The audit as data: its score, results, findings and evidence with checksums; ``import_audit`` reads
    profile, mode and results of it."""
    report, audit = report_of(found), found.audit
    return {
        "audit": audit.pk,
        "site": {"name": audit.site.name, "url": audit.site.url},
        "profile": audit.profile,
        "mode": audit.mode,
        "state": audit.state,
        "checklist": audit.checklist,
        "rule_version": audit.rule_version,
        "started_at": audit.started_at.isoformat(),
        "signed_at": audit.signed_at.isoformat() if audit.signed_at else None,
        "as_of": found.as_of.isoformat(),
        "score": score_as_json(found.score),
        "results": {
            row.result.code: _result_json(row) for family in report.families for row in family.rows
            if row.mark.tested or not row.result.applies
        },
        "weights": {one.code: one.weight for one in found.results},
        "evidence_annex": [_evidence_json(code, one) for code, one in report.annex],
    }  # fmt: skip


def _result_json(row: ReportRow) -> dict[str, Any]:
    one = row.result
    if not one.applies:
        return {"na": one.na_reason, "note": one.note}
    return {
        "level": one.level,
        "second_level": one.second_level,
        "evidence": row.mark.evidence.value,
        "age_days": row.mark.age_days,
        "note": one.note,
        "source": one.source,
        "override_reason": one.override_reason,
        "findings": [{"text": f.text, "impact": f.impact} for f in row.findings],
    }


def _evidence_json(code: str, one: Evidence) -> dict[str, Any]:
    return {
        "code": code,
        "kind": one.kind,
        "caption": one.caption,
        "url": one.url,
        "file_name": one.file_name,
        "sha256": one.sha256,
        "captured_on": one.captured_on.isoformat(),
        "confirmed": one.confirmed_at is not None,
        "data": one.data,
    }
