"""Order execution: the phone, returns, recourse (ORD-06, ORD-08, ORD-09)."""

import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

from trust_audit.crawling.lexicon import Target, folded
from trust_audit.crawling.structured import first
from trust_audit.crawling.urls import host_of
from trust_audit.crawling.visitor import Page
from trust_audit.probes.draft import Draft
from trust_audit.probes.registry import hinting, proposing
from trust_audit.probes.subject import Subject
from trust_audit.probes.texts import spoken_language
from trust_audit.probes.types import Proposal

EVERYWHERE = 0.8
REGIONS = {"fr": "FR", "en": "GB", "de": "DE", "es": "ES", "it": "IT", "nl": "NL", "pt": "PT"}
SUFFIXES = {
    "fr": "FR",
    "be": "BE",
    "ch": "CH",
    "lu": "LU",
    "uk": "GB",
    "de": "DE",
    "es": "ES",
    "it": "IT",
    "ca": "CA",
}
HOURS = re.compile(
    r"\b\d{1,2} ?(?:h|:) ?\d{0,2} ?(?:a|-|–|et|to|until) ?\d{1,2} ?(?:h|:|heures)|(?:lundi|monday|lun\.?)[^.]{0,60}\d{1,2} ?(?:h|:|am)"
    r"|\b24 ?h? ?/ ?24|\bmon(?:day)?\b[^.]{0,30}\d"
)


class PhoneKind(StrEnum):
    """What a call costs the customer. ``PREMIUM``: more than a usual call, forbidden for after-sales (L121-16)."""

    NORMAL = "normal"
    FREE = "free"
    PREMIUM = "premium"


@dataclass(frozen=True)
class Phone:
    e164: str
    kind: PhoneKind


def french_kind(significant: str) -> PhoneKind:
    """By the French numbering plan (ARCEP 2018-0881): 0800-0805 free, 0806-0809 at the price of a usual call,
    the rest of 08 at a surcharge; ``significant`` without the leading 0."""
    if not significant.startswith("8"):
        return PhoneKind.NORMAL
    if significant.startswith("80"):
        return PhoneKind.FREE if significant[2:3] in "012345" else PhoneKind.NORMAL
    return PhoneKind.PREMIUM


def kind_of(number: phonenumbers.PhoneNumber) -> PhoneKind:
    if number.country_code == 33:
        return french_kind(phonenumbers.national_significant_number(number))
    kind = phonenumbers.number_type(number)
    if kind in (phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST):
        return PhoneKind.PREMIUM
    return PhoneKind.FREE if kind == phonenumbers.PhoneNumberType.TOLL_FREE else PhoneKind.NORMAL


def _phone(number: phonenumbers.PhoneNumber) -> Phone:
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Phone(written, kind_of(number))


def phones_on(page: Page, region: str) -> set[Phone]:
    """Valid numbers in links and in the text, each once."""
    found = set()
    for written in page.doc.phones:
        try:
            number = phonenumbers.parse(written[:60], region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            found.add(_phone(number))
    # A page of catalogue figures holds thousands of candidates: the first ten numbers tell enough.
    for match in phonenumbers.PhoneNumberMatcher(page.doc.text[:30_000], region, max_tries=200):
        found.add(_phone(match.number))
        if len(found) >= 10:
            break
    return found


def _region(subject: Subject) -> str:
    """The country whose way of writing numbers the site uses: by its suffix, else by the language it is written in."""
    spoken = spoken_language(" ".join(page.doc.text[:1500] for page in subject.readable[:4]))
    suffix = subject.host.rsplit(".", 1)[-1]
    return SUFFIXES.get(suffix) or REGIONS.get(spoken or subject.home.doc.lang[:2], "FR")


@proposing("ORD-06")
def phone(subject: Subject, draft: Draft) -> Proposal:
    region = _region(subject)
    by_page = {page.url: phones_on(page, region) for page in subject.readable}
    known = sorted(
        {one for phones in by_page.values() for one in phones},
        key=lambda one: (one.kind == PhoneKind.PREMIUM, one.e164),
    )
    asked = [*subject.pages_for(Target.CONTACT, Target.LEGAL, Target.HELP), subject.home]
    if not known:
        if not (len(asked) > 1 or subject.site.complete):
            return draft.unknown("phone.not_reached")
        return draft.see(*asked[:3]).alarm("phone.none").propose(0, 0.7)
    fair = {one for one in known if one.kind != PhoneKind.PREMIUM}
    showing = [page for page in subject.readable if by_page[page.url] & (fair or set(known))]
    hours = subject.search(HOURS, showing)
    share = len(showing) / len(subject.readable)
    draft.see(*showing[:3]).fact(
        phones={one.e164: one.kind.value for one in known[:10]},
        share=round(share, 3),
        hours=hours[1] if hours else "",
    )
    for one in known:
        if one.kind == PhoneKind.PREMIUM:
            draft.alarm("phone.premium", number=one.e164)
    if not fair:
        return draft.propose(1, 0.8)
    draft.say("phone.found", number=known[0].e164, share_rate=share)
    if hours is None:
        return draft.alarm("phone.no_hours").propose(2, 0.75)
    draft.say("phone.hours", words=hours[1])
    return draft.propose((4 if share >= EVERYWHERE else 3) if len(fair) == len(known) else 2, 0.75)


FOURTEEN = re.compile(r"\b(?:14|quatorze|30|trente|fourteen|thirty|60|90|100) (?:jours?|days?)")
FORM = re.compile(r"formulaire[^.]{0,30}retractation|withdrawal form")
FUNCTION = re.compile(
    r"renoncer (?:au|a mon) contrat|confirmer la retractation|withdraw from (?:the |my )?contract|me retracter"
)
REFUND = re.compile(
    r"rembours\w{0,10}[^.]{0,40}\b(?:sous|dans|en|avant) (?:\w{1,15} ){0,3}\d{1,2} jours?|refund\w{0,5}[^.]{0,40}within \d{1,2} days?"
)
RETURN_COST = re.compile(
    r"frais de retour|retours? (?:gratuit|offert)|(?:cost of|free) returns?|return shipping"
)
RETURN_PARTS = {"days": FOURTEEN, "form": FORM, "refund": REFUND, "costs": RETURN_COST}


@hinting("ORD-08")
def returns(subject: Subject, draft: Draft) -> Proposal:
    pages = subject.pages_for(Target.RETURNS, Target.WITHDRAWAL, Target.TERMS)
    policy = subject.items("MerchantReturnPolicy")
    days = next(
        (first(item, "merchantReturnDays") for item in policy if first(item, "merchantReturnDays")), None
    )
    # The duty is a function of its own on the site: a link or a button, not the word in a text.
    function = [
        link for page in subject.readable for link in page.doc.links if FUNCTION.search(folded(link.text))
    ]
    pressed = [
        page for page in subject.readable if any(FUNCTION.search(folded(label)) for label in page.doc.buttons)
    ]
    told = {name: subject.search(words, pages) is not None for name, words in RETURN_PARTS.items()}
    draft.see(*pages[:3], *pressed[:1]).fact(
        told=told, policy_markup=len(policy), days=str(days or ""), function=bool(function or pressed)
    )
    if not pages:
        draft.see(subject.home).alarm("returns.no_page")
    for name, is_told in told.items():
        if pages and not is_told:
            draft.alarm(f"returns.no_{name}")
    draft.say("returns.function") if function or pressed else draft.alarm("returns.no_function")
    if policy:
        draft.say("returns.markup", days=str(days or "–"))
    return draft.hint(0.6)


ODR_HOST, ODR_PATH = "ec.europa.eu", "consumers/odr"
MEDIATOR = re.compile(
    r"\bmediat(?:eur|rice|ion)\b[^.]{0,120}|\bombudsman\b[^.]{0,80}|\badr (?:body|entity)\b[^.]{0,80}"
)
NAMED = re.compile(
    r"mediat(?:eur|rice|ion)(?: de la consommation)?(?: (?:est|suivant|designe))?[^a-z]{1,4}(?:est |le |la |l')?[a-z]{3,}"
)
CLAIM = re.compile(
    r"\breclamations?\b|\bcomplaints?\b|\bsav\b|service (?:client|apres-vente)[^.]{0,60}(?:ecri|contact)"
)


def _is_odr(url: str) -> bool:
    return (host_of(url) == ODR_HOST and ODR_PATH in url.lower()) or "webgate.ec.europa.eu/odr" in url.lower()


@proposing("ORD-09")
def recourse(subject: Subject, draft: Draft) -> Proposal:
    pages = subject.pages_for(Target.TERMS, Target.LEGAL, Target.MEDIATION, Target.HELP, Target.RETURNS)
    if not pages:
        if not subject.site.complete:
            return draft.unknown("recourse.not_reached")
        return draft.see(subject.home).alarm("recourse.none").propose(0, 0.6)
    found = subject.search(MEDIATOR, pages)
    claim = subject.search(CLAIM, pages)
    odr = [page for page in subject.readable if any(_is_odr(link.url) for link in page.doc.links)]
    site = _mediator_site(subject, pages)
    is_named = found is not None and NAMED.search(subject.text_of(found[0])) is not None
    draft.see(found[0] if found else None, *odr[:2], *pages[:2])
    draft.fact(
        mediator=found[1] if found else "",
        mediator_site=site,
        claim_path=claim is not None,
        odr_links=len(odr),
    )
    if odr:
        draft.alarm("recourse.dead_odr", count=len(odr))
    if found is None:
        return draft.alarm("recourse.none").propose(1 if odr else 0, 0.75)
    draft.say("recourse.mediator", words=found[1]) if is_named else draft.alarm("recourse.unnamed")
    draft.say("recourse.site", host=host_of(site)) if site else draft.alarm("recourse.no_site")
    draft.say("recourse.claim") if claim else draft.alarm("recourse.no_claim")
    level = 1 if not is_named else 2 if not site else 4 if claim else 3
    return draft.propose(min(level, 2) if odr else level, 0.75)


def _mediator_site(subject: Subject, pages: list[Page]) -> str:
    """An outbound link that names the mediator, other than the closed European platform."""
    for page in pages:
        for link in page.doc.links:
            if subject.site.is_own(link.url) or _is_odr(link.url):
                continue
            if re.search(r"mediat|cm2c|conso|ombud|adr\b", folded(f"{link.text} {host_of(link.url)}")):
                return link.url
    return ""
