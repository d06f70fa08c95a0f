"""Opens pages one by one as a polite guest: robots.txt, pauses, one budget of time, no surprise for the caller."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from protego import Protego

from trust_audit.crawling.document import Document, decoded, is_html, read_document
from trust_audit.crawling.urls import cleaned, host_of
from trust_audit.net import USER_AGENT, Failed, Fetched, Fetcher, Refused

EXCERPT = 4_000
SHOWN_HEADERS = (
    "content-type", "server", "location", "content-security-policy", "strict-transport-security",
    "x-content-type-options", "x-frame-options", "referrer-policy", "cache-control",
)  # fmt: skip
ROBOTS_LIMIT = 500_000
# Fewer letters than this beside scripts of more than that many bytes: the page is made by its scripts.
SCRIPTED_TEXT = 200
SCRIPTED_BYTES = 2_000


@dataclass(frozen=True)
class Step:
    """One click: the label of the link and where it led."""

    label: str
    url: str


@dataclass
class Page:
    """One address as it answered; ``fault`` is the code of the reason why it did not. ``document`` for HTML only."""

    url: str
    status: int = 0
    depth: int = 0
    trail: tuple[Step, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    hops: tuple[str, ...] = ()
    asked: str = ""
    first_byte: float = 0.0
    seconds: float = 0.0
    size: int = 0
    sha256: str = ""
    excerpt: str = ""
    cut: str = ""
    fault: str = ""
    fault_what: str = ""
    document: Document | None = None

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    @property
    def cookies(self) -> tuple[str, ...]:
        return tuple(value for key, value in self.headers if key == "set-cookie")

    @property
    def is_ok(self) -> bool:
        return not self.fault and 200 <= self.status < 300

    @property
    def is_scripted(self) -> bool:
        """Whether the page shows next to nothing before its scripts have run."""
        doc = self.document
        if doc is None or len(doc.text) >= SCRIPTED_TEXT:
            return False
        return doc.script_bytes > SCRIPTED_BYTES or any(one.tag == "script" for one in doc.resources)

    @property
    def is_readable(self) -> bool:
        """Whether what the page lacks may be held against it: all of it was read, as HTML, with some text."""
        return (
            self.is_ok
            and not self.cut
            and self.document is not None
            and len(self.document.text) >= SCRIPTED_TEXT
        )

    @property
    def doc(self) -> Document:
        """The document of a page that is known to have one."""
        assert self.document is not None
        return self.document


def _excerpt(answer: Fetched, text: str) -> str:
    shown = [f"{name}: {value[:300]}" for name, value in answer.headers if name in SHOWN_HEADERS]
    return "\n".join([f"HTTP {answer.status} {answer.url}", *shown, "", text])[:EXCERPT]


@dataclass
class Visitor:
    """``open`` never raises; what went wrong is in the page. ``clock`` and ``sleep`` may be replaced in tests."""

    fetcher: Fetcher
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    started: float = 0.0
    _robots: dict[str, Protego | None] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)
    _known: dict[str, Page] = field(default_factory=dict)
    foreign: int = 0

    def __post_init__(self) -> None:
        self.started = self.clock()

    @property
    def seconds_left(self) -> float:
        return self.fetcher.limits.audit_seconds - (self.clock() - self.started)

    def open(self, url: str, *, method: str = "GET") -> Page:
        """The page, from memory when it was opened before."""
        key = url if method == "GET" else f"{method} {url}"
        if key not in self._known:
            self._known[key] = self._open(url, method)
        return self._known[key]

    def open_foreign(self, url: str, *, method: str = "GET") -> Page:
        """A page of another host, within the budget for those."""
        key = url if method == "GET" else f"{method} {url}"
        if key not in self._known:
            if self.foreign >= self.fetcher.limits.foreign_pages:
                return Page(url, asked=url, fault="net.budget")
            self.foreign += 1
        return self.open(url, method=method)

    def robots(self, url: str) -> Protego | None:
        """The rules of the host; ``None`` when they could not be had, which forbids everything (RFC 9309)."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = self._fetch_robots(f"{origin}/robots.txt")
        return self._robots[origin]

    def _fetch_robots(self, url: str) -> Protego | None:
        try:
            answer = self._polite(url, "GET", 0.0)
        except (Failed, Refused):
            return None
        if answer.status >= 500:
            return None
        if answer.status != 200:
            return Protego.parse("")
        return Protego.parse(answer.body[:ROBOTS_LIMIT].decode("utf-8", errors="replace"))

    def _polite(self, url: str, method: str, crawl_delay: float) -> Fetched:
        limits, host = self.fetcher.limits, host_of(url)
        if limits.delay:
            pause = max(limits.delay, min(crawl_delay, limits.max_delay))
            due = self._last.get(host, -1e9) + pause
            self.sleep(max(0.0, min(due - self.clock(), self.seconds_left)))
        if self.seconds_left <= 0:
            raise Failed("net.budget", host)
        try:
            return self.fetcher.fetch(url, method=method, seconds=self.seconds_left)
        finally:
            self._last[host] = self.clock()

    def _open(self, url: str, method: str) -> Page:
        page = Page(url, asked=url)
        try:
            if cleaned(url) is None:
                raise Refused("net.bad_url", url[:100])
            self.fetcher.checked(url)
            rules = self.robots(url)
            if rules is None:
                raise Failed("net.robots_unreachable", host_of(url))
            if not rules.can_fetch(url, USER_AGENT):
                raise Refused("net.robots", urlsplit(url).path[:100])
            answer = self._polite(url, method, rules.crawl_delay(USER_AGENT) or 0.0)
        except (Failed, Refused) as error:
            page.fault, page.fault_what = error.code, error.what
            return page
        self._fill(page, answer, method)
        return page

    def _fill(self, page: Page, answer: Fetched, method: str) -> None:
        page.url = cleaned(answer.url) or answer.url
        page.status, page.headers, page.hops = answer.status, answer.headers, answer.hops
        page.first_byte, page.seconds, page.cut = answer.first_byte, answer.seconds, answer.cut
        page.size, page.sha256 = len(answer.body), hashlib.sha256(answer.body).hexdigest()
        kind = answer.header("content-type")
        text = ""
        if method == "GET" and is_html(answer.body, kind):
            html = decoded(answer.body, kind)
            page.document = read_document(html, answer.url)
            text = page.document.text
        page.excerpt = _excerpt(answer, text)
