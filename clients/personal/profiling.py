"""Objection to profiling: from its second on, the person is in no list, segment or type."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from clients.history import record_change, values_of
from clients.models import Client, Person, Trail
from clients.rules import ClientKind, TrailAct
from clients.sociotypes.permission import refused_profiling


def unprofiled_clients() -> QuerySet[Any]:
    """Numbers of private clients who may not be profiled: the person is the client.

    The kind is looked up for those few: as a join PostgreSQL reads it of all clients, at every use.
    """
    kind = Subquery(Client.objects.filter(pk=OuterRef("client_id")).values("kind")[:1])
    people = refused_profiling().filter(is_client=True).alias(of_kind=kind)
    return people.filter(of_kind=ClientKind.PERSON.value).order_by().values("client_id")


def profiled_q(client: str = "client_id") -> Q:
    """Rows whose client may be profiled; ``client`` is the column that holds its number ("pk" for clients).

    A company may: the objection of one of its people concerns that person.
    """
    return ~Q(**{f"{client}__in": unprofiled_clients()})


def withheld_q(client: str = "client_id") -> Q:
    """The other rows: in no list, while sums of past nights still hold them. Few, hence quick to ask for."""
    return Q(**{f"{client}__in": unprofiled_clients()})


def profiled_one_by_one() -> Q:
    """The same of clients, asked of each: for those of a page, where the set of all would cost more."""
    return Q(~Exists(unprofiled_clients().filter(client_id=OuterRef("pk"))))


def is_profiled_client(client: Client) -> bool:
    return not unprofiled_clients().filter(client_id=client.pk).exists()


@transaction.atomic
def set_objection(*, person: Person, objected: bool, by: Any, now: datetime) -> bool:
    """Note an objection, or that it was taken back; ``False`` when it stood so already."""
    person = Person.objects.select_for_update().select_related("client").get(pk=person.pk)
    if bool(person.profiling_objected_at) == objected:
        return False
    before = values_of(person)
    person.profiling_objected_at = now if objected else None
    person.save(update_fields=["profiling_objected_at", "updated_at"])
    record_change(person, before=before, by=by, at=now, client=person.client)
    act = TrailAct.OBJECTED if objected else TrailAct.OBJECTION_WITHDRAWN
    Trail.objects.create(act=act.value, subject="person", record_id=person.pk, by=by, at=now)
    return True
