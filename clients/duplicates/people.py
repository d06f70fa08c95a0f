"""Which people stand here twice: rules (pure) and the list that is kept.

Within a client the same name is enough, or a spelling of it with a common e-mail or phone. Between clients a
name is not: many are called alike; e-mail or phone must be the same too. Two private clients are compared as
clients, not here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from django.db import transaction
from rapidfuzz import fuzz

from clients.duplicates.keys import email_key, name_key, phone_key
from clients.models import Person, PersonPair
from clients.rules import ClientState
from common.locks import lock_until_commit
from common.reasons import Reason

RULE_VERSION = "people-1"
LIKELY = 60
SIMILAR = 0.87
MOST_IN_BLOCK = 60
"""A mailbox or a switchboard that more people share proves nothing."""
PREFIX = 3
AT_ONCE = 500
POINTS = {
    "same_email": 55, "same_phone": 35, "same_name": 40, "similar_name": 30, "part_of_name": 20, "same_client": 25,
}  # fmt: skip
_COLUMNS = ("pk", "client_id", "is_client", "first_name", "last_name", "email", "phone")


@dataclass(frozen=True, slots=True)
class PersonKeys:
    person_id: int
    client_id: int
    is_client: bool
    name: str  # words sorted
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Likely:
    left_id: int
    right_id: int
    score: int
    reasons: tuple[Reason, ...]


def person_keys(
    pk: int, client_id: int, is_client: bool, first_name: str, last_name: str, email: str, phone: str
) -> PersonKeys:
    return PersonKeys(
        pk, client_id, is_client, name_key(f"{first_name} {last_name}"), email_key(email),
        phone_key(phone),
    )  # fmt: skip


def compare(one: PersonKeys, other: PersonKeys) -> Likely | None:
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
    score = min(100, sum(POINTS[code] for code in codes))
    if score < LIKELY:
        return None
    codes.sort(key=lambda code: (-POINTS[code], code))
    reasons = tuple(
        Reason(code, {"similarity_rate": round(similarity, 2)} if code == "similar_name" else {})
        for code in codes
    )
    left, right = sorted((one.person_id, other.person_id))
    return Likely(left, right, score, reasons)


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


def find_people(people: Iterable[PersonKeys]) -> list[Likely]:
    """Likely pairs, the likeliest first. Only people that share a sign are compared."""
    found: dict[tuple[int, int], Likely | None] = {}
    for block in _blocks(people):
        for one, other in combinations(block, 2):
            key = (min(one.person_id, other.person_id), max(one.person_id, other.person_id))
            if key not in found:
                found[key] = compare(one, other)
    likely = [pair for pair in found.values() if pair]
    return sorted(likely, key=lambda pair: (-pair.score, pair.left_id, pair.right_id))


def _blocks(people: Iterable[PersonKeys]) -> Iterator[Sequence[PersonKeys]]:
    blocks: dict[str, list[PersonKeys]] = defaultdict(list)
    for keys in people:
        for sign in _signs(keys):
            blocks[sign].append(keys)
    return (block for block in blocks.values() if 1 < len(block) <= MOST_IN_BLOCK)


def _signs(keys: PersonKeys) -> set[str]:
    signs = {f"c{keys.client_id}|{word[:PREFIX]}" for word in keys.name.split()}
    if keys.email:
        signs.add(f"e{keys.email}")
    if keys.phone:
        signs.add(f"p{keys.phone}")
    return signs


# --- the list that is kept ----------------------------------------------------------------------
def find_duplicate_people(*, now: datetime) -> dict[str, Any]:
    """Recompute the likely pairs of people; returns counts. Safe to repeat and to run at the same time."""
    pairs = find_people(_stored())
    with transaction.atomic():
        lock_until_commit("clients duplicates")
        removed = _store(pairs, now)
    return {
        "people_pairs": len(pairs), "people_open": PersonPair.objects.open().count(), "people_removed": removed,
    }  # fmt: skip


def _stored() -> Iterator[PersonKeys]:
    rows = Person.objects.filter(client__state=ClientState.ACTIVE.value).order_by("pk").values_list(*_COLUMNS)
    return (person_keys(*row) for row in rows.iterator(chunk_size=5000))


def _store(pairs: list[Likely], now: datetime) -> int:
    wanted = {(pair.left_id, pair.right_id) for pair in pairs}
    known = PersonPair.objects.open().values_list("pk", "left_id", "right_id")
    gone = [pk for pk, left, right in known if (left, right) not in wanted]
    for first in range(0, len(gone), AT_ONCE):
        PersonPair.objects.filter(pk__in=gone[first : first + AT_ONCE]).delete()
    # Somebody may have been merged or erased while the pairs were computed.
    concerned = {pk for pair in wanted for pk in pair}
    there = {pk for pk in Person.objects.values_list("pk", flat=True).iterator() if pk in concerned}
    rows = [
        PersonPair(
            left_id=pair.left_id, right_id=pair.right_id, score=pair.score, rule_version=RULE_VERSION,
            reasons=[reason.as_json() for reason in pair.reasons], found_at=now,
        )
        for pair in pairs
        if pair.left_id in there and pair.right_id in there
    ]  # fmt: skip
    PersonPair.objects.bulk_create(
        rows, batch_size=AT_ONCE, update_conflicts=True, unique_fields=["left", "right"],
        update_fields=["score", "reasons", "rule_version", "found_at"],
    )  # fmt: skip
    return len(gone)
