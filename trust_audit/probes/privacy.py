"""Technology: payment and privacy (TEC-02, TEC-06)."""

import re

from trust_audit.crawling.lexicon import folded
from trust_audit.crawling.urls import host_of
from trust_audit.crawling.visitor import Page
from trust_audit.probes.draft import Draft
from trust_audit.probes.registries import PAYMENT_PROVIDERS, TRACKERS, listed
from trust_audit.probes.registry import hinting
from trust_audit.probes.subject import Subject
from trust_audit.probes.types import Proposal

CARD_NAMES = re.compile(
    r"^(?:card-?_?number|cc-?_?(?:number|num|csc|cvc|exp)|cvc|cvv|numero-?_?carte|carte-?_?numero)$",
    re.IGNORECASE,
)
MEANS = re.compile(
    r"carte bancaire|\bvisa\b|mastercard|paypal|virement|apple pay|google pay|klarna|bank transfer|credit card|\bcb\b"
)
STRONG = re.compile(r"3-?d[ -]?secure|authentification forte|dsp2|strong (?:customer )?authentication|psd2")


def _payment_hosts(page: Page) -> set[str]:
    urls = [one.url for one in page.doc.resources if one.tag in ("script", "iframe")] + list(
        page.doc.form_actions
    )
    allowed = re.findall(r"https?://[^\s;'\"]+", page.header("content-security-policy"))[:100]
    return {host_of(url) for url in [*urls, *allowed]} - {""}


def _card_fields(page: Page) -> bool:
    return any(
        field.autocomplete.startswith("cc-") or CARD_NAMES.match(field.name) for field in page.doc.fields
    )


@hinting("TEC-02")
def payment(subject: Subject, draft: Draft) -> Proposal:
    pages = subject.readable
    hosts = {host for page in pages for host in _payment_hosts(page)}
    providers = sorted({name for host in hosts if (name := listed(host, PAYMENT_PROVIDERS))})
    own = [page for page in pages if _card_fields(page)]
    means, strong = subject.search(MEANS), subject.search(STRONG)
    draft.see(*own[:2], means[0] if means else None, strong[0] if strong else None, subject.home)
    draft.fact(
        providers=providers,
        own_card_fields=len(own),
        means=means[1] if means else "",
        strong=strong[1] if strong else "",
    )
    if own:
        draft.alarm("payment.own_fields", count=len(own))
    draft.say("payment.provider", names=", ".join(providers)) if providers else draft.alarm(
        "payment.no_provider"
    )
    draft.say("payment.means", words=means[1]) if means else draft.alarm("payment.no_means")
    draft.say("payment.strong") if strong else draft.alarm("payment.no_strong")
    return draft.hint(0.5)


# Cookies that serve the visit itself or remember the choice about cookies.
NEEDED = re.compile(
    r"sess|sid|csrf|xsrf|cart|panier|lang|locale|consent|cookie|tarteaucitron|didomi|axeptio|currency|__host|__secure|route|awsalb|cf_",
    re.IGNORECASE,
)
ACCEPT = re.compile(r"\b(?:tout )?accept\w*|\bj'accepte|\bagree\b|\ballow\b")
REFUSE = re.compile(
    r"\b(?:tout )?refus\w*|continuer sans accepter|\breject\w*|\bdecline\b|\bdeny\b|necessary only"
)


@hinting("TEC-06")
def privacy(subject: Subject, draft: Draft) -> Proposal:
    pages = subject.readable
    cookies = [cookie.split("=", 1)[0].strip()[:60] for cookie in subject.home.cookies]
    early = [name for name in cookies if not NEEDED.search(name)]
    hosts = {
        host_of(one.url)
        for page in pages
        for one in page.doc.resources
        if one.tag in ("script", "iframe", "img")
    }
    trackers = sorted({name for host in hosts if (name := listed(host, TRACKERS))})
    buttons = [folded(label) for page in pages[:5] for label in page.doc.buttons]
    accepts = any(ACCEPT.search(label) for label in buttons)
    refuses = any(REFUSE.search(label) for label in buttons)
    draft.see(subject.home).fact(
        cookies=cookies[:20],
        not_needed=early[:20],
        trackers=trackers,
        accept_button=accepts,
        refuse_button=refuses,
    )
    if early:
        draft.alarm("privacy.early_cookies", names=", ".join(early[:5]))
    if trackers:
        draft.alarm("privacy.trackers", names=", ".join(trackers[:5]))
    if accepts and not refuses:
        draft.alarm("privacy.no_refusal")
    elif accepts:
        draft.say("privacy.refusal")
    if not draft.alarms:
        draft.say("privacy.none", of=len(pages))
    return draft.hint(0.5)
