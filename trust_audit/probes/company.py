"""Seal of approval: partners, commitments, reviews, affiliates (SEAL-03 to SEAL-06)."""

import re

from trust_audit.crawling.document import Link
from trust_audit.crawling.lexicon import Target, folded, targets_of
from trust_audit.crawling.structured import first
from trust_audit.crawling.urls import host_of, site_of
from trust_audit.crawling.visitor import Page
from trust_audit.probes.draft import Draft
from trust_audit.probes.registries import AFFILIATE_HOSTS, REVIEW_SERVICES, SOCIAL_HOSTS, is_listed, listed
from trust_audit.probes.registry import hinting
from trust_audit.probes.subject import Subject
from trust_audit.probes.types import Proposal

MAX_OPENED = 10


def _partner_links(subject: Subject, pages: list[Page]) -> list[Link]:
    """Links out of the partners' pages that the home page does not have: not the frame's seals and profiles."""
    frame = {link.url for link in subject.home.doc.links}
    own = site_of(subject.home.url)
    found = {
        link.url: link
        for page in pages
        for link in page.doc.links
        if site_of(link.url) != own and link.url not in frame
    }
    return [link for link in found.values() if not is_listed(host_of(link.url), SOCIAL_HOSTS)][:MAX_OPENED]


@hinting("SEAL-03")
def partners(subject: Subject, draft: Draft) -> Proposal:
    pages = subject.pages_for(Target.PARTNERS)
    if not pages:
        return draft.see(subject.home).alarm("partners.none").hint(0.5)
    links = _partner_links(subject, pages)
    draft.see(*pages[:2]).fact(links=[link.url for link in links])
    if not links:
        return draft.alarm("partners.not_linked").hint(0.6)
    opened = [subject.visitor.open_foreign(link.url) for link in links]
    read = [page for page in opened if page.is_ok and page.document is not None]
    back = [page for page in read if any(host_of(link.url) == subject.host for link in page.doc.links)]
    draft.fact(opened=len(read), linking_back=len(back))
    draft.say("partners.linked", count=len(links))
    if back:
        draft.see(*back[:3]).say("partners.back", count=len(back), of=len(read))
    elif read:
        draft.alarm("partners.no_back", of=len(read))
    return draft.hint(0.6)


PROMISE = re.compile(
    r"satisfait[es]? ou rembours\w{1,10}|moins cher ailleurs|rembours\w{1,10} la difference|money[ -]back|price match|satisfaction guaranteed"
)


@hinting("SEAL-04")
def promises(subject: Subject, draft: Draft) -> Proposal:
    found = subject.search(PROMISE)
    if found is None:
        return draft.see(subject.home).alarm("promise.none").hint(0.5)
    page, words = found
    draft.see(page).fact(words=words)
    draft.say("promise.found", words=words)
    near = [
        link for link in page.doc.links if link.region not in ("header", "nav") and _names_conditions(link)
    ]
    is_conditions = Target.COMMITMENTS in subject.link_targets(
        page
    ) or Target.RETURNS in subject.link_targets(page)
    if near or is_conditions:
        draft.see_url(*[link.url for link in near[:2]])
        return draft.say("promise.conditions").hint(0.6)
    return draft.alarm("promise.no_conditions").hint(0.6)


def _names_conditions(link: Link) -> bool:
    return (
        Target.COMMITMENTS in targets_of(link.text, "")
        or re.search(r"voir les conditions|see conditions|conditions (?:de|du) ", folded(link.text))
        is not None
    )


CONTROL = re.compile(
    r"avis[^.]{0,60}(?:sont|ne sont pas) (?:controles|verifies)|controle des avis|avis controles|reviews[^.]{0,60}(?:are|are not) (?:checked|verified)|verified (?:buyers?|purchases?)"
)


@hinting("SEAL-05")
def reviews(subject: Subject, draft: Draft) -> Proposal:
    ratings = subject.items("AggregateRating")
    texts = subject.items("Review")
    dated = [item for item in texts if first(item, "datePublished", "dateCreated")]
    hosts = {host_of(one.url) for page in subject.readable for one in page.doc.resources} | {
        host_of(link.url) for link in subject.outbound
    }
    services = sorted({name for host in hosts if (name := listed(host, REVIEW_SERVICES))})
    control = subject.search(CONTROL)
    draft.fact(
        ratings=len(ratings),
        reviews=len(texts),
        dated=len(dated),
        services=services,
        control=control[1] if control else "",
    )
    if not (ratings or texts or services or control):
        return draft.see(*subject.products[:2], subject.home).alarm("reviews.none").hint(0.5)
    draft.see(control[0] if control else None, *subject.pages_for(Target.REVIEWS)[:1], *subject.products[:1])
    draft.say("reviews.found", ratings=len(ratings), reviews=len(texts))
    if services:
        draft.say("reviews.service", names=", ".join(services))
    if (ratings or texts) and not dated and not services:
        draft.alarm("reviews.undated")
    draft.say("reviews.explained") if control else draft.alarm("reviews.unexplained")
    return draft.hint(0.6)


DISCLOSED = re.compile(
    r"liens? affilies?|liens? sponsorises?|affiliation|affiliate (?:links?|program)|sponsored links?|nous (?:touchons|percevons) une commission"
)
PARAMETERS = re.compile(
    r"[?&](?:awinmid|affid|aff_id|tag=[a-z0-9-]+-2[01]|affiliate|partner_id)", re.IGNORECASE
)


def _is_affiliate(link: Link) -> bool:
    host = host_of(link.url)
    return (
        "sponsored" in link.rel.split()
        or is_listed(host, AFFILIATE_HOSTS)
        or PARAMETERS.search(link.url) is not None
    )


@hinting("SEAL-06")
def affiliates(subject: Subject, draft: Draft) -> Proposal:
    paid = [link for link in subject.outbound if _is_affiliate(link)]
    disclosed = subject.search(DISCLOSED)
    # Affiliate links are never opened: the visit would be billed.
    others = [link for link in subject.outbound if not _is_affiliate(link)][:MAX_OPENED]
    opened = [subject.visitor.open_foreign(link.url) for link in others]
    dead = [page for page in opened if page.status in (404, 410)]
    draft.see(disclosed[0] if disclosed else None, *dead[:3], subject.home)
    draft.fact(
        affiliate_links=[link.url for link in paid[:10]],
        disclosed=disclosed[1] if disclosed else "",
        outbound=len(subject.outbound),
        opened=len(opened),
        dead=[page.asked for page in dead],
    )
    if paid and not disclosed:
        draft.alarm("affiliates.undisclosed", count=len(paid), host=host_of(paid[0].url))
    elif paid:
        draft.say("affiliates.disclosed", count=len(paid))
    else:
        draft.say("affiliates.none")
    if dead:
        draft.alarm("affiliates.dead", count=len(dead), of=len(opened))
    return draft.hint(0.5)
