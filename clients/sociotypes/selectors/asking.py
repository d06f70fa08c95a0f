"""Whom a round would invite, and who not and why: the preview and the invitations read the same rows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from clients.models import Client, Invitation, Person, SociotypeResult
from clients.rules import ClientState
from clients.sociotypes.permission import may_be_profiled, no_more_questionnaires_q
from clients.sociotypes.rules.ageing import REASK_MONTHS, plus_months
from clients.sociotypes.rules.asking import LeftOut
from clients.sociotypes.rules.scoring import Channel, Status

CHUNK = 500
"""Clients looked at in one query, below SQLite's limit of parameters."""
SHOWN = 100


@dataclass(frozen=True)
class Asked:
    """Of some clients: who would be invited, and why the others not. ``people`` counts those left out by
    reason; ``nobody`` are clients without a person."""

    invited: Sequence[int]
    left_out: dict[str, int]


def chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(ids), CHUNK):
        yield ids[first : first + CHUNK]


def judged(people: QuerySet[Person], now: datetime) -> QuerySet[Any]:
    """Everybody of ``people`` with ``verdict``: a reason of ``LeftOut``, "" for whom we may invite."""
    answered = SociotypeResult.objects.filter(  # one that waits to be confirmed too: nobody is asked twice
        person=OuterRef("pk"), channel__in=[Channel.SELF, Channel.PHONE],
        answered_on__gt=plus_months(timezone.localdate(now), -REASK_MONTHS),
    ).exclude(status=Status.INCOMPLETE)  # fmt: skip
    invited = Invitation.objects.filter(
        person=OuterRef("pk"), revoked_at__isnull=True, expires_at__gte=now, sheet__completed_at__isnull=True
    )
    deciders = Person.objects.filter(client=OuterRef("client"), is_decision_maker=True, left_on__isnull=True)
    tests = {
        LeftOut.REFUSED: ~Q(pk__in=may_be_profiled().values("pk")),
        LeftOut.OPTED_OUT: no_more_questionnaires_q(),
        LeftOut.OTHERS_DECIDE: Q(Exists(deciders)) & Q(is_decision_maker=False),
        LeftOut.NO_EMAIL: Q(email=""),
        LeftOut.ANSWERED: Q(Exists(answered)),
        LeftOut.INVITED: Q(Exists(invited)),
    }
    whens = [When(test, then=Value(reason.value)) for reason, test in tests.items()]
    still_there = people.filter(left_on__isnull=True, client__state=ClientState.ACTIVE.value)
    return still_there.annotate(verdict=Case(*whens, default=Value(""), output_field=CharField()))


def asked_of(client_ids: Sequence[int], now: datetime) -> Asked:
    """A query per 500 clients. Of people who share an address only one is invited."""
    invited: list[int] = []
    left_out: Counter[str] = Counter()
    addresses: set[str] = set()
    for part in chunks(client_ids):
        people = judged(Person.objects.filter(client_id__in=part), now).order_by("client_id", "pk")
        seen: set[int] = set()
        for pk, client, email, verdict in people.values_list("pk", "client_id", "email", "verdict"):
            seen.add(client)
            if not verdict and email.casefold() in addresses:
                verdict = LeftOut.INVITED.value
            if verdict:
                left_out[verdict] += 1
                continue
            addresses.add(email.casefold())
            invited.append(pk)
        if missing := len(set(part) - seen):
            left_out[LeftOut.NOBODY.value] += missing
    return Asked(invited, dict(left_out))


@dataclass(frozen=True)
class Preview:
    """What a person sees before starting a round; names are bounded, counts are not."""

    clients: int
    asked: Asked
    people: list[Person]
    others: list[Person]
    more_people: int = field(default=0)


def preview(client_ids: Sequence[int], now: datetime) -> Preview:
    asked = asked_of(client_ids, now)
    shown = Person.objects.filter(pk__in=asked.invited[:SHOWN]).select_related("client")
    others = judged(Person.objects.filter(client_id__in=client_ids[:CHUNK]), now).exclude(verdict="")
    return Preview(
        clients=len(client_ids), asked=asked,
        people=list(shown.order_by("client__name", "last_name", "pk")),
        others=list(others.select_related("client").order_by("client__name", "last_name", "pk")[:SHOWN]),
        more_people=max(0, len(asked.invited) - SHOWN),
    )  # fmt: skip


def clients_by_refs(refs: Iterable[str], clients: QuerySet[Client]) -> tuple[list[int], list[str]]:
    """Ids of those of ``clients`` with these references, in the order asked, and the references not found."""
    wanted = list(dict.fromkeys(ref for ref in refs if ref))
    found: dict[str, int] = {}
    for first in range(0, len(wanted), CHUNK):
        part = wanted[first : first + CHUNK]
        found |= dict(clients.filter(ref__in=part).values_list("ref", "pk"))
    return [found[ref] for ref in wanted if ref in found], [ref for ref in wanted if ref not in found]


def ids_of(clients: QuerySet[Any]) -> list[int]:
    return list(clients.order_by("pk").values_list("pk", flat=True))
