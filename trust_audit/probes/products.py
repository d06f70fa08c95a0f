"""Presentation: characteristics, warranty, prices (PRE-01, PRE-02, PRE-03)."""

import re
from collections.abc import Mapping

from trust_audit.crawling.lexicon import Target
from trust_audit.crawling.structured import Item, first, of_type, text
from trust_audit.crawling.visitor import Page
from trust_audit.probes.draft import Draft, level_for
from trust_audit.probes.prices import AMOUNT, cents, markup_price, offers, printed_amounts, shows_price
from trust_audit.probes.registry import hinting, proposing
from trust_audit.probes.subject import Subject
from trust_audit.probes.types import Proposal

FILLED = (0.95, 0.8, 0.6, 0.3)
GTINS = ("gtin", "gtin8", "gtin12", "gtin13", "gtin14", "isbn", "mpn")
# Visible reference of a product, when there is no markup.
REFERENCE = re.compile(r"\b(?:ref(?:erence)?|sku|ean|gtin|isbn|code article)\b[ .:n°]{0,5}[a-z0-9-]{3,}")
SPEC_ROWS = 3


def gtin_is_valid(code: str) -> bool:
    """Whether the digits satisfy GS1's check digit; lengths 8, 12, 13, 14."""
    if not (code.isascii() and code.isdigit() and len(code) in (8, 12, 13, 14)):
        return False
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(code[:-1])))
    return (total + int(code[-1])) % 10 == 0


def _product_item(page: Page) -> Item:
    return next(iter(of_type(page.doc.items, "Product", "ProductGroup", "IndividualProduct")), {})


def characteristics(page: Page, folded_text: str) -> dict[str, bool]:
    """Which of the five facts the page gives, by markup or to the eye."""
    item, doc = _product_item(page), page.doc
    return {
        "name": bool(text(item, "name")) or any(level == 1 and words for level, words in doc.headings),
        "image": first(item, "image") is not None or doc.images > 0,
        "reference": any(text(item, name) for name in ("sku", "productID", *GTINS))
        or REFERENCE.search(folded_text) is not None,
        "brand": bool(text(item, "brand", "manufacturer"))
        or re.search(r"\b(?:marque|brand|fabricant)\b ?:", folded_text) is not None,
        "characteristics": first(item, "additionalProperty") is not None or doc.spec_rows >= SPEC_ROWS,
    }


@proposing("PRE-01")
def product_facts(subject: Subject, draft: Draft) -> Proposal:
    pages = subject.products
    if not pages:
        return draft.unknown("products.none")
    given = [characteristics(page, subject.text_of(page)) for page in pages]
    share = sum(sum(one.values()) for one in given) / (5 * len(given))
    wrong = [code for page in pages for code in _wrong_gtins(page)]
    draft.see(*pages[:3]).fact(
        pages=len(pages),
        filled=round(share, 3),
        given={name: sum(one[name] for one in given) for name in given[0]},
        wrong_gtins=wrong[:5],
    )
    draft.say("products.filled", count=len(pages), share_rate=share)
    for name in given[0]:
        missing = sum(not one[name] for one in given)
        if missing:
            draft.alarm(f"products.no_{name}", count=missing, of=len(pages))
    if wrong:
        draft.alarm("products.wrong_gtin", number=wrong[0])
    return draft.propose(min(level_for(share, FILLED), 3 if wrong else 4), 0.75)


def _wrong_gtins(page: Page) -> list[str]:
    item = _product_item(page)
    codes = [text(item, name) for name in ("gtin", "gtin8", "gtin12", "gtin13", "gtin14")]
    return [code for code in codes if code and not gtin_is_valid(code)]


TAX = re.compile(
    r"\bttc\b|toutes taxes comprises|tva (?:incluse|comprise)|\b(?:incl(?:uding|\.)?|inc\.?) (?:vat|tax)|vat included"
)
STOCK = re.compile(
    r"\b(?:en stock|disponible|indisponible|rupture|epuise|sur commande|in stock|out of stock|available|sold out)\b"
)
LOWEST = re.compile(
    r"prix le plus bas|30 derniers jours|prix de reference|lowest price|last 30 days|prix conseille"
)


def price_facts(page: Page, folded_text: str) -> dict[str, bool]:
    found = offers(page)
    return {
        "price": shows_price(page),
        "currency": any(first(offer, "priceCurrency") for offer in found)
        or AMOUNT.search(page.doc.text) is not None,
        "stock": any(first(offer, "availability") for offer in found)
        or STOCK.search(folded_text) is not None,
        "tax": TAX.search(folded_text) is not None,
    }


@proposing("PRE-03")
def prices(subject: Subject, draft: Draft) -> Proposal:
    pages = subject.products
    if not pages:
        return draft.unknown("products.none")
    given = [price_facts(page, subject.text_of(page)) for page in pages]
    share = sum(sum(one.values()) for one in given) / (4 * len(given))
    unexplained = [
        page for page in pages if page.doc.struck_prices and not LOWEST.search(subject.text_of(page))
    ]
    differing = [page for page in pages if _differs(page)]
    draft.see(*(differing[:2] + unexplained[:2]), *pages[:2])
    draft.fact(
        pages=len(pages),
        told=round(share, 3),
        given={name: sum(one[name] for one in given) for name in given[0]},
        struck=len(unexplained),
        differing=len(differing),
    )
    draft.say("prices.told", count=len(pages), share_rate=share)
    for name in given[0]:
        missing = sum(not one[name] for one in given)
        if missing:
            draft.alarm(f"prices.no_{name}", count=missing, of=len(pages))
    if unexplained:
        draft.alarm("prices.struck", count=len(unexplained), of=len(pages))
    if differing:
        draft.alarm("prices.differ", count=len(differing), of=len(pages))
    return draft.propose(_price_level(share, bool(unexplained), bool(differing)), 0.7)


def _price_level(share: float, is_unexplained: bool, is_differing: bool) -> int:
    """By the share of what is told; a struck price without its reference caps at 2, a false one in the markup at 1."""
    level = level_for(share, FILLED)
    return min(level, 1 if is_differing else 2 if is_unexplained else 4)


def _differs(page: Page) -> bool:
    """Whether the price in the markup is none of those printed, on a page that prints some."""
    printed, marked = printed_amounts(page), cents(markup_price(page))
    return bool(printed) and marked is not None and marked not in printed


LEGAL_TERM = re.compile(r"garantie legale|(?:2|deux) ans|legal guarantee|(?:2|two)[ -]years?")
EXCLUSION = re.compile(r"\bhors\b|\bsauf\b|exclu\w*|ne couvre pas|except|does not cover|usure")
CLAIMING = re.compile(
    r"pour (?:la |en )?(?:demander|beneficier|faire jouer)|numero de commande|to (?:make a )?claim|contactez"
)
NOTICE = re.compile(r"europa\.eu/youreurope|notice (?:europeenne|harmonisee)|harmonised notice")
WARRANTY_PARTS: Mapping[str, re.Pattern[str]] = {
    "legal": LEGAL_TERM,
    "exclusions": EXCLUSION,
    "claim": CLAIMING,
}
WORD = re.compile(r"\bgaranti\w*|\bwarrant\w*|\bguarantee\w*")


@hinting("PRE-02")
def warranty(subject: Subject, draft: Draft) -> Proposal:
    pages = [*subject.pages_for(Target.WARRANTY, Target.TERMS), *subject.products]
    naming = [page for page in pages if WORD.search(subject.text_of(page))]
    marked = [
        item for item in subject.items("Offer", "Product") if first(item, "warranty", "hasWarrantyPromise")
    ]
    links = " ".join(link.url for page in naming for link in page.doc.links)
    notice = NOTICE.search(links) is not None or subject.search(NOTICE, naming) is not None
    told = {name: subject.search(words, naming) is not None for name, words in WARRANTY_PARTS.items()}
    draft.fact(pages=len(naming), marked=len(marked), notice=notice, told=told)
    if not naming and not marked:
        return draft.see(*subject.products[:2], subject.home).alarm("warranty.none").hint(0.6)
    draft.see(*naming[:4]).say("warranty.named", count=len(naming))
    for name, is_told in told.items():
        if not is_told:
            draft.alarm(f"warranty.no_{name}")
    draft.say("warranty.notice") if notice else draft.alarm("warranty.no_notice")
    return draft.hint(0.6)
