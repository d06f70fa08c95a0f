"""Whose data are asked for, and where every app says what it holds of them and how it forgets it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from clients.models import Client, MergedPerson, Person
from clients.rules import ClientKind, ClientState


@dataclass(frozen=True)
class Subject:
    """A private client as a whole (``person`` is None), or one person of a company.

    ``clients`` are the client and those merged into it, ``people`` all records of the person, ``merged`` those that
    went into one of them.
    """

    client: Client
    person: Person | None
    clients: list[Client]
    people: list[Person]
    merged: list[MergedPerson]

    @property
    def is_whole(self) -> bool:
        return self.person is None

    @property
    def kind(self) -> str:
        return "client" if self.is_whole else "person"

    @property
    def language(self) -> str:
        return str(self.client.language if self.person is None else self.person.language)

    @property
    def record_id(self) -> int:
        return self.client.pk if self.person is None else self.person.pk

    @property
    def name(self) -> str:
        return self.client.name if self.person is None else self.person.name

    @property
    def client_ids(self) -> list[int]:
        return [client.pk for client in self.clients]

    @property
    def old_refs(self) -> list[str]:
        """References of records that were merged into these: files may still hold them."""
        return [record.ref for record in self.merged if record.ref]

    @property
    def person_numbers(self) -> list[int]:
        """Of all records, also of those that are gone: the journal still tells of them."""
        return [*self.person_ids, *(record.pk for record in self.merged)]

    @property
    def person_ids(self) -> list[int]:
        return [person.pk for person in self.people]


class NotAPerson(Exception):
    """The reference is a company's: its people have references of their own."""


def subject_of(record: Client | Person) -> Subject:
    """Raises ``NotAPerson`` for a company."""
    if isinstance(record, Person):
        if not (record.is_client and record.client.kind == ClientKind.PERSON):
            return Subject(record.client, record, [record.client], [record], _merged_into([record]))
        record = record.client
    if record.kind != ClientKind.PERSON:
        raise NotAPerson(record.ref)
    clients = [record, *Client.objects.filter(merged_into=record).order_by("pk")]
    people = list(Person.objects.filter(client__in=clients).order_by("pk"))
    return Subject(record, None, clients, people, _merged_into(people))


def _merged_into(people: list[Person]) -> list[MergedPerson]:
    return list(MergedPerson.objects.filter(person__in=people).order_by("pk"))


def find_record(ref: str) -> Client | Person | None:
    """Whoever is known by ``ref``: a person, or a client; a merged one where it lives on."""
    person = Person.objects.filter(ref=ref).select_related("client__merged_into").first()
    if person is None and (led := MergedPerson.objects.filter(ref=ref).first()):
        person = Person.objects.select_related("client__merged_into").get(pk=led.person_id)
    if person is not None:
        return person if person.client.state == ClientState.ACTIVE else person.client.merged_into
    client = Client.objects.filter(ref=ref).select_related("merged_into").first()
    return (client.merged_into or client) if client and client.state != ClientState.ERASED else None


@dataclass(frozen=True)
class Section:
    """One table of what is held: a heading, column names and rows of plain values."""

    key: str
    title: str | Promise
    columns: Sequence[str]
    rows: list[list[Any]]
    note: str | Promise = ""
    names: Sequence[str] = ()  # of the columns for programs; the same in every language


@dataclass(frozen=True)
class Source:
    """What an app holds of a subject. ``collect`` reads, ``erase`` forgets within the caller's transaction
    and returns what was forgotten by name; sources above forget before those below."""

    key: str
    collect: Callable[[Subject], Iterable[Section]]
    erase: Callable[[Subject, datetime], dict[str, int]] = field(default=lambda subject, now: {})
    position: int = 50


_sources: dict[str, Source] = {}


def add_source(source: Source) -> None:
    _sources[source.key] = source


def sources() -> list[Source]:
    return sorted(_sources.values(), key=lambda source: (source.position, source.key))


def table(
    key: str, rows: Any, names: Sequence[str], title: str | Promise = "", note: str | Promise = ""
) -> Section:
    """A queryset as a section: columns are named as the site names them, enums in words."""
    meta = rows.model._meta
    fields = [None if "__" in name else meta.get_field(name) for name in names]
    heads = [
        str(one.verbose_name) if one is not None else name for one, name in zip(fields, names, strict=True)
    ]
    words = [dict(one.flatchoices) if one is not None else {} for one in fields]
    found = [
        [str(word.get(value, value)) if word else value for value, word in zip(row, words, strict=True)]
        for row in rows.values_list(*names)
    ]
    return Section(key, title or meta.verbose_name_plural, heads, found, note, names)
