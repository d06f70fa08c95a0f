"""Order execution: commitments open to all, dates, costs, tracking (ORD-01, ORD-02, ORD-03, ORD-05)."""

import re

from trust_audit.crawling.lexicon import Target
from trust_audit.crawling.structured import Item, first
from trust_audit.probes.draft import Draft
from trust_audit.probes.registry import hinting, proposing
from trust_audit.probes.subject import Subject
from trust_audit.probes.types import Proposal

DELAY = re.compile(
    r"\b\d{1,3} ?(?:h\b|heures?|hours?|jours?|days?|semaines?|weeks?)|\b\d{1,2} ?(?:a|et|ou|-|to|or) ?\d{1,2} (?:jours?|days?|semaines?|weeks?)"
    r"|entre le \d{1,2}e? et le \d{1,2}e? jour|livre[es]? (?:le|avant le|sous)"
)
COST = re.compile(
    r"(?<!\d)\d{1,6}[.,]\d{2} ?(?:€|eur)|€ ?\d|\b(?:offert[es]?|gratuit[es]?|free)\b|(?<!\d)\d{1,6} ?€"
)
GOODS = re.compile(
    r"\b(?:casse[es]?|endommage[es]?|non conforme|conformite|echang\w+|defectueu\w+|damaged|faulty|replac\w+)\b"
)
THRESHOLD = re.compile(
    r"(?:offert[es]?|gratuit[es]?|free)[^.]{0,40}(?:des|a partir de|au-dela de|from|over|above)[^.]{0,10}\d+"
)
PARTS = {"delay": DELAY, "cost": COST, "goods": GOODS}


@proposing("ORD-01")
def commitments(subject: Subject, draft: Draft) -> Proposal:
    pages = subject.pages_for(Target.DELIVERY, Target.COMMITMENTS)
    locked = subject.locked_pages_for(Target.DELIVERY)
    own = [page for page in pages if Target.DELIVERY in subject.link_targets(page)]
    if locked and not own:
        return draft.see(*locked).alarm("commitments.locked").propose(0, 0.8)
    if not pages:
        pages = [page for page in subject.pages_for(Target.TERMS) if DELAY.search(subject.text_of(page))]
        if not pages:
            return _no_commitments(subject, draft)
        draft.alarm("commitments.only_terms")
    told = {name: subject.search(words, pages) is not None for name, words in PARTS.items()}
    depth = min(page.depth for page in pages)
    draft.see(*pages[:4]).fact(told=told, clicks=depth)
    draft.say("commitments.read", clicks=depth)
    for name, is_told in told.items():
        if not is_told:
            draft.alarm(f"commitments.no_{name}")
    level = {3: 4, 2: 3, 1: 2, 0: 1}[sum(told.values())]
    if "commitments.only_terms" in draft.alarms or depth >= 3:
        level = min(level, 2)
    return draft.propose(level if depth <= 1 else min(level, 3), 0.75)


def _no_commitments(subject: Subject, draft: Draft) -> Proposal:
    if not subject.site.complete:
        return draft.see(subject.home).unknown("commitments.not_reached")
    return draft.see(subject.home).alarm("commitments.none").propose(0, 0.6)


def _shipping(subject: Subject) -> list[Item]:
    return subject.items("OfferShippingDetails")


@hinting("ORD-02")
def delivery_date(subject: Subject, draft: Draft) -> Proposal:
    marked = [item for item in _shipping(subject) if first(item, "deliveryTime")]
    on_product = subject.search(DELAY, subject.products)
    elsewhere = subject.search(DELAY, subject.pages_for(Target.DELIVERY))
    draft.fact(
        products=len(subject.products), marked=len(marked), words=(on_product or elsewhere or (None, ""))[1]
    )
    if on_product is not None or marked:
        words = on_product[1] if on_product else "deliveryTime"
        return (
            draft.see(
                on_product[0] if on_product else subject.products[0] if subject.products else subject.home
            )
            .say("date.on_product", words=words)
            .hint(0.6)
        )
    if elsewhere is not None:
        return draft.see(elsewhere[0]).alarm("date.not_on_product", words=elsewhere[1]).hint(0.6)
    return draft.see(*subject.products[:2], subject.home).alarm("date.none").hint()


FEES = re.compile(r"frais de (?:port|livraison)|livraison|\bport\b|shipping|delivery")


@hinting("ORD-03")
def full_cost(subject: Subject, draft: Draft) -> Proposal:
    marked = [item for item in _shipping(subject) if first(item, "shippingRate")]
    pages = [*subject.pages_for(Target.DELIVERY), *subject.products]
    fee = next((page for page in pages if _names_fee(subject.text_of(page))), None)
    threshold = subject.search(THRESHOLD, pages)
    draft.fact(marked=len(marked), threshold=threshold[1] if threshold else "")
    if marked or fee is not None:
        draft.see(fee or subject.home).say("cost.told")
    else:
        draft.see(*pages[:2], subject.home).alarm("cost.none")
    if threshold is not None:
        draft.see(threshold[0]).say("cost.threshold", words=threshold[1])
    return draft.hint(0.6)


def _names_fee(text: str) -> bool:
    """Whether an amount stands near a word for delivery."""
    return any(
        re.search(r"\d+[.,]\d{2} ?(?:€|eur)|€ ?\d", text[max(0, match.start() - 80) : match.end() + 120])
        for match in list(FEES.finditer(text))[:50]
    )


@hinting("ORD-05")
def tracking(subject: Subject, draft: Draft) -> Proposal:
    pages = subject.pages_for(Target.TRACKING)
    if pages:
        return (
            draft.see(*pages[:2])
            .fact(clicks=pages[0].depth)
            .say("tracking.open", clicks=pages[0].depth)
            .hint(0.6)
        )
    locked = subject.locked_pages_for(Target.TRACKING)
    if locked:
        return draft.see(*locked[:2]).alarm("tracking.locked").hint(0.6)
    return draft.see(subject.home).alarm("tracking.none").hint(0.5)
