"""The words, French and English, by which a shop's links name what every customer looks for."""

import re
import unicodedata
from enum import StrEnum


class Target(StrEnum):
    """What a link leads to."""

    LEGAL = "legal"
    TERMS = "terms"
    DELIVERY = "delivery"
    RETURNS = "returns"
    CONTACT = "contact"
    TRACKING = "tracking"
    HELP = "help"
    ABOUT = "about"
    PRIVACY = "privacy"
    PARTNERS = "partners"
    COMMITMENTS = "commitments"
    REVIEWS = "reviews"
    ACCESSIBILITY = "accessibility"
    WARRANTY = "warranty"
    WITHDRAWAL = "withdrawal"
    PAYMENT = "payment"
    MEDIATION = "mediation"


def folded(text: str) -> str:
    """Small letters without accents, hyphens and underscores as spaces: how labels and paths are compared."""
    if text.isascii():
        return text[:5000].lower()
    plain = unicodedata.normalize("NFKD", text[:5000].lower().replace("œ", "oe").replace("’", "'"))
    return "".join(c for c in plain if not unicodedata.combining(c))


WORDS = {
    Target.LEGAL: r"mentions? legales?|informations? legales?|legal notice|legal information|imprint|impressum",
    Target.TERMS: r"\bcgv\b|conditions generales|conditions de vente|terms (?:and|&|of)|\bterms\b",
    Target.DELIVERY: r"\blivraisons?\b|\bexpeditions?\b|\bdelivery\b|\bshipping\b",
    Target.RETURNS: r"\bretours?\b|remboursements?\b|\breturns?\b|\brefunds?\b",
    Target.CONTACT: r"\bcontact\w*\b|nous joindre|nous ecrire",
    Target.TRACKING: r"\bsuivi\b|\bsuivre\b|\btrack(?:ing)?\b|order status",
    Target.HELP: r"\baide\b|\bfaq\b|questions frequentes|\bhelp\b|\bsupport\b|service client|customer service",
    Target.ABOUT: r"qui sommes|\ba propos\b|notre histoire|notre atelier|\babout\b|our story",
    Target.PRIVACY: r"confidentialite|donnees personnelles|vie privee|\bprivacy\b|\bcookies\b",
    Target.PARTNERS: r"partenaires?\b|revendeurs?\b|fournisseurs?\b|partners?\b|resellers?\b|stockists?\b|suppliers?\b",
    Target.COMMITMENTS: r"engagements?\b|satisfait ou rembourse|moins cher ailleurs|commitments?\b|our promise",
    Target.REVIEWS: r"\bavis\b|\breviews?\b|temoignages?",
    Target.ACCESSIBILITY: r"accessibilite|accessibility",
    Target.WARRANTY: r"\bgaranties?\b|\bwarrant(?:y|ies)\b",
    Target.WITHDRAWAL: r"retractation|renoncer au contrat|withdraw(?:al)? (?:from|form|of)|right of withdrawal",
    Target.PAYMENT: r"\bpaiements?\b|\bpayments?\b",
    Target.MEDIATION: r"\bmediat\w+|\breclamations?\b|\bcomplaints?\b",
}
_COMPILED = {target: re.compile(words) for target, words in WORDS.items()}
LOGIN = re.compile(
    r"\b(?:login|log in|sign in|signin|connexion|se connecter|identifiez|mon compte|my account)\b"
)


def spaced(text: str) -> str:
    """Folded, with every separator a space: labels and paths read alike."""
    return re.sub(r"[^a-z0-9&']+", " ", folded(text)).strip()


def targets_of(label: str, path: str) -> frozenset[Target]:
    """What a link with this label, to this path, leads to. Long labels are sentences, not names: not judged."""
    said = spaced(label) if len(label) <= 80 else ""
    read = spaced(path)
    return frozenset(
        target for target, words in _COMPILED.items() if words.search(said) or words.search(read)
    )


def says(target: Target, text: str) -> bool:
    return _COMPILED[target].search(spaced(text)) is not None
