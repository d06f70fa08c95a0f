"""A breadth-first walk of at most three clicks from the home page, which sixty pages are enough for.

Of each page the links that name what customers look for come first, then a seeded sample of the others, so that
a shop of any size answers the same questions and a second run meets the same pages. What the sample left out
follows when the budget allows, so that a small site is read to its end.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from common.reasons import Reason
from trust_audit.crawling.document import Link
from trust_audit.crawling.lexicon import targets_of
from trust_audit.crawling.urls import cleaned, is_page, site_of
from trust_audit.crawling.visitor import Page, Step, Visitor

Progress = Callable[[int, int], None]
BUSY = (429, 503)
# Fewer readable pages than this say nothing about a site.
ENOUGH = 3


@dataclass
class Site:
    """What the walk saw. ``complete``: every page within three clicks that a robot may open was opened."""

    start: str
    pages: list[Page] = field(default_factory=list)
    # Addresses that led to a page already opened, such as the login.
    moved: list[Page] = field(default_factory=list)
    complete: bool = False
    refused_by_robots: list[str] = field(default_factory=list)
    note: Reason | None = None

    @property
    def home(self) -> Page:
        return self.pages[0]

    @property
    def readable(self) -> list[Page]:
        return [page for page in self.pages if page.is_readable]

    @property
    def inner(self) -> list[Page]:
        """Readable pages other than the home page."""
        return [page for page in self.readable if page.depth > 0]

    @property
    def sufficient(self) -> bool:
        """Whether there is enough to judge: a home page in full, and pages that are not all the same."""
        different = {page.sha256 for page in self.readable}
        return self.home.is_readable and len(different) >= ENOUGH and not self.scripted

    @property
    def scripted(self) -> bool:
        return self.home.is_scripted

    def page_at(self, url: str) -> Page | None:
        wanted = cleaned(url)
        return next((page for page in self.pages if wanted in (page.url, page.asked)), None)

    def is_own(self, url: str) -> bool:
        return site_of(url) == site_of(self.home.url)


class _Crawl:
    def __init__(self, visitor: Visitor, start: str, seed: int, progress: Progress | None) -> None:
        self.visitor = visitor
        self.limits = visitor.fetcher.limits
        self.seed = seed
        self.progress = progress
        self.site = Site(start)
        # (depth, 0 named by the lexicon | 1 sampled | 2 left over, order of discovery, address, trail)
        self.queue: list[tuple[int, int, int, str, tuple[Step, ...]]] = []
        self.seen: set[str] = set()
        self.found = 0
        self.errors = 0

    def run(self) -> Site:
        self._add(self.site.start, 0, 0, ())
        # Half of the budget may go to one level of sampled pages, so that deeper ones are met too.
        sampled: dict[int, int] = {}
        rest: list[tuple[int, int, int, str, tuple[Step, ...]]] = []
        while self.queue or rest:
            if not self.queue:
                self.queue, rest, sampled = sorted(rest), [], dict.fromkeys(range(10), -(10**9))
            entry = heapq.heappop(self.queue)
            depth, rank = entry[0], entry[1]
            if rank == 2 and sampled.get(depth, 0) >= 0:
                rest.append(entry)
                continue
            if rank == 1:
                sampled[depth] = sampled.get(depth, 0) + 1
                if sampled[depth] > self._share(depth):
                    rest.append(entry)
                    continue
            if not self._visit(entry):
                return self.site
        self.site.complete = not self.site.refused_by_robots
        return self.site

    def _share(self, depth: int) -> int:
        return (
            max(self.limits.sample, self.limits.pages // 3)
            if depth < self.limits.depth
            else self.limits.pages
        )

    def _add(self, url: str, depth: int, rank: int, trail: tuple[Step, ...]) -> None:
        self.seen.add(url)
        self.found += 1
        heapq.heappush(self.queue, (depth, rank, self.found, url, trail))

    def _visit(self, entry: tuple[int, int, int, str, tuple[Step, ...]]) -> bool:
        """Open one page. Returns whether the walk goes on."""
        depth, _, _, url, trail = entry
        if len(self.site.pages) >= self.limits.pages:
            return False
        page = self.visitor.open(url)
        if page.fault == "net.robots" and self.site.pages:
            self.site.refused_by_robots.append(url)
            return True
        page.depth, page.trail = depth, trail
        if any(page.url == other.url and not page.fault for other in self.site.pages):
            self.site.moved.append(page)
            return True
        self.site.pages.append(page)
        self.seen.add(page.url)
        if self.progress is not None:
            self.progress(len(self.site.pages), self.limits.pages)
        if self._must_stop(page):
            return False
        # The walk stays on the site it was sent to, or was redirected to from the first page.
        if (
            page.is_ok
            and page.document is not None
            and self.site.is_own(page.url)
            and depth < self.limits.depth
        ):
            self._follow(page)
        return True

    def _must_stop(self, page: Page) -> bool:
        first = len(self.site.pages) == 1
        if page.fault == "net.budget":
            self.site.pages.remove(page) if not first else None
            self.site.note = Reason("run.time_over", {"pages": len(self.site.pages)})
            return True
        if page.status in BUSY:
            self.site.note = Reason("run.busy", {"status": page.status, "pages": len(self.site.pages)})
            return True
        failed = page.fault not in ("", "net.robots") or page.status >= 500
        self.errors = self.errors + 1 if failed else 0
        if first and page.fault:
            self.site.note = Reason(page.fault, {"what": page.fault_what})
            return True
        if self.errors >= self.limits.errors_in_row:
            self.site.note = Reason("run.errors", {"errors": self.errors, "pages": len(self.site.pages)})
            return True
        return False

    def _follow(self, page: Page) -> None:
        named: list[Link] = []
        others: list[Link] = []
        for link in self._new_links(page):
            is_named = targets_of(link.text, urlsplit(link.url).path)
            (named if is_named else others).append(link)
        for link in named:
            self._queue(page, link, 0)
        # The page's own seed: the same links are drawn again whatever was met before.
        random.Random(f"{self.seed} {urlsplit(page.url).path}").shuffle(others)
        for number, link in enumerate(others):
            self._queue(page, link, 1 if number < self.limits.sample else 2)

    def _new_links(self, page: Page) -> list[Link]:
        found: dict[str, Link] = {}
        for link in page.doc.links:
            if link.url in self.seen or link.url in found or "nofollow" in link.rel.split():
                continue
            if self.site.is_own(link.url) and is_page(link.url):
                found[link.url] = link
        return [found[url] for url in sorted(found)] if len(found) > 500 else list(found.values())

    def _queue(self, page: Page, link: Link, rank: int) -> None:
        if len(self.seen) < self.limits.pages * 50:
            self._add(link.url, page.depth + 1, rank, (*page.trail, Step(link.text[:80], link.url)))


def crawl(visitor: Visitor, start: str, *, seed: int = 1, progress: Progress | None = None) -> Site:
    """Walk the site. Never raises for what the site does; ``Site.note`` tells why a walk ended early."""
    return _Crawl(visitor, start, seed, progress).run()
