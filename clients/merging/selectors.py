"""Two clients side by side, and what a merge moved."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.rules import Act
from clients.duplicates.words import sentences
from clients.merging.fields import CHOSEN, Record, differing, proposed
from clients.merging.people import merged_people
from clients.merging.undo import may_undo_until, merged_pair
from clients.models import Batch, Client, DuplicatePair, Person, PersonPair
from clients.rules import ClientState


@dataclass(frozen=True)
class Choice:
    """One field of which the two differ; ``takes_loser`` is what a merge proposes."""

    name: str
    label: str
    survivor: str
    loser: str
    takes_loser: bool


@dataclass(frozen=True)
class Review:
    """Two clients, or two records of one person, side by side."""

    survivor: Any
    loser: Any
    choices: list[Choice]
    alike: list[tuple[str, str]]
    pair: DuplicatePair | PersonPair | None
    reasons: list[str]


_SHOWN_WITH: dict[type[Record], tuple[str, ...]] = {Client: ("owner", "team", "parent"), Person: ("client",)}
_ALIKE: dict[type[Record], tuple[str, ...]] = {
    Client: ("name", "email", "phone", "street", "postcode", "city", "registration_number"),
    Person: CHOSEN[Person],
}


def mergeable(user: Any, model: type[Record], first: int, second: int) -> tuple[Any, Any] | None:
    """Both, when ``user`` may merge both; None tells nothing about which is missing."""
    rows = model.objects.visible_to(user, act=Act.MERGE).filter(pk__in=[first, second])
    found = {record.pk: record for record in rows.select_related(*_SHOWN_WITH[model])}
    return (found[first], found[second]) if len(found) == 2 else None


def review(survivor: Record, loser: Record) -> Review:
    different, takes = differing(survivor, loser), proposed(survivor, loser)
    if isinstance(survivor, Person) and survivor.is_client:
        different = [name for name in different if name != "client"]
    pair = _pair(survivor, loser)
    return Review(
        survivor=survivor, loser=loser,
        choices=[
            Choice(name, _label(survivor, name), _shown(survivor, name), _shown(loser, name), name in takes)
            for name in different
        ],
        alike=[
            (_label(survivor, name), _shown(survivor, name))
            for name in _ALIKE[type(survivor)]
            if name not in different and getattr(survivor, name) not in (None, "")
        ],
        pair=pair, reasons=sentences(pair.reasons) if pair else [],
    )  # fmt: skip


def _pair(survivor: Record, loser: Record) -> DuplicatePair | PersonPair | None:
    low, high = sorted((survivor.pk, loser.pk))
    pairs: Any = PersonPair if isinstance(survivor, Person) else DuplicatePair
    found: DuplicatePair | PersonPair | None = pairs.objects.filter(left_id=low, right_id=high).first()
    return found


def _label(record: Record, name: str) -> str:
    return str(capfirst(str(type(record)._meta.get_field(name).verbose_name)))  # type: ignore[union-attr]


def _shown(record: Record, name: str) -> str:
    value = getattr(record, name)
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    shown = getattr(record, f"get_{name}_display", None)
    return "–" if value in (None, "") else str(shown() if shown else value)


@dataclass(frozen=True)
class MergePage:
    batch: Batch
    survivor: Client | None  # None: a later merge or an erasure took it away
    loser_ref: str
    moved: list[tuple[str, int]]
    undo_until: datetime
    person: Person | None = None  # of a merge of people: who stays


def merge_page(user: Any, batch_id: int) -> MergePage | None:
    """A merge whose survivor the reader may merge; None for others, as for absent ones."""
    batch = Batch.objects.filter(pk=batch_id).select_related("by", "undone_by").first()
    if batch and (people := merged_people(batch)):
        return _people_page(user, batch, people[0])
    pair = merged_pair(batch) if batch else None
    if batch is None or pair is None:
        return None
    survivor = Client.objects.visible_to(user, act=Act.MERGE).filter(pk=living(pair[0])).first()
    if survivor is None:
        return None
    return MergePage(batch, survivor, batch.label, _moved(batch), may_undo_until(batch))


def _people_page(user: Any, batch: Batch, person_id: int) -> MergePage | None:
    people = Person.objects.visible_to(user, act=Act.MERGE).select_related("client")
    person = people.filter(pk=person_id).first()
    if person is None:
        return None
    gone = batch.changes.filter(model="clients.person", before__isnull=False, after__isnull=True).first()
    named = (gone.before or {}) if gone else {}
    name = f"{named.get('first_name', '')} {named.get('last_name', '')}".strip()
    return MergePage(batch, person.client, name or batch.label, _moved(batch), may_undo_until(batch), person)


def _moved(batch: Batch) -> list[tuple[str, int]]:
    return [(_model_name(label), count) for label, count in sorted(batch.counts.items())]


def _model_name(label: str) -> str:
    return str(capfirst(str(apps.get_model(label)._meta.verbose_name_plural)))


def living(client_id: int) -> int:
    """The number of the client in which this one lives on; its own when it was not merged."""
    row = Client.objects.filter(pk=client_id, state=ClientState.MERGED.value)
    return row.values_list("merged_into_id", flat=True).first() or client_id
