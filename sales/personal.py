"""What sales hold of a private client, and how orders stay without naming anybody."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from clients.personal.sources import Section, Source, Subject, table
from sales.models import Order, OrderLine


def collect(subject: Subject) -> Iterator[Section]:
    if subject.is_whole:
        lines = OrderLine.objects.filter(order__client__in=subject.client_ids).order_by("day", "pk")
        yield table(
            "orders", lines,
            ["order__ref", "day", "product__name", "quantity", "amount_cents", "currency", "net_cents"],
            _("Orders"),
            _("Amounts in cents: as written in the order, and net in the reporting currency."),
        )  # fmt: skip


def erase(subject: Subject, now: datetime) -> dict[str, int]:
    """Amounts and days stay; an order's reference could be looked up elsewhere, so it goes."""
    if not subject.is_whole:
        return {}
    opaque = Concat(Value("erased-"), Cast(F("pk"), CharField()))
    return {"orders": Order.objects.filter(client__in=subject.client_ids).update(ref=opaque)}


source = Source("sales", collect, erase, position=20)
