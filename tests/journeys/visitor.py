"""A person at a real browser, who minds every error the page makes."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, expect

# Runs in every page before its own scripts: what the policy refuses becomes an error we hear of.
LISTEN_FOR_CSP = """
document.addEventListener("securitypolicyviolation", event =>
  console.error("CSP " + event.violatedDirective + " " + event.blockedURI + " " + event.sourceFile));
"""
BEYOND = """() => [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > window.innerWidth)
    .map(one => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 40)}`).slice(0, 6)"""
SETTLED = "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"


@dataclass
class Visitor:
    """``problems`` collects console errors, page errors, CSP violations and failed requests."""

    page: Page
    base_url: str
    problems: list[str] = field(default_factory=list)

    @classmethod
    def arrive(cls, context: BrowserContext, base_url: str) -> "Visitor":
        context.add_init_script(LISTEN_FOR_CSP)
        visitor = cls(context.new_page(), base_url)
        page = visitor.page
        page.on("console", visitor._heard)
        page.on("pageerror", lambda error: visitor._note(f"page error: {error}"))
        page.on("requestfailed", visitor._failed)
        page.on("response", visitor._answered)
        return visitor

    def _note(self, problem: str) -> None:
        self.problems.append(f"{urlsplit(self.page.url).path}: {problem}")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._note(f"console {message.type}: {message.text}")

    def _failed(self, request: Request) -> None:
        # The browser itself aborts what it no longer needs when a page is left.
        if request.failure != "net::ERR_ABORTED":
            self._note(f"request failed: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self._note(f"{response.status} for {response.url}")
        if not response.url.startswith((self.base_url, "data:", "blob:")):
            self._note(f"foreign request: {response.url}")

    def go(self, url_name: str, *args: Any) -> None:
        self.page.goto(self.base_url + reverse(url_name, args=args))

    def log_in(self, email: str, password: str) -> None:
        self.go("accounts:login")
        self.page.fill("input[name=username]", email)
        self.page.fill("input[name=password]", password)
        self.page.click("main form button.btn-primary")
        expect(self.page).to_have_url(self.base_url + reverse("home"))

    def settle(self) -> None:
        """Until images, fonts, fragments and movements are done."""
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_function(SETTLED)
        self.page.evaluate("() => Promise.all(document.getAnimations().map(a => a.finished.catch(() => 0)))")

    def look(self) -> None:
        """The page as it stands: no error so far, nothing axe objects to, nothing beyond the right edge."""
        self.settle()
        assert self.problems == []  # of the page itself
        # Without its preloading: it copies style sheets into elements that the policy of the page forbids.
        report = Axe().run(self.page, options={"resultTypes": ["violations"], "preload": False})
        assert report.response["violations"] == [], f"{self.page.url}\n{report.generate_report()}"
        beyond = self.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
        assert beyond <= 0, (
            f"{self.page.url}: {beyond} px wider than the window: {self.page.evaluate(BEYOND)}"
        )
        assert self.problems == []
