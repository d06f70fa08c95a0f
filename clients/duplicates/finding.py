"""Apply the rules to all clients and people and keep the likely pairs; what a person called different stays so."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from clients.duplicates import people, scoring
from clients.duplicates.keys import Facts, Keys, keys_of
from clients.duplicates.pairs import Pair
from clients.models import Client, DuplicatePair, Person, PersonPair
from clients.rules import ClientKind, ClientState
from common.locks import lock_until_commit

AT_ONCE = 500
_COLUMNS = ("pk", "kind", "name", "street", "postcode", "city", "email", "phone", "registration_number")
_PERSON_COLUMNS = ("pk", "client_id", "is_client", "first_name", "last_name", "email", "phone")
AnyPair = DuplicatePair | PersonPair


def find_duplicates(*, now: datetime) -> dict[str, Any]:
    """Recompute the lists of likely pairs; returns counts. Safe to repeat and to run at the same time."""
    started = time.perf_counter()
    pairs = scoring.find_pairs(_keys())
    with transaction.atomic():
        lock_until_commit("clients duplicates")
        # A client may have been merged or erased while the pairs were computed.
        active = set(Client.objects.filter(state=ClientState.ACTIVE.value).values_list("pk", flat=True))
        removed = _store(DuplicatePair, scoring.RULE_VERSION, pairs, active, now)
    counts = find_duplicate_people(now=now)
    open_pairs = DuplicatePair.objects.open().count()
    return {
        "pairs": len(pairs), "open": open_pairs, "dismissed": DuplicatePair.objects.count() - open_pairs,
        "removed": removed, "rule_version": scoring.RULE_VERSION,
        "seconds": round(time.perf_counter() - started, 2), **counts,
    }  # fmt: skip


def find_duplicate_people(*, now: datetime) -> dict[str, int]:
    """The pairs of people alone; returns counts."""
    pairs = people.find_people(_person_keys())
    with transaction.atomic():
        lock_until_commit("clients duplicates")
        concerned = {pk for pair in pairs for pk in (pair.left_id, pair.right_id)}
        there = {pk for pk in Person.objects.values_list("pk", flat=True).iterator() if pk in concerned}
        removed = _store(PersonPair, people.RULE_VERSION, pairs, there, now)
    return {
        "people_pairs": len(pairs), "people_open": PersonPair.objects.open().count(), "people_removed": removed,
    }  # fmt: skip


def _keys() -> Iterator[Keys]:
    rows = Client.objects.filter(state=ClientState.ACTIVE.value).order_by("pk").values_list(*_COLUMNS)
    for pk, kind, *texts in rows.iterator(chunk_size=5000):
        yield keys_of(Facts(pk, kind == ClientKind.PERSON, *texts))


def _person_keys() -> Iterator[people.PersonKeys]:
    active = Person.objects.filter(client__state=ClientState.ACTIVE.value)
    rows = active.order_by("pk").values_list(*_PERSON_COLUMNS)
    return (people.person_keys(*row) for row in rows.iterator(chunk_size=5000))


def _store(model: type[AnyPair], version: str, pairs: list[Pair], there: set[int], now: datetime) -> int:
    """Keep the pairs both of whose sides are still ``there``; returns how many open ones went."""
    kept: Any = model._default_manager
    wanted = {(pair.left_id, pair.right_id) for pair in pairs}
    known = kept.open().values_list("pk", "left_id", "right_id")
    gone = [pk for pk, left, right in known if (left, right) not in wanted]
    for first in range(0, len(gone), AT_ONCE):
        kept.filter(pk__in=gone[first : first + AT_ONCE]).delete()
    rows = [
        model(
            left_id=pair.left_id, right_id=pair.right_id, score=pair.score, rule_version=version,
            reasons=[reason.as_json() for reason in pair.reasons], found_at=now,
        )
        for pair in pairs
        if pair.left_id in there and pair.right_id in there
    ]  # fmt: skip
    kept.bulk_create(
        rows, batch_size=AT_ONCE, update_conflicts=True, unique_fields=["left", "right"],
        update_fields=["score", "reasons", "rule_version", "found_at"],
    )  # fmt: skip
    return len(gone)


def dismiss(*, pair: AnyPair, by: Any, now: datetime) -> None:
    """Remember that these two are different; asked twice, the first answer stays."""
    type(pair).objects.filter(pk=pair.pk, dismissed_at__isnull=True).update(dismissed_at=now, dismissed_by=by)


def take_back(*, pair: AnyPair) -> None:
    type(pair).objects.filter(pk=pair.pk).update(dismissed_at=None, dismissed_by=None)
