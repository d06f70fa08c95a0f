"""Seal of approval: how strong, and whether the issuer confirms it (SEAL-01, SEAL-02)."""

import re
from dataclasses import dataclass
from datetime import date

from trust_audit.crawling.lexicon import folded
from trust_audit.crawling.urls import host_of, registrable
from trust_audit.crawling.visitor import Page
from trust_audit.probes.draft import Draft
from trust_audit.probes.registries import Seal, listed
from trust_audit.probes.registry import hinting
from trust_audit.probes.subject import Subject
from trust_audit.probes.types import Proposal

SELF = re.compile(
    r"\blabels?\b|\bsceau\b|\bcertifi\w+|boutique de confiance|site (?:de confiance|verifie)|\btrust(?:ed)?\b|\bseal\b|qualite garantie"
)
UNTIL = re.compile(
    r"(?:valable|valide|valid|expire)[^.\d]{0,30}(\d{1,2})[/.](\d{1,2})[/.](\d{4})|(?:valid until|expires)[^.\d]{0,20}(\d{4})-(\d{2})-(\d{2})"
)


@dataclass(frozen=True)
class Found:
    """A seal shown on a page: its issuer, and the link a visitor would click, if there is one."""

    seal: Seal
    host: str
    link: str
    page: Page


def _found(subject: Subject) -> list[Found]:
    found: dict[str, Found] = {}
    for page in subject.readable:
        for link in page.doc.links:
            seal = listed(host_of(link.url), subject.seals)
            if seal is not None and (seal.issuer not in found or not found[seal.issuer].link):
                found[seal.issuer] = Found(seal, host_of(link.url), link.url, page)
        for one in page.doc.resources:
            seal = listed(host_of(one.url), subject.seals) if one.tag in ("img", "script", "iframe") else None
            if seal is not None:
                found.setdefault(seal.issuer, Found(seal, host_of(one.url), "", page))
    return sorted(found.values(), key=lambda one: (-one.seal.strength, one.seal.issuer))


def _self_awarded(subject: Subject) -> list[Page]:
    """Pages whose picture of the shop's own claims a label."""
    return [page for page in subject.readable if any(SELF.search(folded(alt)) for alt in page.doc.alts)]


@hinting("SEAL-01")
def strength(subject: Subject, draft: Draft) -> Proposal:
    found = _found(subject)
    if found:
        best = found[0]
        draft.see(best.page).fact(
            seals=[
                {"issuer": one.seal.issuer, "class": one.seal.strength, "link": one.link} for one in found
            ],
            strongest=best.seal.strength,
        )
        return draft.say("seal.found", issuer=best.seal.issuer, strength=best.seal.strength).hint(0.7)
    own = _self_awarded(subject)
    draft.fact(seals=[], strongest=1 if own else 0)
    if own:
        return draft.see(*own[:2]).alarm("seal.self").hint(0.5)
    return draft.see(subject.home).alarm("seal.none").hint(0.6)


def _until(text: str) -> date | None:
    match = UNTIL.search(text)
    if match is None:
        return None
    parts = [int(part) for part in match.groups() if part]
    try:
        return date(parts[0], parts[1], parts[2]) if parts[0] > 31 else date(parts[2], parts[1], parts[0])
    except ValueError:
        return None


@hinting("SEAL-02")
def confirmation(subject: Subject, draft: Draft) -> Proposal:
    found = [one for one in _found(subject) if one.seal.strength >= 2]
    if not found:
        return draft.see(subject.home).say("seal.nothing_to_click").hint(0.4)
    linked = [one for one in found if one.link]
    if not linked:
        return draft.see(found[0].page).alarm("seal.not_linked", issuer=found[0].seal.issuer).hint(0.6)
    for one in linked[:5]:
        _confirm(subject, draft, one)
    return draft.hint(0.6)


def _confirm(subject: Subject, draft: Draft, one: Found) -> None:
    page = subject.visitor.open_foreign(one.link)
    issuer = one.seal.issuer
    if page.status in (404, 410):
        draft.see(page).alarm("seal.dead", issuer=issuer)
        return
    if not page.is_ok or page.document is None:
        draft.see(one.page).say("seal.unread", issuer=issuer)
        return
    draft.see(page)
    if registrable(host_of(page.url)) != registrable(one.host):
        draft.alarm("seal.leads_elsewhere", issuer=issuer, host=host_of(page.url))
        return
    text = folded(page.document.text[:5000])
    names_site = subject.host in text
    names_firm = bool(subject.brand) and folded(subject.brand) in text
    until = _until(text)
    draft.fact(
        **{
            f"confirmed by {issuer}": {
                "site": names_site,
                "firm": names_firm,
                "until": until.isoformat() if until else "",
            }
        }
    )
    if until is not None and until < subject.today:
        draft.alarm("seal.expired", issuer=issuer, until_date=until.isoformat())
    elif names_site or names_firm:
        draft.say("seal.confirmed", issuer=issuer)
    else:
        draft.alarm("seal.unconfirmed", issuer=issuer)
