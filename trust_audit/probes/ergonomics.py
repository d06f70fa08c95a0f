"""Navigation: search, labels, dead ends, a steady frame, phone and keyboard (NAV-04 to NAV-08)."""

import random
from collections import Counter
from urllib.parse import urljoin

from trust_audit.crawling.lexicon import spaced
from trust_audit.crawling.structured import types_of
from trust_audit.crawling.visitor import Page
from trust_audit.probes.draft import Draft
from trust_audit.probes.registry import hinting, proposing
from trust_audit.probes.subject import Subject
from trust_audit.probes.types import Proposal

VAGUE = {
    "cliquez ici",
    "ici",
    "en savoir plus",
    "lire la suite",
    "plus",
    "voir",
    "suite",
    "click here",
    "here",
    "read more",
    "more",
    "learn more",
    "details",
}
VAGUE_LINKS = 3
DEEP_MENU = 3
FRAME_SHARE, FRAME_PARTLY = 0.9, 0.6
BROKEN_FEW, BROKEN_MANY = 0.01, 0.05


@hinting("NAV-04")
def product_search(subject: Subject, draft: Draft) -> Proposal:
    pages = subject.readable
    found = [page for page in pages if page.doc.has_search]
    marked = any("SearchAction" in types_of(item) for page in pages for item in page.doc.items)
    draft.see(*found[:1], *[page for page in pages if page not in found][:3])
    draft.fact(pages=len(pages), with_search=len(found), search_action=marked)
    if not found:
        return draft.see(subject.home).alarm("search.none").hint(0.7)
    if len(found) < 0.9 * len(pages):
        draft.alarm("search.not_everywhere", count=len(found), of=len(pages))
    else:
        draft.say("search.everywhere", of=len(pages))
    return draft.hint(0.7)


@hinting("NAV-05")
def labels(subject: Subject, draft: Draft) -> Proposal:
    menu = [link for link in subject.home.doc.links if link.region in ("header", "nav") and link.text]
    vague = {
        (link.text, link.url)
        for page in subject.readable
        for link in page.doc.links
        if spaced(link.text) in VAGUE
    }
    targets: dict[str, set[str]] = {}
    for link in menu:
        targets.setdefault(spaced(link.text), set()).add(link.url)
    doubled = sorted(label for label, urls in targets.items() if len(urls) > 1)
    depth = subject.home.doc.nav_depth
    draft.see(subject.home).fact(
        menu=list(dict.fromkeys(link.text for link in menu))[:40],
        vague=len(vague),
        doubled=doubled[:10],
        menu_levels=depth,
    )
    draft.say("labels.menu", count=len(targets))
    if len(vague) >= VAGUE_LINKS:
        draft.alarm("labels.vague", count=len(vague), label=sorted(vague)[0][0])
    if doubled:
        draft.alarm("labels.doubled", label=doubled[0])
    if depth >= DEEP_MENU:
        draft.alarm("labels.deep", levels=depth)
    return draft.hint()


def _missing_page(subject: Subject) -> Page:
    token = f"{random.Random(subject.seed).getrandbits(48):012x}"
    return subject.visitor.open(urljoin(subject.home.url, f"/{token}-cmix-404"))


@proposing("NAV-06")
def dead_ends(subject: Subject, draft: Draft) -> Proposal:
    tried = [page for page in subject.site.pages if not page.fault]
    broken = [page for page in tried if page.status >= 400 and page.status not in (401, 403, 429, 503)]
    share = len(broken) / len(tried)
    missing = _missing_page(subject)
    is_real = missing.status in (404, 410)
    helps = (
        is_real
        and missing.document is not None
        and any(subject.site.is_own(link.url) for link in missing.document.links)
    )
    draft.see(*broken[:5], missing).fact(
        tried=len(tried),
        broken=[page.url for page in broken][:10],
        missing_status=missing.status,
        missing_helps=helps,
    )
    if broken:
        draft.alarm("ends.broken", count=len(broken), of=len(tried))
    else:
        draft.say("ends.no_broken", of=len(tried))
    if missing.fault:
        draft.say("ends.untried")
    elif not is_real:
        draft.alarm("ends.soft", status=missing.status)
    elif not helps:
        draft.alarm("ends.bare")
    else:
        draft.say("ends.real")
    good_end = bool(missing.fault) or helps
    if share <= BROKEN_FEW and good_end:
        return draft.propose(4, 0.8)
    is_bad = share > 2 * BROKEN_MANY or (share > BROKEN_MANY and not good_end)
    return draft.propose(0 if is_bad else 2, 0.8)


def _frame(page: Page) -> set[str]:
    return {link.url for link in page.doc.links if link.region in ("header", "footer", "nav")}


@proposing("NAV-07")
def steady_frame(subject: Subject, draft: Draft) -> Proposal:
    frames = [_frame(page) for page in subject.readable]
    usual = Counter(url for frame in frames for url in frame)
    core = {url for url in _frame(subject.home) if usual[url] >= max(2, len(frames) // 2)} or _frame(
        subject.home
    )
    if not core:
        return draft.see(subject.home).unknown("frame.unmarked")
    kept = [len(core & frame) / len(core) for frame in frames[1:]]
    share = sum(kept) / len(kept)
    off = [page for page, one in zip(subject.readable[1:], kept, strict=True) if one < FRAME_SHARE]
    draft.see(*off[:3]).fact(links=len(core), share=round(share, 3), pages_off=len(off))
    if share >= FRAME_SHARE:
        draft.see(subject.home).say("frame.steady", count=len(core), share_rate=share)
    else:
        draft.alarm("frame.unsteady", count=len(off), of=len(kept))
    return draft.propose(4 if share >= FRAME_SHARE else 2 if share >= FRAME_PARTLY else 0, 0.8)


@hinting("NAV-08")
def phone_and_keyboard(subject: Subject, draft: Draft) -> Proposal:
    pages = subject.readable
    facts = {
        "viewport": sum(page.doc.has_viewport for page in pages),
        "main": sum("main" in page.doc.landmarks for page in pages),
        "skip_link": sum(page.doc.has_skip_link for page in pages),
    }
    draft.see(subject.home).fact(pages=len(pages), **facts)
    for name, count in facts.items():
        if count < 0.9 * len(pages):
            draft.alarm(f"adapted.no_{name}", count=len(pages) - count, of=len(pages))
    if not draft.alarms:
        draft.say("adapted.all", of=len(pages))
    return draft.hint(0.6)
