"""Who must not come back: an erased person is recognised by keyed hashes, without being known.

A mark is the HMAC of one sign (reference, e-mail, or name with postcode) under the site's secret key. When
the key changes, the former one stays in ``CMIX_SECRET_KEY_FALLBACKS``: marks are looked for under each.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.utils.crypto import salted_hmac

from clients.models import Suppression
from common.text import searchable

PER_QUERY = 900
"""Marks of one query, below SQLite's limit of parameters."""


class Identity(NamedTuple):
    """By what a record of a file or of the site is known. Name and postcode count only together."""

    ref: str = ""
    email: str = ""
    name: str = ""
    postcode: str = ""

    def signs(self) -> list[str]:
        found = []
        if ref := self.ref.strip():
            found.append(f"ref:{ref.casefold()}")
        if email := searchable(self.email):
            found.append(f"email:{email}")
        name, postcode = " ".join(sorted(searchable(self.name).split())), searchable(self.postcode)
        if name and postcode:
            found.append(f"name:{name}|{postcode.replace(' ', '')}")
        return found


def marks_of(identity: Identity) -> list[str]:
    """What to store of an erased identity."""
    return [_mark(sign, settings.SECRET_KEY) for sign in identity.signs()]


def marks_to_find(identity: Identity) -> list[str]:
    """Its marks under the present key and under those that were in use before."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_mark(sign, key) for sign in identity.signs() for key in keys]


def _mark(sign: str, key: str) -> str:
    return salted_hmac("clients.suppression", sign, secret=key, algorithm="sha256").hexdigest()


def suppressed(marks: Iterable[str]) -> set[str]:
    """Those of ``marks`` that belong to somebody erased; one query per 900 marks."""
    asked = sorted(set(marks))
    found: set[str] = set()
    for first in range(0, len(asked), PER_QUERY):
        chunk = asked[first : first + PER_QUERY]
        found.update(Suppression.objects.filter(mark__in=chunk).values_list("mark", flat=True))
    return found


def suppressed_positions(identities: Sequence[Identity]) -> set[int]:
    """Positions of those identities that were erased and may not be stored again.

    Costs one query and nothing else as long as nobody was ever erased.
    """
    if not identities or not Suppression.objects.exists():
        return set()
    marks = [marks_to_find(identity) for identity in identities]
    gone = suppressed(mark for row in marks for mark in row)
    return {position for position, row in enumerate(marks) if not gone.isdisjoint(row)}


def suppress(*, marks: Iterable[str], at: datetime) -> None:
    """Remember marks for good; those known already keep their date."""
    Suppression.objects.bulk_create(
        [Suppression(mark=mark, erased_at=at) for mark in sorted(set(marks))], ignore_conflicts=True
    )
