"""Amounts of money in running text."""

import re

from trust_audit.crawling.structured import first, of_type
from trust_audit.crawling.visitor import Page

AMOUNT = re.compile(
    r"(?:€|£|\$|\bEUR\b)\s?\d{1,3}(?:[ .,\u00a0\u202f]?\d{3}){0,3}(?:[.,]\d{2})?|"
    r"\b\d{1,3}(?:[ .\u00a0\u202f]?\d{3}){0,3}(?:[.,]\d{2})?\s?(?:€|£|\$|EUR\b|euros?\b)"
)


def offers(page: Page) -> list[dict[str, object]]:
    return of_type(page.doc.items, "Offer", "AggregateOffer")


def markup_price(page: Page) -> str:
    for offer in offers(page):
        value = first(offer, "price", "lowPrice")
        if isinstance(value, str | int | float) and str(value).strip():
            return str(value).strip()
    return ""


def shows_price(page: Page) -> bool:
    return bool(markup_price(page)) or AMOUNT.search(page.doc.text) is not None


def printed_amounts(page: Page) -> set[int]:
    """Amounts on the page in cents."""
    found = set()
    for match in AMOUNT.finditer(page.doc.text[:50_000]):
        digits = re.sub(r"[^\d.,]", "", match.group(0))
        whole, cents = (digits[:-3], digits[-2:]) if re.search(r"[.,]\d{2}$", digits) else (digits, "00")
        if number := re.sub(r"\D", "", whole):
            found.add(int(number[:9]) * 100 + int(cents))
    return found


def cents(text: str) -> int | None:
    """A price of structured data, such as ``14.90``, in cents."""
    match = re.fullmatch(r"(\d{1,9})(?:[.,](\d{1,2}))?0*", text.replace(" ", ""))
    return int(match.group(1)) * 100 + int((match.group(2) or "0").ljust(2, "0")) if match else None
