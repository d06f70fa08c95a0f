"""Audits of the demo: the shop's own site, audited twice and under way again, and a competitor's."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np

from accounts.models import User
from trust_audit.models import Audit, Seal, Site
from trust_audit.rules.checklist import Mode, Profile
from trust_audit.rules.gains import Effort
from trust_audit.selectors.scores import local_day
from trust_audit.services.audits import new_audit, reaudit, set_level, set_not_applicable, set_note, sign
from trust_audit.services.evidence import add_finding, add_record
from trust_audit.services.followup import add_action
from trust_audit.states import Impact, Proof, SiteKind

# Levels of the first audit; what is not named lies between 1 and 4 by the seed.
FIRST = {
    "SEAL-01": 1, "SEAL-02": 0, "BRD-01": 3, "NAV-01": 2, "NAV-02": 3, "ORD-01": 2, "ORD-04": 2, "ORD-06": 1,
    "PRE-01": 3, "PRE-02": 1, "TEC-01": 3, "TEC-02": 3,
}  # fmt: skip
SECOND = FIRST | {"SEAL-01": 3, "SEAL-02": 4, "NAV-01": 4, "ORD-06": 3, "ORD-01": 3, "PRE-02": 1}
UNDER_WAY = 19
FINDINGS = {
    "PRE-02": "La durée de la garantie commerciale ne figure que dans les conditions générales.",
    "ORD-06": "Le numéro du SAV est en page contact, sans horaires sur les fiches.",
    "NAV-05": "Deux libellés du menu ne parlent qu'aux gens de la maison.",
}


def make_audits(people: Mapping[str, list[User]], now: datetime, rng: np.random.Generator) -> list[int]:
    """Ids of the sites; the audits hang on them."""
    lead, second = [user for users in people.values() for user in users][:2]
    own = _site("Maison Demo", "https://www.maison-demo.example/", SiteKind.OWN, lead, now)
    rival = _site("Comptoir Rival", "https://www.comptoir-rival.example/", SiteKind.COMPETITOR, lead, now)
    Seal.objects.create(
        site=own, issuer="Guilde des boutiques", host="guilde.example", strength=3, owner=lead, cost_cents=48_000,
        renewal_on=local_day(now) + timedelta(days=21), benefit="+0,4 point de conversion au test d'avril",
    )  # fmt: skip
    first = _audited(own, FIRST, lead, now - timedelta(days=214), rng)
    again = _again(first, SECOND, lead, now - timedelta(days=38), rng)
    _audited(rival, FIRST | {"TEC-01": 0, "SEAL-01": 4}, second, now - timedelta(days=30), rng)
    _follow(again, lead, second, now)
    _under_way(again, second, now)
    return [own.pk, rival.pk]


def _site(name: str, url: str, kind: SiteKind, by: User, now: datetime) -> Site:
    return Site.objects.create(
        name=name, url=url, kind=kind.value, allowed_by=by, allowed_at=now - timedelta(days=220), created_by=by,
        certificate_until=local_day(now) + timedelta(days=64),
    )  # fmt: skip


def _audited(
    site: Site, levels: Mapping[str, int], lead: User, at: datetime, rng: np.random.Generator
) -> Audit:
    audit = new_audit(site=site, profile=Profile.GOODS_B2C, mode=Mode.FULL, lead=lead, now=at, language="fr")
    return _marked(audit, levels, lead, at, rng)


def _again(
    before: Audit, levels: Mapping[str, int], lead: User, at: datetime, rng: np.random.Generator
) -> Audit:
    audit = reaudit(audit=before, lead=lead, now=at, language="fr")
    known = dict(before.results.filter(level__isnull=False).values_list("code", "level"))
    return _marked(audit, known | dict(levels), lead, at, rng)


def _marked(
    audit: Audit, levels: Mapping[str, int], lead: User, at: datetime, rng: np.random.Generator
) -> Audit:
    for code in audit.results.order_by("position").values_list("code", flat=True):
        level = levels.get(code, int(rng.integers(1, 5)))
        set_level(audit=audit, code=code, level=level, by=lead, now=at)
        if rng.random() < 0.8:
            add_record(
                audit=audit, code=code, kind=Proof.ORDER if code == "ORD-10" else Proof.URL, by=lead, now=at,
                data=_order(at) if code == "ORD-10" else {}, captured_on=local_day(at), url=audit.site.url,
                caption="Page relue avec la liste",
            )  # fmt: skip
    for code, text in FINDINGS.items():
        add_finding(audit=audit, code=code, text=text, impact=Impact.MAJOR, page=None, by=lead, now=at)
    return sign(audit=audit, by=lead, now=at + timedelta(hours=3))


def _order(at: datetime) -> dict[str, object]:
    day = local_day(at)
    return {
        "ordered_on": (day - timedelta(days=6)).isoformat(), "promised_on": (day - timedelta(days=3)).isoformat(),
        "delivered_on": (day - timedelta(days=3)).isoformat(), "right_goods": True, "extra_cost": False,
    }  # fmt: skip


def _follow(audit: Audit, lead: User, second: User, now: datetime) -> None:
    for code, title, owner, days in (
        ("PRE-02", "Afficher les garanties sur les fiches", lead, -4),
        ("ORD-06", "Ajouter les horaires du SAV", second, 12),
    ):
        add_action(
            audit=audit, code=code, title=title, owner=owner, due_on=local_day(now) + timedelta(days=days),
            effort=Effort.SMALL, gain=audit.score["gains"].get(code), by=lead, now=now - timedelta(days=20),
        )  # fmt: skip


def _under_way(before: Audit, lead: User, now: datetime) -> None:
    audit = reaudit(audit=before, lead=lead, now=now - timedelta(days=2), language="fr")
    for code in list(audit.results.order_by("position").values_list("code", flat=True))[:UNDER_WAY]:
        level = before.results.get(code=code).level or 2
        set_level(audit=audit, code=code, level=level, by=lead, now=now - timedelta(days=1))
    set_note(audit=audit, code="NAV-05", note="À relire avec deux clients.", now=now - timedelta(days=1))
    set_not_applicable(
        audit=audit,
        code="SEAL-06",
        reason="Aucune affiliation sur ce site.",
        by=lead,
        now=now - timedelta(days=1),
    )
