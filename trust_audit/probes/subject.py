"""What every probe works on: the pages of the walk, the way to open one more, today's date, the registries."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from trust_audit.crawling.crawl import Site
from trust_audit.crawling.document import Link
from trust_audit.crawling.lexicon import LOGIN, Target, folded, spaced, targets_of
from trust_audit.crawling.structured import Item, of_type
from trust_audit.crawling.urls import host_of, is_address, site_of
from trust_audit.crawling.visitor import Page, Visitor
from trust_audit.probes.registries import SEALS, Seal
from trust_audit.probes.transport import TlsFacts

MAX_PRODUCTS = 10


@dataclass
class Subject:
    """One site under audit."""

    site: Site
    visitor: Visitor
    tls: TlsFacts
    today: date
    seed: int
    seals: Mapping[str, Seal] = field(default_factory=lambda: SEALS)

    @property
    def home(self) -> Page:
        return self.site.home

    @property
    def host(self) -> str:
        return host_of(self.home.url)

    @cached_property
    def readable(self) -> list[Page]:
        return self.site.readable

    @cached_property
    def inner(self) -> list[Page]:
        return self.site.inner

    @cached_property
    def _targets(self) -> dict[Target, list[Page]]:
        """Pages by what the last link to them, their own title and address name."""
        found: dict[Target, list[Page]] = {}
        for page in self.readable + [page for page in self.site.moved if page.is_readable]:
            if page.depth == 0:
                continue
            for kind in self.link_targets(page):
                found.setdefault(kind, []).append(page)
        return found

    @cached_property
    def _by_links(self) -> dict[str, frozenset[Target]]:
        found: dict[str, frozenset[Target]] = {}
        for page in self.readable[:5]:
            for link in page.doc.links:
                found[link.url] = found.get(link.url, frozenset()) | targets_of(link.text, "")
        return found

    def pages_for(self, *targets: Target) -> list[Page]:
        """Pages that a link names so, nearest first. Pages that ask for an account instead are left out."""
        pages = [page for target in targets for page in self._targets.get(target, ())]
        unique = {page.url: page for page in pages if not self.asks_for_account(page)}
        return sorted(unique.values(), key=lambda page: page.depth)

    def locked_pages_for(self, *targets: Target) -> list[Page]:
        """Pages that a link names so, but that answer with a login, 401 or 403."""
        wanted = set(targets)
        return [
            page
            for page in self.site.pages + self.site.moved
            if page.depth > 0
            and wanted & self.link_targets(page)
            and (page.status in (401, 403) or (page.document is not None and self.asks_for_account(page)))
        ]

    def link_targets(self, page: Page) -> frozenset[Target]:
        label = page.trail[-1].label if page.trail else ""
        return targets_of(label, page.asked.split("/", 3)[-1]) | self._by_links.get(page.asked, frozenset())

    @staticmethod
    def asks_for_account(page: Page) -> bool:
        """Whether the page was answered by a login: a password field on a page that was led to or calls itself one."""
        if page.document is None or not any(one.kind == "password" for one in page.document.fields):
            return False
        return bool(page.hops) or LOGIN.search(spaced(page.document.title)) is not None

    def links_for(self, target: Target) -> list[Link]:
        """Links of any page whose label names the target; internal and external, each address once."""
        found = {
            link.url: link
            for page in self.readable
            for link in page.doc.links
            if target in targets_of(link.text, "")
        }
        return list(found.values())

    @cached_property
    def products(self) -> list[Page]:
        """At most ten product pages, in the order of the walk."""
        return [page for page in self.readable if page.depth > 0 and page.doc.is_product_page][:MAX_PRODUCTS]

    @cached_property
    def outbound(self) -> list[Link]:
        """Links to other sites, each address once."""
        own = site_of(self.home.url)
        found = {
            link.url: link for page in self.readable for link in page.doc.links if site_of(link.url) != own
        }
        return list(found.values())

    def items(self, *kinds: str) -> list[Item]:
        return [item for page in self.readable for item in of_type(page.doc.items, *kinds)]

    @cached_property
    def brand(self) -> str:
        """The name the site gives itself: its markup's, else what most titles share at an end."""
        for item in self.items("Organization", "OnlineStore", "Store", "LocalBusiness", "WebSite"):
            name = item.get("name")
            if isinstance(name, str) and name.strip():
                return name.strip()[:80]
        return _shared_end([page.doc.title for page in self.readable])

    @property
    def has_name(self) -> bool:
        """Whether the host is a name, not a number or this machine's own."""
        return not is_address(self.host) and self.host != "localhost"

    def search(
        self, pattern: re.Pattern[str], pages: Iterable[Page] | None = None
    ) -> tuple[Page, str] | None:
        """The first page whose folded text matches, with the matching words."""
        for page in self.readable if pages is None else pages:
            match = pattern.search(self.text_of(page))
            if match is not None:
                return page, match.group(0)[:120]
        return None

    def text_of(self, page: Page) -> str:
        """The page's text in small letters without accents."""
        if page.url not in self._folded:
            doc = page.doc
            parts = [doc.text[start : start + 5000] for start in range(0, len(doc.text), 5000)]
            self._folded[page.url] = "".join(folded(part) for part in parts)
        return self._folded[page.url]

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {}


def _shared_end(titles: list[str]) -> str:
    ends: dict[str, int] = {}
    for title in titles:
        parts = re.split(r"\s+[|–—-]\s+|\s*:\s+", title)
        for end in {parts[0].strip(), parts[-1].strip()} if len(parts) > 1 else set():
            ends[end] = ends.get(end, 0) + 1
    name, count = max(ends.items(), key=lambda pair: pair[1], default=("", 0))
    return name[:80] if count * 2 > len(titles) else ""
