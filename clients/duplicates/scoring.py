"""How likely two clients are one, from 0 to 100, and why. Pure.

Signs that are equal add points, signs that contradict take some. A pair is shown from ``LIKELY`` points on:
the same name in the same place reaches it alone, an e-mail or a phone only together with the name. Two private
persons of different names are never one: couples share address, phone and mailbox.
"""

from collections.abc import Iterable
from operator import attrgetter

from rapidfuzz import fuzz

from clients.duplicates.keys import Keys
from clients.duplicates.pairs import LIKELY, MOST_IN_BLOCK, SIMILAR, Pair, likely_pairs, pair_of

__all__ = ["LIKELY", "MOST_IN_BLOCK", "RULE_VERSION", "Pair", "compare", "find_pairs"]
RULE_VERSION = "duplicates-1"
UNLIKE = 0.6
PREFIX = 4

POINTS = {
    "same_registration": 95, "same_company": 20, "same_email": 55, "same_phone": 40, "same_name": 40,
    "similar_name": 30, "same_place": 25, "same_city": 15, "same_street": 15, "other_registration": -50,
    "other_place": -20, "other_name": -35, "other_kind": -10,
}  # fmt: skip


def compare(one: Keys, other: Keys) -> Pair | None:
    """The pair when it is likely, else None."""
    similarity = _similarity(one.name, other.name)
    codes = [*_name(similarity), *_registration(one, other), *_contact(one, other), *_place(one, other)]
    if one.is_person != other.is_person:
        codes.append("other_kind")
    if one.is_person and other.is_person and similarity < SIMILAR:
        return None
    return pair_of((one.client_id, other.client_id), codes, POINTS, similarity)


def _similarity(one: str, other: str) -> float:
    """1 for the same words; an edit apart counts more than a word apart."""
    if not one or not other:
        return 0.0
    return 1.0 if one == other else float(fuzz.ratio(one, other)) / 100


def _name(similarity: float) -> list[str]:
    if similarity == 1.0:
        return ["same_name"]
    if similarity >= SIMILAR:
        return ["similar_name"]
    return ["other_name"] if similarity < UNLIKE else []


def _registration(one: Keys, other: Keys) -> list[str]:
    """Two establishments of one company differ in the last digits: that says little."""
    if not one.registration or not other.registration:
        return []
    if one.company != other.company:
        return ["other_registration"]
    whole = len(one.registration) == len(other.registration) and one.registration != other.registration
    return ["same_company"] if whole else ["same_registration"]


def _contact(one: Keys, other: Keys) -> list[str]:
    found = []
    if one.email and one.email == other.email:
        found.append("same_email")
    if one.phone and one.phone == other.phone:
        found.append("same_phone")
    return found


def _place(one: Keys, other: Keys) -> list[str]:
    found = []
    if one.postcode and one.postcode == other.postcode:
        found.append("same_place")
    elif one.city and one.city == other.city:
        # Without one of the postcodes the town is the best that is known.
        found.append("same_city" if one.postcode and other.postcode else "same_place")
    elif (one.postcode and other.postcode) or (one.city and other.city):
        found.append("other_place")
    if one.street and one.street == other.street and "other_place" not in found:
        found.append("same_street")
    return found


def find_pairs(clients: Iterable[Keys]) -> list[Pair]:
    """Likely pairs, the likeliest first. Only clients that share a sign are compared."""
    return likely_pairs(clients, signs=_signs, number=attrgetter("client_id"), compare=compare)


def _signs(keys: Keys) -> set[str]:
    signs = set()
    if keys.email:
        signs.add(f"e{keys.email}")
    if keys.phone:
        signs.add(f"p{keys.phone}")
    if keys.company:
        signs.add(f"r{keys.company}")
    words = [word[:PREFIX] for word in keys.name.split() if len(word) >= PREFIX]
    for place in filter(None, (keys.postcode, keys.city)):
        signs.add(f"n{place}|{keys.name}")
        signs.update(f"w{place}|{word}" for word in words)
    return signs
