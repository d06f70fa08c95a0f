"""Navigation: three clicks, the level shown and usable (NAV-01, NAV-02, NAV-03)."""

from trust_audit.crawling.lexicon import Target
from trust_audit.crawling.structured import first, of_type
from trust_audit.crawling.urls import cleaned
from trust_audit.crawling.visitor import Page
from trust_audit.probes.draft import Draft, level_for
from trust_audit.probes.prices import shows_price
from trust_audit.probes.registry import proposing
from trust_audit.probes.subject import Subject
from trust_audit.probes.types import Proposal

CLICKS = (1.0, 0.9, 0.7, 0.4)
SHARES = (0.9, 0.75, 0.5, 0.1)
# Each wanted thing is met by a page that a link names so.
WANTED = {
    "delivery": (Target.DELIVERY,),
    "returns": (Target.RETURNS, Target.WITHDRAWAL),
    "legal": (Target.LEGAL,),
    "contact": (Target.CONTACT,),
    "tracking": (Target.TRACKING,),
    "help": (Target.HELP,),
}


def _reached(subject: Subject) -> dict[str, Page | None]:
    found: dict[str, Page | None] = {
        name: next(iter(subject.pages_for(*targets)), None) for name, targets in WANTED.items()
    }
    products = sorted(subject.products, key=lambda page: page.depth)
    found["product"] = next(iter(products), None)
    found["price"] = next((page for page in products if shows_price(page)), None)
    return found


@proposing("NAV-01")
def three_clicks(subject: Subject, draft: Draft) -> Proposal:
    reached = _reached(subject)
    met = {name: page for name, page in reached.items() if page is not None}
    missing = sorted(set(reached) - set(met))
    paths = {name: [step.label for step in page.trail] for name, page in met.items()}
    draft.see(*met.values()).fact(
        clicks={name: page.depth for name, page in met.items()}, paths=paths, missing=missing,
        complete=subject.site.complete,
    )  # fmt: skip
    draft.say("clicks.reached", count=len(met), of=len(reached), clicks=subject.visitor.fetcher.limits.depth)
    for name in missing:
        draft.alarm(f"clicks.no_{name}")
    low = level_for(len(met) / len(reached), CLICKS)
    if missing and not subject.site.complete:
        # What a budget of pages left unseen is not known to be missing.
        return draft.unknown("clicks.incomplete", pages=len(subject.site.pages))
    return draft.propose(low, 0.8)


def _shows_level(page: Page) -> bool:
    return bool(page.doc.crumbs) or page.doc.current_marked or bool(of_type(page.doc.items, "BreadcrumbList"))


@proposing("NAV-02")
def level_shown(subject: Subject, draft: Draft) -> Proposal:
    pages = subject.inner
    shown = [page for page in pages if _shows_level(page)]
    share = len(shown) / len(pages)
    hidden = [page for page in pages if page not in shown]
    draft.see(*(shown[:2] + hidden[:3])).fact(pages=len(pages), shown=len(shown))
    if share >= SHARES[0]:
        draft.say("level.shown", count=len(shown), of=len(pages))
    else:
        draft.alarm("level.hidden", count=len(hidden), of=len(pages))
    return draft.propose(level_for(share, SHARES), 0.8)


def _ancestors(page: Page) -> list[str | None]:
    """Addresses of the trail's levels above the page itself; ``None`` for a level that is no link."""
    if page.doc.crumbs:
        above = list(page.doc.crumbs)
        if above[-1].url in (None, page.url):
            above.pop()
        return [crumb.url for crumb in above]
    for item in of_type(page.doc.items, "BreadcrumbList"):
        elements = item.get("itemListElement")
        if isinstance(elements, list):
            return [_element_url(element) for element in elements[:-1]]
    return []


def _element_url(element: object) -> str | None:
    if not isinstance(element, dict):
        return None
    target = first(element, "item")
    if isinstance(target, dict):
        target = first(target, "@id", "url")
    return cleaned(target) if isinstance(target, str) else None


def _works(subject: Subject, url: str | None, cost: dict[str, bool]) -> bool:
    if url is None or not subject.site.is_own(url):
        return False
    if url not in cost:
        known = subject.site.page_at(url)
        page = known if known is not None else subject.visitor.open(url) if len(cost) < 20 else None
        cost[url] = page is not None and page.is_ok
    return cost[url]


def _leads_here(subject: Subject, parent: str | None, page: Page) -> bool:
    """Whether the last ancestor links to the page. One that the walk did not open is not held against it, nor home."""
    if parent == subject.home.url:
        return True
    above = subject.site.page_at(parent) if parent else None
    if above is None or above.document is None:
        return parent is not None
    return any(link.url in (page.url, page.asked) for link in above.document.links)


@proposing("NAV-03")
def level_usable(subject: Subject, draft: Draft) -> Proposal:
    with_trail = [(page, ancestors) for page in subject.inner if (ancestors := _ancestors(page))]
    if not with_trail:
        return draft.see(subject.home).alarm("trail.none").propose(0, 0.7)
    cost: dict[str, bool] = {}
    shares, broken = [], []
    for page, ancestors in with_trail:
        working = [_works(subject, url, cost) for url in ancestors]
        if working[-1] and not _leads_here(subject, ancestors[-1], page):
            working[-1] = False
        shares.append(sum(working) / len(working))
        if not all(working):
            broken.append(page)
    share = sum(shares) / len(shares)
    draft.see(*(broken[:3] or [with_trail[0][0]])).fact(
        pages=len(with_trail), broken=len(broken), share=round(share, 3)
    )
    if broken:
        draft.alarm("trail.not_usable", count=len(broken), of=len(with_trail))
    else:
        draft.say("trail.usable", of=len(with_trail))
    return draft.propose(level_for(share, SHARES), 0.7)
