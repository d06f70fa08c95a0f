"""People of clients: saved with their history, their consents, and the private client as a person."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from clients.models import Change, Client, Consent, Person
from clients.rules import ClientKind, ClientState, ConsentPurpose, LegalBasis, PersonRole
from clients.services.records import save_record

BATCH = 2_000
LONGEST_FIRST, LONGEST_LAST = 100, 100


def save_person(person: Person, *, by: Any, at: datetime, seen: str = "") -> Change | None:
    """Raises ``Stale`` when somebody changed the person after ``seen``."""
    return save_record(person, by=by, at=at, client=person.client, seen=seen)


@transaction.atomic
def give_consent(
    *, person: Person, purpose: ConsentPurpose, at: datetime, by: Any, source: str = ""
) -> Consent:
    """The open consent of the person to the purpose; asked again it stays as it was given first."""
    Person.objects.select_for_update().get(pk=person.pk)
    known = Consent.objects.filter(person=person, purpose=purpose.value, withdrawn_at=None).first()
    if known:
        return known
    consent = Consent(person=person, purpose=purpose.value, given_at=at, source=source)
    save_record(consent, by=by, at=at, client=person.client)
    return consent


@transaction.atomic
def withdraw_consent(*, person: Person, purpose: ConsentPurpose, at: datetime, by: Any) -> Consent | None:
    """Take the open consent back; ``None`` when there is none. It is kept, to show what held until when."""
    open_ones = Consent.objects.select_for_update().filter(person=person, purpose=purpose.value)
    consent = open_ones.filter(withdrawn_at=None).first()
    if consent is None:
        return None
    consent.withdrawn_at = max(at, consent.given_at)
    save_record(consent, by=by, at=at, client=person.client)
    return consent


@transaction.atomic
def self_person(*, client: Client, by: Any, at: datetime) -> Person | None:
    """The private client as a person, made when it is missing; ``None`` for a company."""
    if client.kind != ClientKind.PERSON:
        return None
    Client.objects.select_for_update().get(pk=client.pk)
    known = Person.objects.filter(client=client, is_client=True).first()
    if known:
        return known
    person = _as_person(client)
    save_record(person, by=by, at=at, client=client)
    return person


def self_people() -> int:
    """Give every private client that lacks it its own person, in batches; returns how many. For the end
    of an import; run again, it does nothing."""
    own = Person.objects.filter(client=OuterRef("pk"), is_client=True)
    lacking = Client.objects.filter(~Exists(own), kind=ClientKind.PERSON, state=ClientState.ACTIVE)
    made = 0
    while clients := list(lacking.order_by("pk")[:BATCH]):
        with transaction.atomic():
            Person.objects.bulk_create((_as_person(client) for client in clients), ignore_conflicts=True)
        made += len(clients)
    return made


def _as_person(client: Client) -> Person:
    """The first word of the name is taken for the first name, as the client's own name is written."""
    first, _, last = " ".join(client.name.split()).partition(" ")
    if not last:
        first, last = "", first or client.ref
    person = Person(
        client=client, is_client=True, first_name=first[:LONGEST_FIRST], last_name=last[:LONGEST_LAST],
        role=PersonRole.DECIDES.value, is_decision_maker=True, email=client.email, phone=client.phone,
        language=client.language, legal_basis=LegalBasis.CONTRACT.value,
    )  # fmt: skip
    person.search_text = person.make_search_text()
    return person
