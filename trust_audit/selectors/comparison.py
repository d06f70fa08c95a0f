"""Two audits side by side, as their page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trust_audit.labels import FAMILIES
from trust_audit.rules.comparison import Change, Comparison
from trust_audit.selectors.checklists import checklist
from trust_audit.selectors.scores import Scored, compared
from trust_audit.selectors.workspace import radar_of
from trust_audit.wording import in_words, sentence


@dataclass(frozen=True)
class ChangedRow:
    code: str
    question: str
    change: Change
    label: str
    before: int | None
    after: int | None
    contribution: float | None


@dataclass(frozen=True)
class FamilyRow:
    label: str
    before: float | None
    after: float | None
    delta: float | None


def _plain(value: Any) -> float | None:
    return None if value is None else float(value)


def comparison_page(before: Scored, after: Scored, labels: Mapping[Change, Any]) -> dict[str, Any]:
    found = compared(before, after)
    same_site = before.audit.site_id == after.audit.site_id
    return {
        "found": found,
        "same_site": same_site,
        "families": family_rows(found),
        "rows": changed_rows(found, before, after, labels),
        "alerts": [sentence(one) for one in found.alerts] if same_site else [],
        "radar": radar_of(after, before, names=_names(before, after, same_site)),
    }


def _names(before: Scored, after: Scored, same_site: bool) -> tuple[str, str]:
    if same_site:
        return after.as_of.isoformat(), before.as_of.isoformat()
    return after.audit.site.name, before.audit.site.name


def family_rows(found: Comparison) -> list[FamilyRow]:
    rows = []
    for family, label in FAMILIES.items():
        old, new = found.before.families.get(family), found.after.families.get(family)
        rows.append(
            FamilyRow(
                str(label), _plain(old.score) if old else None, _plain(new.score) if new else None,
                _plain(found.families[family]),
            )
        )  # fmt: skip
    return rows


def changed_rows(
    found: Comparison, before: Scored, after: Scored, labels: Mapping[Change, Any]
) -> list[ChangedRow]:
    """What changed, the largest contribution first; what did not is left out."""
    criteria = checklist(after.audit.checklist).by_code()
    old, new = before.by_code, after.by_code
    given = found.like_for_like.contributions if found.like_for_like else {}
    rows = [
        ChangedRow(
            code=code,
            question=in_words(criteria[code].question) if code in criteria else code,
            change=change,
            label=str(labels[change]),
            before=old[code].level if code in old and old[code].applies else None,
            after=new[code].level if code in new and new[code].applies else None,
            contribution=_plain(given.get(code)),
        )
        for code, change in found.changes.items()
        if change not in (Change.UNCHANGED, Change.NOT_TESTED)
    ]
    return sorted(rows, key=lambda row: (-abs(row.contribution or 0), row.code))
