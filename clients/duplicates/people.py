"""Which people stand here twice: the rules. Pure.

Within a client the same name is enough, or a spelling of it with a common e-mail or phone. Between clients a
name is not: many are called alike; e-mail or phone must be the same too. Two private clients are compared as
clients, not here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from rapidfuzz import fuzz

from clients.duplicates.keys import email_key, name_key, phone_key
from clients.duplicates.pairs import SIMILAR, Pair, likely_pairs, pair_of

RULE_VERSION = "people-1"
PREFIX = 3
POINTS = {
    "same_email": 55, "same_phone": 35, "same_name": 40, "similar_name": 30, "part_of_name": 20, "same_client": 25,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonKeys:
    person_id: int
    client_id: int
    is_client: bool
    name: str  # words sorted
    email: str
    phone: str


def person_keys(
    pk: int, client_id: int, is_client: bool, first_name: str, last_name: str, email: str, phone: str
) -> PersonKeys:
    return PersonKeys(
        pk, client_id, is_client, name_key(f"{first_name} {last_name}"), email_key(email),
        phone_key(phone),
    )  # fmt: skip


def compare(one: PersonKeys, other: PersonKeys) -> Pair | None:
    """The pair when it is likely one person, else None: their names must agree at least in part."""
    if one.is_client and other.is_client:
        return None
    name, similarity = _name(one.name, other.name)
    if not name:  # colleagues share a mailbox and a desk
        return None
    codes = [name]
    if one.email and one.email == other.email:
        codes.append("same_email")
    if one.phone and one.phone == other.phone:
        codes.append("same_phone")
    if one.client_id == other.client_id:
        codes.append("same_client")
    return pair_of((one.person_id, other.person_id), codes, POINTS, similarity)


def _name(one: str, other: str) -> tuple[str, float]:
    if not one or not other:
        return "", 0.0
    if one == other:
        return "same_name", 1.0
    words, others = set(one.split()), set(other.split())
    if words < others or others < words:
        return "part_of_name", 0.0
    similarity = float(fuzz.ratio(one, other)) / 100
    return ("similar_name" if similarity >= SIMILAR else ""), similarity


def find_people(people: Iterable[PersonKeys]) -> list[Pair]:
    """Likely pairs, the likeliest first. Only people that share a sign are compared."""
    return likely_pairs(people, signs=_signs, number=attrgetter("person_id"), compare=compare)


def _signs(keys: PersonKeys) -> set[str]:
    signs = {f"c{keys.client_id}|{word[:PREFIX]}" for word in keys.name.split()}
    if keys.email:
        signs.add(f"e{keys.email}")
    if keys.phone:
        signs.add(f"p{keys.phone}")
    return signs
