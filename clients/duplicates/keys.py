"""A client's signs in a form in which two spellings of the same are equal. Pure."""

import re
from dataclasses import dataclass

from common.text import searchable

# Legal forms and titles say nothing about who somebody is.
_EMPTY_WORDS = frozenset(
    [
        "sa",
        "sas",
        "sasu",
        "sarl",
        "eurl",
        "sci",
        "scp",
        "snc",
        "scop",
        "selarl",
        "gie",
        "ei",
        "eirl",
        "sprl",
        "srl",
        "spa",
        "sl",
        "slu",
        "ltd",
        "limited",
        "plc",
        "llc",
        "llp",
        "inc",
        "incorporated",
        "corp",
        "corporation",
        "co",
        "company",
        "cie",
        "compagnie",
        "gmbh",
        "ag",
        "kg",
        "ohg",
        "ug",
        "ev",
        "bv",
        "nv",
        "vof",
        "oy",
        "oyj",
        "ab",
        "as",
        "asa",
        "aps",
        "lda",
        "kft",
        "sro",
        "doo",
        "societe",
        "ste",
        "ets",
        "etablissement",
        "etablissements",
        "group",
        "groupe",
        "holding",
        "m",
        "mr",
        "mrs",
        "ms",
        "mme",
        "mlle",
        "monsieur",
        "madame",
        "mademoiselle",
        "dr",
        "me",
        "et",
        "and",
        "und",
        "y",
        "the",
        "le",
        "la",
        "les",
        "l",
        "de",
        "du",
        "des",
        "d",
    ]
)
_STREET_WORDS = {
    "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "blvd": "boulevard", "r": "rue",
    "pl": "place", "ch": "chemin", "rte": "route", "all": "allee", "imp": "impasse", "sq": "square",
    "st": "saint", "ste": "sainte", "street": "st", "road": "rd", "strasse": "str",
}  # fmt: skip
_PUBLIC_MAIL = frozenset(["gmail.com", "googlemail.com"])
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_CEDEX = re.compile(r"\bcedex\b.*$")
MIN_PHONE_DIGITS = 8
NATIONAL_DIGITS = 9
SIREN, SIRET = 9, 14


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at of one client, as it is stored."""

    client_id: int
    is_person: bool
    name: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    email: str = ""
    phone: str = ""
    registration: str = ""


@dataclass(frozen=True, slots=True)
class Keys:
    client_id: int
    is_person: bool
    name: str  # words sorted, without legal forms
    postcode: str
    city: str
    street: str
    email: str
    phone: str
    registration: str  # whole
    company: str  # the nine digits of the company within it, where it has them


def keys_of(facts: Facts) -> Keys:
    registration = registration_key(facts.registration)
    return Keys(
        client_id=facts.client_id, is_person=facts.is_person, name=name_key(facts.name),
        postcode=_words(facts.postcode).replace(" ", ""), city=city_key(facts.city),
        street=street_key(facts.street), email=email_key(facts.email), phone=phone_key(facts.phone),
        registration=registration, company=company_key(registration),
    )  # fmt: skip


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else searchable(text)


def _words(text: str) -> str:
    return _NOT_WORD.sub(" ", _folded(text)).strip() if text else ""


def name_key(name: str) -> str:
    """ "Ets. Müller & Cie S.A.R.L." and "muller" are one; a name of nothing but such words keeps them."""
    words = _NOT_WORD.sub(" ", _folded(name).replace(".", "")).split()
    telling = [word for word in words if word not in _EMPTY_WORDS]
    return " ".join(sorted(telling or words))


def city_key(city: str) -> str:
    words = _CEDEX.sub("", _words(city)).split()
    return " ".join({"saint": "st", "sainte": "ste"}.get(word, word) for word in words if word.isalpha())


def street_key(street: str) -> str:
    return " ".join(sorted(_STREET_WORDS.get(word, word) for word in _words(street).split()))


def email_key(email: str) -> str:
    """Without the tag that some mail services ignore, and their dots."""
    address = _folded(email).strip()
    box, at, domain = address.partition("@")
    if not at:
        return ""
    box = box.partition("+")[0]
    return f"{box.replace('.', '') if domain in _PUBLIC_MAIL else box}@{domain}"


def phone_key(phone: str) -> str:
    """The last nine digits: with or without the country's prefix and the leading zero."""
    digits = "".join(digit for digit in phone if digit.isdecimal() and digit.isascii())
    return digits[-NATIONAL_DIGITS:] if len(digits) >= MIN_PHONE_DIGITS else ""


def registration_key(number: str) -> str:
    return _words(number).replace(" ", "")


def company_key(registration: str) -> str:
    """SIREN of a SIREN, a SIRET or a French VAT number; any other number as it is."""
    digits = registration[4:] if registration.startswith("fr") and len(registration) == 13 else registration
    if digits.isdecimal() and len(digits) in (SIREN, SIRET):
        return digits[:SIREN]
    return registration
