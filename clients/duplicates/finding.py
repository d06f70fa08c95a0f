"""Apply the rules to all clients and keep the likely pairs; what a person called different stays so."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from clients.duplicates.keys import Facts, Keys, keys_of
from clients.duplicates.people import find_duplicate_people
from clients.duplicates.scoring import RULE_VERSION, Pair, find_pairs
from clients.models import Client, DuplicatePair, PersonPair
from clients.rules import ClientKind, ClientState
from common.locks import lock_until_commit

AT_ONCE = 500
_COLUMNS = ("pk", "kind", "name", "street", "postcode", "city", "email", "phone", "registration_number")


def find_duplicates(*, now: datetime) -> dict[str, Any]:
    """Recompute the list of likely pairs; returns counts. Safe to repeat and to run at the same time."""
    started = time.perf_counter()
    pairs = find_pairs(_keys())
    with transaction.atomic():
        lock_until_commit("clients duplicates")
        removed = _store(pairs, now)
    people = find_duplicate_people(now=now)
    open_pairs = DuplicatePair.objects.open().count()
    return {
        "pairs": len(pairs), "open": open_pairs, "dismissed": DuplicatePair.objects.count() - open_pairs,
        "removed": removed, "rule_version": RULE_VERSION, "seconds": round(time.perf_counter() - started, 2),
        **people,
    }  # fmt: skip


def _keys() -> Iterator[Keys]:
    rows = Client.objects.filter(state=ClientState.ACTIVE.value).order_by("pk").values_list(*_COLUMNS)
    for pk, kind, *texts in rows.iterator(chunk_size=5000):
        yield keys_of(Facts(pk, kind == ClientKind.PERSON, *texts))


def _store(pairs: list[Pair], now: datetime) -> int:
    wanted = {(pair.left_id, pair.right_id) for pair in pairs}
    known = DuplicatePair.objects.open().values_list("pk", "left_id", "right_id")
    gone = [pk for pk, left, right in known if (left, right) not in wanted]
    for first in range(0, len(gone), AT_ONCE):
        DuplicatePair.objects.filter(pk__in=gone[first : first + AT_ONCE]).delete()
    # A client may have been merged or erased while the pairs were computed.
    active = set(Client.objects.filter(state=ClientState.ACTIVE.value).values_list("pk", flat=True))
    rows = [
        DuplicatePair(
            left_id=pair.left_id, right_id=pair.right_id, score=pair.score, rule_version=RULE_VERSION,
            reasons=[reason.as_json() for reason in pair.reasons], found_at=now,
        )
        for pair in pairs
        if pair.left_id in active and pair.right_id in active
    ]  # fmt: skip
    DuplicatePair.objects.bulk_create(
        rows, batch_size=AT_ONCE, update_conflicts=True, unique_fields=["left", "right"],
        update_fields=["score", "reasons", "rule_version", "found_at"],
    )  # fmt: skip
    return len(gone)


def dismiss(*, pair: DuplicatePair | PersonPair, by: Any, now: datetime) -> None:
    """Remember that these two are different; asked twice, the first answer stays."""
    type(pair).objects.filter(pk=pair.pk, dismissed_at__isnull=True).update(dismissed_at=now, dismissed_by=by)


def take_back(*, pair: DuplicatePair | PersonPair) -> None:
    type(pair).objects.filter(pk=pair.pk).update(dismissed_at=None, dismissed_by=None)
