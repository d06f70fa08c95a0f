"""Technology: encryption, headers and cookies, what pages load (TEC-01, TEC-05, TEC-07)."""

import re
from urllib.parse import urlsplit, urlunsplit

from trust_audit.crawling.document import Resource
from trust_audit.crawling.urls import host_of, registrable, site_of
from trust_audit.crawling.visitor import Page
from trust_audit.probes.draft import Draft, level_for
from trust_audit.probes.registry import proposing
from trust_audit.probes.subject import Subject
from trust_audit.probes.types import Proposal

SOON_DAYS = 30
HALF_YEAR = 15_552_000
OLD_VERSIONS = ("TLS 1.0", "TLS 1.1")
MAX_AGE = re.compile(r"max-age\s*=\s*\"?(\d{1,12})", re.IGNORECASE)


def hsts_seconds(value: str) -> int:
    match = MAX_AGE.search(value)
    return int(match.group(1)) if match else 0


def _plain_address(url: str) -> str:
    """The same page over HTTP; a port of its own is kept."""
    parts = urlsplit(url)
    place = parts.netloc.removesuffix(":443")
    return urlunsplit(("http", place, parts.path or "/", "", ""))


@proposing("TEC-01", needs_pages=False)
def encryption(subject: Subject, draft: Draft) -> Proposal:
    tls = subject.tls
    if tls.state in ("", "unknown"):
        return draft.unknown("tls.unread", what=tls.detail or "–")
    if tls.state == "local":
        return draft.see(subject.home).unknown("tls.local")
    if tls.state == "absent":
        return draft.see(subject.home).alarm("tls.none").propose(0, 0.9)
    draft.see(subject.home).fact(
        days_left=tls.days_left, until=tls.until, issuer=tls.issuer, names=list(tls.names), versions=list(tls.versions),
        fault=tls.fault_text,
    )  # fmt: skip
    if tls.fault:
        return draft.alarm(tls.fault, until_date=tls.until).propose(0, 0.95)
    draft.say("tls.valid", until_date=tls.until, days=tls.days_left)
    if tls.days_left is not None and tls.days_left < SOON_DAYS:
        draft.alarm("tls.soon", days=tls.days_left)
    old = [name for name in OLD_VERSIONS if name in tls.versions]
    if old:
        draft.alarm("tls.old", versions=", ".join(old))
    if not {"TLS 1.2", "TLS 1.3"} & set(tls.versions):
        return draft.alarm("tls.only_old").propose(1, 0.9)
    _look_at_http(subject, draft)
    seconds = hsts_seconds(subject.home.header("strict-transport-security"))
    draft.fact(hsts_seconds=seconds)
    if seconds < HALF_YEAR:
        draft.alarm("tls.no_hsts", days=seconds // 86400)
    return draft.propose(max(1, 4 - len(draft.alarms)), 0.9)


def _look_at_http(subject: Subject, draft: Draft) -> None:
    """Whether plain HTTP leads to HTTPS. A closed port 80 is as good; no answer at all is not held against the site."""
    page = subject.visitor.open(_plain_address(subject.home.url))
    draft.fact(http_leads_to=page.url if not page.fault else page.fault)
    if not page.fault and urlsplit(page.url).scheme != "https":
        draft.alarm("tls.no_redirect")


SESSION = re.compile(r"sess|sid|auth|token|login|user|cart|panier|csrf", re.IGNORECASE)


def header_points(page: Page, is_https: bool) -> dict[str, tuple[int, int]]:
    """Points won and to be won by each safeguard. Those of HTTPS only count on HTTPS."""
    policy = page.header("content-security-policy").lower()
    frames = "frame-ancestors" in policy or bool(page.header("x-frame-options"))
    points = {
        "csp": (_policy_points(policy), 25),
        "nosniff": (10 if "nosniff" in page.header("x-content-type-options").lower() else 0, 10),
        "frames": (15 if frames else 0, 15),
        "referrer": (10 if _is_careful(page.header("referrer-policy")) else 0, 10),
        "cookies": (_cookie_points(page.cookies, is_https), 20),
    }
    if is_https:
        seconds = hsts_seconds(page.header("strict-transport-security"))
        points["hsts"] = (20 if seconds >= HALF_YEAR else 10 if seconds else 0, 20)
    return points


def _policy_points(policy: str) -> int:
    """A policy that allows any inline script protects little: 10 of 25."""
    if not policy:
        return 0
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";") if part.strip())
    scripts = directives.get("script-src", directives.get("default-src", "*"))
    is_loose = (
        "'unsafe-inline'" in scripts and "'nonce-" not in scripts and "'sha" not in scripts
    ) or "*" in scripts.split()
    return 10 if is_loose else 25


def _is_careful(value: str) -> bool:
    return value.lower().split(",")[-1].strip() in {
        "no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin", "origin", "origin-when-cross-origin",
    }  # fmt: skip


def _cookie_points(cookies: tuple[str, ...], is_https: bool) -> int:
    """Mean over the cookies of their flags; 20 when none is set. HttpOnly is asked of cookies that sound like a session."""
    if not cookies:
        return 20
    marks = []
    for cookie in cookies[:30]:
        name, flags = cookie.split("=", 1)[0], cookie.lower()
        wanted = (
            ["samesite"] + (["secure"] if is_https else []) + (["httponly"] if SESSION.search(name) else [])
        )
        marks.append(sum(flag in flags for flag in wanted) / len(wanted))
    return round(20 * sum(marks) / len(marks))


@proposing("TEC-05")
def headers(subject: Subject, draft: Draft) -> Proposal:
    page = subject.home
    is_https = page.url.startswith("https:")
    points = header_points(page, is_https)
    score = round(100 * sum(won for won, _ in points.values()) / sum(most for _, most in points.values()))
    draft.see(page).fact(
        score=score,
        points={name: list(pair) for name, pair in points.items()},
        cookies=[cookie.split("=", 1)[0][:60] for cookie in page.cookies[:20]],
    )
    draft.say("headers.score", score=score)
    for name, (won, most) in points.items():
        if won < most:
            draft.alarm(f"headers.{'weak' if won else 'no'}_{name}")
    return draft.propose(level_for(score, (90, 70, 50, 25)), 0.85)


def _insecure(page: Page) -> list[Resource]:
    """What the page loads without encryption: on a page that is itself encrypted, or from another host."""
    is_https = page.url.startswith("https:")
    return [
        one for one in page.doc.resources
        if one.url.startswith("http:") and (is_https or site_of(one.url) != site_of(page.url))
    ]  # fmt: skip


@proposing("TEC-07")
def loading(subject: Subject, draft: Draft) -> Proposal:
    pages = subject.readable
    insecure = {one.url: page for page in pages for one in _insecure(page)}
    foreign = {
        one.url: one
        for page in pages
        for one in page.doc.resources
        if one.tag == "script" and not subject.site.is_own(one.url) and not _shares_domain(one.url, subject)
    }
    unchecked = [url for url, one in foreign.items() if not one.integrity]
    draft.see(*list(insecure.values())[:2], subject.home)
    draft.fact(insecure=list(insecure)[:10], foreign_scripts=list(foreign)[:20], unchecked=len(unchecked))
    if insecure:
        return draft.alarm(
            "loading.insecure", count=len(insecure), host=host_of(next(iter(insecure)))
        ).propose(0, 0.9)
    if unchecked:
        return draft.alarm("loading.unchecked", count=len(unchecked), of=len(foreign)).propose(2, 0.8)
    return draft.say("loading.fine", count=len(foreign)).propose(4, 0.8)


def _shares_domain(url: str, subject: Subject) -> bool:
    return registrable(host_of(url)) == registrable(subject.host)
