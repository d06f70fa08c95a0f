"""Take the demo away: its rows and nothing else."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, QuerySet

from accounts.models import Team, User
from clients.models import BuyingUnit, Change, Client, QuestionnaireRound, Tag
from clients.rules import ClientState
from cmix_site.demo.catalogue import FAMILIES
from cmix_site.demo.people import PEOPLE
from cmix_site.demo.services import client_ref, made_demo, product_ref
from jobs.models import OutMail
from kinetics.models import KineticsRun
from sales.models import Category, Order, OrderLine, Product
from segmentation.models import (
    GridThresholds,
    MatrixRun,
    ReadinessAssumptions,
    ReadinessRun,
    SegmentationRun,
)
from trust_audit.models import Site

BATCH = 500


@transaction.atomic
def remove_demo() -> dict[str, Any]:
    """Delete what ``make_demo`` wrote and what was computed of it. Without a demo, nothing happens.

    Users, teams, categories and products that other rows came to need stay, and are counted.
    """
    record = made_demo()
    if record is None:
        return {"state": "absent"}
    Site.objects.filter(pk__in=record.payload.get("Site", [])).delete()
    QuestionnaireRound.objects.filter(pk__in=record.payload.get("QuestionnaireRound", [])).delete()
    clients = _remove_clients(record.result["clients"])
    kept = _remove_units(record.payload.get("BuyingUnit", []))
    kept += _remove_tags(record.payload.get("Tag", []))
    kept += _remove_users()
    kept += _remove_unneeded(Product.objects.filter(ref__in=_product_refs()))
    kept += _remove_categories(record.payload.get("Category", []))
    kept += _remove_unneeded(Team.objects.filter(pk__in=record.payload.get("Team", [])))
    _remove_computed()
    assumed = ReadinessAssumptions.objects.filter(pk__in=record.payload.get("ReadinessAssumptions", []))
    kept += _remove_unneeded(assumed)
    record.delete()
    return {"state": "removed", "clients": clients, "kept": kept}


def _batches(count: int) -> Iterator[list[str]]:
    for begin in range(1, count + 1, BATCH):
        yield [client_ref(number) for number in range(begin, min(begin + BATCH, count + 1))]


def _product_refs() -> list[str]:
    count = sum(len(family.articles) for family in FAMILIES)
    return [product_ref(number) for number in range(1, count + 1)]


def _remove_clients(count: int) -> int:
    """The references are the demo's: making it fails when one of them is taken."""
    removed = 0
    for refs in _batches(count):
        clients = list(Client.objects.filter(ref__in=refs).values_list("pk", flat=True))
        _remove_lines(list(Order.objects.filter(client__in=clients).values_list("pk", flat=True)))
        Order.objects.filter(client__in=clients).delete()
        merged = Client.objects.filter(merged_into__in=clients)
        merged.update(merged_into=None, state=ClientState.ACTIVE.value)  # else they hold what they went into
        Client.objects.filter(pk__in=clients).delete()
        removed += len(clients)
    return removed


def _remove_lines(orders: list[int]) -> None:
    """By the orders' own ids: a join back to the lines is planned badly on rows too new for statistics."""
    for begin in range(0, len(orders), BATCH):
        OrderLine.objects.filter(order__in=orders[begin : begin + BATCH]).delete()


def _remove_units(made: list[int]) -> int:
    """A unit that got a client of its reader's own stays."""
    units = BuyingUnit.objects.filter(pk__in=made)
    gone = list(units.filter(memberships__isnull=True).values_list("pk", flat=True))
    Change.objects.filter(model="clients.buyingunit", record_id__in=gone).delete()
    BuyingUnit.objects.filter(pk__in=gone).delete()
    return len(made) - len(gone)


def _remove_tags(made: list[int]) -> int:
    tags = Tag.objects.filter(pk__in=made)
    tags.filter(clients__isnull=True).delete()
    return tags.count()


def _remove_users() -> int:
    users = User.objects.filter(email__in=[person.email for person in PEOPLE])
    OutMail.objects.filter(recipient__in=users).delete()
    return _remove_unneeded(users)


def _remove_categories(made: list[int]) -> int:
    """A category would go in spite of its products: they only forget it."""
    categories = Category.objects.filter(pk__in=made)
    categories.filter(products__isnull=True).delete()
    return categories.count()


def _remove_unneeded(rows: QuerySet[Any]) -> int:
    """Delete the rows that nothing protects; returns how many stay."""
    kept = 0
    for row in rows:
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError:
            kept += 1
    return kept


def _remove_computed() -> None:
    """Runs that speak of nobody any more, and thresholds nobody chose that no run uses."""
    KineticsRun.objects.filter(indicators__isnull=True).delete()
    SegmentationRun.objects.filter(segments__isnull=True).delete()
    ReadinessRun.objects.filter(clients__isnull=True).delete()
    MatrixRun.objects.filter(cells__isnull=True).delete()
    GridThresholds.objects.filter(runs__isnull=True, activated_by__isnull=True).delete()
