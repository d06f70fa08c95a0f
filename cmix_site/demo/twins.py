"""People who stand twice in the demo: the same person, written down again by somebody else.

The night's own search finds them; nothing marks them as pairs. They are placed by counting, so that they change
nothing of what is drawn for all others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from clients.models import Client, Interaction, Person
from clients.rules import ClientKind, InteractionKind, LegalBasis, PersonRole
from common.text import searchable

TWIN_EVERY = 45  # of so many firms one has somebody twice
FIRST = 3
TALKED_DAYS_AGO = 45
SOURCE = "Liste du salon professionnel"


@dataclass(frozen=True)
class Spelling:
    """``write``: first and last name as the other record has them; ``has_mail``: with the same address."""

    write: Callable[[str, str], tuple[str, str]]
    has_mail: bool
    is_elsewhere: bool = False  # at the next firm: the person changed employers and kept the address


def misspelt(first: str, last: str) -> tuple[str, str]:
    """A letter too many, as it is heard on the telephone."""
    middle = len(last) // 2
    return first, f"{last[:middle]}{last[middle - 1 : middle]}{last[middle:]}"


def capitals(first: str, last: str) -> tuple[str, str]:
    """As a badge scanner writes it."""
    return searchable(first).title(), searchable(last).upper()


def turned(first: str, last: str) -> tuple[str, str]:
    """The two fields exchanged."""
    return last, first


def surname_alone(first: str, last: str) -> tuple[str, str]:
    return "", last


def unchanged(first: str, last: str) -> tuple[str, str]:
    return first, last


SPELLINGS = (
    Spelling(misspelt, has_mail=True),
    Spelling(capitals, has_mail=False),
    Spelling(turned, has_mail=True),
    Spelling(surname_alone, has_mail=True),
    Spelling(unchanged, has_mail=True, is_elsewhere=True),
)


def plant_twins(clients: Sequence[Client], today: date) -> list[tuple[int, int]]:
    """Write the second records, each with one talk; returns (first, second) by their numbers."""
    firms = [client for client in clients if client.kind == ClientKind.COMPANY]
    chosen = range(FIRST, len(firms) - 1, TWIN_EVERY)
    twins = []
    for count, place in enumerate(chosen):
        spelling = SPELLINGS[count % len(SPELLINGS)]
        known = Person.objects.filter(client=firms[place]).order_by("pk").first()
        if known is not None:
            home = firms[place + 1] if spelling.is_elsewhere else firms[place]
            twins.append((known.pk, _twin(known, home, spelling, number=count + 1, today=today).pk))
    return twins


def _twin(known: Person, home: Client, spelling: Spelling, *, number: int, today: date) -> Person:
    first, last = spelling.write(known.first_name, known.last_name)
    twin = Person.objects.create(
        client=home, ref=f"D-T{number:03d}", first_name=first, last_name=last, role=PersonRole.OTHER.value,
        email=known.email if spelling.has_mail else "", language=known.language, source=SOURCE,
        legal_basis=LegalBasis.LEGITIMATE_INTEREST.value,
    )  # fmt: skip
    day = today - timedelta(days=TALKED_DAYS_AGO + number)
    Interaction.objects.create(
        client=home, person=twin, by=home.owner, kind=InteractionKind.CALL.value, minutes=10,
        happened_at=datetime.combine(day, time(10, 30), tzinfo=ZoneInfo(settings.TIME_ZONE)),
        summary="Premier échange après le salon, demande le catalogue.",
    )  # fmt: skip
    return twin
