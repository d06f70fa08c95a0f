"""Brand: who is behind the site (BRD-01, BRD-04, BRD-05, BRD-06)."""

import re

from trust_audit.crawling.lexicon import Target, folded
from trust_audit.crawling.structured import first
from trust_audit.crawling.urls import cleaned, host_of, is_address, registrable
from trust_audit.crawling.visitor import Page
from trust_audit.probes.draft import Draft
from trust_audit.probes.numbers import is_siren, is_siret, is_vat
from trust_audit.probes.registries import FREE_MAIL, SOCIAL_HOSTS, is_listed
from trust_audit.probes.registry import hinting, proposing
from trust_audit.probes.subject import Subject
from trust_audit.probes.types import Proposal

FORMS = re.compile(
    r"\b(?:sarl|sasu?|eurl|sa au capital|snc|scop|scic|scea|gaec|micro-entreprise|auto-?entrepreneur|"
    r"entrepreneur individuel|entreprise individuelle|association loi|ltd|limited|llc|inc\.|gmbh|ag|b\.?v\.?|s\.?r\.?l\.?)\b"
)
SEAT = re.compile(r"\b\d{4,5} [a-z][a-z' -]{2,30}|\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b")
REGISTRATION = re.compile(
    r"\b(?:rcs|r\.c\.s\.?|siren|siret|rna|company (?:number|no)|registration (?:number|no)|hrb)\b"
)
DIGITS = re.compile(
    r"(?<!\d)(?:\d{3}[ .\u00a0\u202f]?\d{3}[ .\u00a0\u202f]?\d{3})(?:[ .\u00a0\u202f]?\d{5})?(?!\d)"
)
VAT = re.compile(r"\b(?:fr ?[0-9a-hj-np-z]{2} ?\d{3} ?\d{3} ?\d{3}|[a-z]{2} ?\d{8,12})\b")
PUBLISHER = re.compile(
    r"(?:directeur|directrice|responsable) de (?:la )?(?:publication|redaction)|\bpublisher\b|editeur du site"
)
HOSTING = re.compile(r"hebergeur|hebergement|heberge par|hosted by|hosting provider")
CONTACT = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,80}|\btel\b|telephone|phone")
GROUPS = ("form", "seat", "registration", "vat", "publisher", "hosting", "contact")
LINKED_SHARE = 0.9


def _registration(text: str) -> tuple[bool, str]:
    """Whether a registration is named with a number that holds, and the first number near it that does not."""
    wrong = ""
    for match in REGISTRATION.finditer(text):
        near = text[match.end() : match.end() + 60]
        found = DIGITS.search(near)
        if found is None:
            continue
        digits = re.sub(r"\D", "", found.group(0))
        if is_siren(digits) or is_siret(digits):
            return True, ""
        wrong = wrong or found.group(0)
    return False, wrong


def _vat(text: str) -> tuple[bool, str]:
    wrong = ""
    for match in VAT.finditer(text):
        number = match.group(0).replace(" ", "").upper()
        if is_vat(number):
            return True, ""
        if number.startswith("FR"):
            wrong = wrong or match.group(0).upper()
    return False, wrong


def identity_groups(text: str) -> tuple[dict[str, bool], dict[str, str]]:
    """What the page tells of the company, by group, and the numbers whose check digits are wrong."""
    registered, wrong_siren = _registration(text)
    taxed, wrong_vat = _vat(text)
    told = {
        "form": FORMS.search(text) is not None,
        "seat": SEAT.search(text) is not None,
        "registration": registered,
        "vat": taxed,
        "publisher": PUBLISHER.search(text) is not None,
        "hosting": HOSTING.search(text) is not None,
        "contact": CONTACT.search(text) is not None,
    }
    wrong = {"siren": wrong_siren, "vat": wrong_vat}
    return told, {name: value for name, value in wrong.items() if value}


def _linked_share(subject: Subject, pages: list[Page]) -> float:
    addresses = {page.asked for page in pages} | {page.url for page in pages}
    linking = sum(any(link.url in addresses for link in page.doc.links) for page in subject.readable)
    return linking / len(subject.readable)


@proposing("BRD-01")
def identity(subject: Subject, draft: Draft) -> Proposal:
    legal = subject.pages_for(Target.LEGAL)
    pages = (legal or subject.pages_for(Target.TERMS, Target.CONTACT, Target.ABOUT))[:4]
    if not pages:
        if subject.site.refused_by_robots or subject.site.note is not None:
            return draft.unknown("identity.not_reached")
        return draft.see(subject.home).alarm("identity.no_page").propose(0, 0.7)
    told, wrong = identity_groups(" ".join(subject.text_of(page) for page in pages))
    share = _linked_share(subject, pages)
    known = [name for name in GROUPS if told[name]]
    draft.see(*pages).fact(told=told, wrong=wrong, linked_share=round(share, 3), is_legal_page=bool(legal))
    draft.say("identity.told", count=len(known), of=len(GROUPS))
    for name in GROUPS:
        if not told[name]:
            draft.alarm(f"identity.no_{name}")
    for name, number in wrong.items():
        draft.alarm(f"identity.wrong_{name}", number=number)
    if share < LINKED_SHARE:
        draft.alarm("identity.not_everywhere", share_rate=share)
    return draft.propose(_identity_level(len(known), told, bool(wrong), bool(legal), share), 0.85)


def _identity_level(known: int, told: dict[str, bool], is_wrong: bool, is_legal: bool, share: float) -> int:
    """All seven groups from every page 4; six with the registration 3; four 2; any 1. A false number is at most 2."""
    if not is_legal and known < 3:
        return 0
    if known == len(GROUPS) and share >= LINKED_SHARE:
        level = 4
    elif known >= 6 and told["registration"]:
        level = 3
    else:
        level = 2 if known >= 4 else 1
    return min(level, 2 if is_wrong or not is_legal else 4)


PEOPLE = re.compile(
    r"\b(?:fonde[es]? (?:en|par)|depuis (?:19|20)\d\d|cree[es]? (?:en|par)|founded (?:in|by)|since (?:19|20)\d\d|notre equipe|our team)\b"
)


@hinting("BRD-04")
def people(subject: Subject, draft: Draft) -> Proposal:
    pages = subject.pages_for(Target.ABOUT)
    persons = [
        first(item, "name") for item in subject.items("Person") if isinstance(first(item, "name"), str)
    ]
    founded = next(
        (
            first(item, "foundingDate")
            for item in subject.items("Organization", "OnlineStore", "LocalBusiness")
            if first(item, "foundingDate")
        ),
        None,
    )
    said = subject.search(PEOPLE, pages)
    draft.see(*pages[:3]).fact(
        people_in_markup=len(set(persons)), founded=str(founded or ""), words=said[1] if said else ""
    )
    if not pages:
        return draft.see(subject.home).alarm("people.no_page").hint()
    draft.say("people.page", clicks=pages[0].depth)
    if said or founded or persons:
        draft.say("people.told", words=said[1] if said else str(founded or persons[0]))
    else:
        draft.alarm("people.nobody")
    return draft.hint()


def _listed_values(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _profiles(subject: Subject) -> list[str]:
    declared = [
        url
        for item in subject.items("Organization", "OnlineStore", "LocalBusiness", "Store")
        for url in _listed_values(item.get("sameAs"))
        if isinstance(url, str) and cleaned(url)
    ]
    linked = [link.url for link in subject.outbound if is_listed(host_of(link.url), SOCIAL_HOSTS)]
    return list(dict.fromkeys(str(cleaned(url)) for url in declared + linked))[:10]


def _mentions(page: Page, host: str) -> bool:
    doc = page.document
    return doc is not None and (host in doc.text or any(host_of(link.url) == host for link in doc.links))


@proposing("BRD-05")
def profiles(subject: Subject, draft: Draft) -> Proposal:
    found = _profiles(subject)
    if not found:
        return draft.see(subject.home).alarm("profiles.none").propose(0, 0.6)
    opened = [subject.visitor.open_foreign(url) for url in found]
    alive = [page for page in opened if page.is_ok]
    dead = [page for page in opened if page.status in (404, 410)]
    back = [page for page in alive if _mentions(page, subject.host)]
    draft.see(*alive, *dead).fact(profiles=found, alive=len(alive), dead=len(dead), linking_back=len(back))
    draft.say("profiles.found", count=len(found), alive=len(alive), back=len(back))
    if dead:
        draft.alarm("profiles.dead", count=len(dead))
    if not alive and not dead:
        return draft.unknown("profiles.unread")
    if alive and not back:
        draft.alarm("profiles.no_link_back")
    level = 4 if back and not dead else (2 if alive else 0)
    return draft.propose(level, 0.6 if len(alive) + len(dead) == len(found) else 0.4)


@proposing("BRD-06")
def own_domain(subject: Subject, draft: Draft) -> Proposal:
    mails = sorted({mail.lower() for page in subject.readable for mail in page.doc.mails if "@" in mail})
    own_mail = _own_mail(subject, mails)
    home = cleaned(subject.home.url)
    logo = any(link.image and link.region == "header" and link.url == home for link in subject.home.doc.links)
    brand = folded(subject.brand)
    titled = [page for page in subject.readable if brand and brand in folded(page.doc.title)]
    has_title = len(titled) >= 0.9 * len(subject.readable)
    draft.see(subject.home).fact(
        mails=mails[:10], own_mail=own_mail, logo_links_home=logo, brand=subject.brand,
        titles_with_brand=len(titled), titles=len(subject.readable),
    )  # fmt: skip
    if own_mail is None:
        draft.say("domain.no_mail")
    else:
        draft.say("domain.own_mail", mail=mails[0]) if own_mail else draft.alarm(
            "domain.foreign_mail", mail=mails[0]
        )
    draft.say("domain.logo") if logo else draft.alarm("domain.no_logo_link")
    draft.say("domain.title", brand=subject.brand) if has_title else draft.alarm("domain.no_title")
    parts = [part for part in (own_mail, logo, has_title) if part is not None]
    if all(parts):
        return draft.propose(4 if own_mail else 2, 0.7)
    return draft.propose(2 if sum(parts) * 2 >= len(parts) else 0, 0.7)


def _own_mail(subject: Subject, mails: list[str]) -> bool | None:
    """Whether the mailboxes are the brand's: on the site's domain; where the site has none, at least on no free one."""
    domains = {mail.rsplit("@", 1)[-1] for mail in mails}
    if not domains:
        return None
    if domains & FREE_MAIL:
        return False
    if is_address(subject.host) or subject.host.endswith("localhost"):
        return True
    return any(registrable(domain) == registrable(subject.host) for domain in domains)
