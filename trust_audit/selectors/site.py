"""The page of one site: its audits, their course, its actions and seals."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from trust_audit.models import Action, Audit, Seal, Site


@dataclass(frozen=True)
class HistoryRow:
    audit: Audit
    before: Audit | None  # the signed audit before it

    @property
    def overall(self) -> float | None:
        return self.audit.score.get("overall")

    @property
    def delta(self) -> float | None:
        if self.before is None or self.overall is None or self.before.score.get("overall") is None:
            return None
        change: float = self.overall - self.before.score["overall"]
        return change


@dataclass(frozen=True)
class SitePage:
    history: list[HistoryRow]  # newest first
    actions: list[Action]
    seals: list[Seal]
    others: list[Audit]  # signed audits of other sites, to compare with

    @property
    def course(self) -> list[float]:
        return [row.overall for row in reversed(self.history) if row.overall is not None]


def site_page(site: Site, user: Any) -> SitePage:
    done = Q(results__level__isnull=False) | Q(results__applies=False)
    audits = list(
        site.audits.select_related("lead", "signed_by")
        .annotate(asked=Count("results"), done=Count("results", filter=done))
        .order_by("started_at", "pk")
    )
    rows, before = [], None
    for audit in audits:
        rows.append(HistoryRow(audit, before))
        before = audit if audit.is_signed else before
    others = Audit.objects.visible_to(user).signed().exclude(site=site).select_related("site")
    return SitePage(
        history=rows[::-1],
        actions=list(site.actions.select_related("owner").order_by("state", "due_on", "pk")),
        seals=list(site.seals.select_related("owner").order_by("issuer")),
        others=list(others.order_by("site__name", "-signed_at")[:50]),
    )
