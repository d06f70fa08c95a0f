"""The sites one may see, with their last audit by family and their course."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q

from trust_audit.models import Action, Audit, Seal, Site
from trust_audit.rules.checklist import Family
from trust_audit.selectors.scores import local_day
from trust_audit.states import AuditState, SiteKind

SOON = timedelta(days=30)
MONTH_DAYS = 30.4375


@dataclass(frozen=True)
class Due:
    """Something of a site that ends: ``kind`` is audit, certificate or seal."""

    kind: str
    day: date
    late: bool
    name: str = ""


@dataclass(frozen=True)
class SiteRow:
    site: Site
    last: Audit | None
    running: Audit | None
    done: int
    asked: int
    cells: tuple[tuple[Family, float | None, bool], ...]  # family, score, best of those shown
    course: tuple[float, ...]
    dues: tuple[Due, ...]
    open_actions: int

    @property
    def overall(self) -> float | None:
        return self.last.score.get("overall") if self.last else None

    @property
    def grade(self) -> str | None:
        return self.last.score.get("grade") if self.last else None

    @property
    def percent_done(self) -> int:
        return 100 * self.done // self.asked if self.asked else 0


def portfolio(user: Any, today: date, kind: str = "") -> list[SiteRow]:
    """A fixed number of queries, whatever the number of sites."""
    sites = Site.objects.visible_to(user).select_related("client")
    if kind in list(SiteKind):
        sites = sites.filter(kind=kind)
    return _rows(list(sites.order_by("name", "pk")), today)


def _rows(sites: list[Site], today: date) -> list[SiteRow]:
    audits = _audits(sites)
    seals: dict[int, list[Seal]] = defaultdict(list)
    for seal in Seal.objects.filter(site__in=sites, renewal_on__isnull=False):
        seals[seal.site_id].append(seal)
    acts = dict(
        Action.objects.filter(site__in=sites).open().values_list("site_id").annotate(Count("pk")).order_by()
    )
    best = _best(audits)
    return [
        _row(site, audits[site.pk], dues_of(site, _last(audits[site.pk]), seals[site.pk], today), best, acts)
        for site in sites
    ]


def _audits(sites: Iterable[Site]) -> dict[int, list[Audit]]:
    found: dict[int, list[Audit]] = defaultdict(list)
    done = Q(results__level__isnull=False) | Q(results__applies=False)
    rows = Audit.objects.filter(site__in=list(sites)).annotate(
        asked=Count("results"), done=Count("results", filter=done)
    )
    for audit in rows.order_by("started_at", "pk"):
        found[audit.site_id].append(audit)
    return found


def _last(audits: list[Audit]) -> Audit | None:
    signed = [audit for audit in audits if audit.is_signed]
    return max(signed, key=lambda audit: audit.day) if signed else None


def _score(audit: Audit | None, family: Family) -> float | None:
    if audit is None:
        return None
    value: float | None = audit.score.get("families", {}).get(family.value, {}).get("score")
    return value


def _best(audits: dict[int, list[Audit]]) -> dict[Family, float]:
    lasts = [last for rows in audits.values() if (last := _last(rows))]
    found = {}
    for family in Family:
        known = [score for last in lasts if (score := _score(last, family)) is not None]
        if len(known) > 1:
            found[family] = max(known)
    return found


def _row(
    site: Site, audits: list[Audit], dues: tuple[Due, ...], best: dict[Family, float], acts: dict[int, int]
) -> SiteRow:
    last = _last(audits)
    running = next((audit for audit in reversed(audits) if audit.state == AuditState.RUNNING), None)
    course = [audit.score.get("overall") for audit in audits if audit.is_signed]
    cells = [(family, _score(last, family)) for family in Family]
    return SiteRow(
        site=site,
        last=last,
        running=running,
        done=getattr(running, "done", 0),
        asked=getattr(running, "asked", 0),
        cells=tuple((f, score, score is not None and score == best.get(f)) for f, score in cells),
        course=tuple(value for value in course if value is not None),
        dues=dues,
        open_actions=acts.get(site.pk, 0),
    )


def dues_of(site: Site, last: Audit | None, seals: Iterable[Seal], today: date) -> tuple[Due, ...]:
    """What ends within thirty days or has ended: the certificate, seals, and the audit itself."""
    found = []
    if last and last.signed_at:
        day = local_day(last.signed_at) + timedelta(days=round(site.reaudit_months * MONTH_DAYS))
        found.append(Due("audit", day, day < today))
    if site.certificate_until:
        found.append(Due("certificate", site.certificate_until, site.certificate_until < today))
    found += [
        Due("seal", seal.renewal_on, seal.renewal_on < today, seal.issuer)
        for seal in seals
        if seal.renewal_on
    ]
    return tuple(sorted((due for due in found if due.day - today <= SOON), key=lambda due: due.day))
