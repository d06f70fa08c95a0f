"""Reads of sales for pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, Sum
from django.db.models.functions import TruncMonth

from clients.models import Client
from clients.registry import Hit, Revenue
from common.periods import current_window, months
from sales.models import Category, ClientDay, Order, OrderLine
from sales.rules import Channel, tree_order

SHOWN_MONTHS = 24
RECENT_ORDERS = 20


@dataclass(frozen=True)
class MonthRow:
    """Amounts in cents; ``refunds`` is negative or zero, ``year_before`` the net revenue twelve months
    back, ``None`` before the client's first month."""

    month: date
    sales: int
    refunds: int
    year_before: int | None

    @property
    def net(self) -> int:
        return self.sales + self.refunds


def revenue_by_month(client: Client, today: date) -> list[MonthRow]:
    """The last 24 months up to the newest sale of the whole company, oldest first; empty without sales."""
    newest = ClientDay.objects.filter(day__lte=today).aggregate(day=Max("day"))["day"]
    if newest is None:
        return []
    shown = _months_before(newest, SHOWN_MONTHS)
    earliest = shown[0].replace(year=shown[0].year - 1)
    sums = {
        row["month"]: row
        for row in ClientDay.objects.filter(client=client, day__gte=earliest, day__lte=today)
        .annotate(month=TruncMonth("day")).values("month").annotate(net=Sum("rev"), sold=Sum("gross"))
    }  # fmt: skip
    return [_month_row(month, sums) for month in shown] if sums else []


def _months_before(day: date, count: int) -> list[date]:
    number = day.year * 12 + day.month - count
    return list(months(date(number // 12, number % 12 + 1, 1), day))


def _month_row(month: date, sums: dict[date, dict[str, Any]]) -> MonthRow:
    this = sums.get(month, {"net": 0, "sold": 0})
    before = month.replace(year=month.year - 1)
    known = min(sums) <= before
    year_before = sums[before]["net"] if before in sums else 0 if known else None
    return MonthRow(month, this["sold"], this["net"] - this["sold"], year_before)


@dataclass(frozen=True)
class OrderRow:
    """``net_cents`` is ``None`` when no line has a known rate."""

    ref: str
    first_day: date
    last_day: date
    lines: int
    net_cents: int | None
    channel: str
    channel_label: str


@dataclass(frozen=True)
class Channels:
    """How a client's orders of the last 364 days came; what nobody wrote down stays out of the share."""

    online: int
    offline: int
    unknown: int

    @property
    def share(self) -> float | None:
        """Of the orders whose channel is known; ``None`` when of none it is."""
        known = self.online + self.offline
        return self.online / known if known else None


def channels_of(client: Client, until: date) -> Channels:
    window = current_window(until)
    lines = OrderLine.objects.filter(order=OuterRef("pk"), day__gt=window.start, day__lte=window.end)
    orders = Order.objects.filter(Exists(lines), client=client)
    counts = dict(orders.values_list("channel").annotate(count=Count("pk")).order_by())
    return Channels(
        *(counts.get(channel.value, 0) for channel in (Channel.ONLINE, Channel.OFFLINE, Channel.UNKNOWN))
    )


def revenue_of_clients(client_ids: Sequence[int], until: date) -> dict[int, Revenue]:
    """Net revenue of the last 364 days and of those before, one query; clients without any sale are left out."""
    window = current_window(until)
    earlier = current_window(window.start)
    rows = (
        ClientDay.objects.filter(client__in=client_ids, day__lte=until)
        .values("client_id")
        .annotate(
            now=Sum("rev", filter=Q(day__gt=window.start)),
            before=Sum("rev", filter=Q(day__gt=earlier.start, day__lte=earlier.end)),
        )
        .order_by()
    )
    return {row["client_id"]: Revenue(row["now"] or 0, row["before"] or 0) for row in rows}


def order_hits(user: Any, text: str, limit: int) -> list[Hit]:
    """Orders whose reference begins with the text, as it stands or in capitals: by the index, however many
    orders there are. A reference holds a digit; words alone ask nothing."""
    if not any(letter.isdigit() for letter in text):
        return []
    begins = Q()
    for start in {text, text.upper()}:
        if connection.vendor == "postgresql":
            begins |= Q(ref__startswith=start)
        else:
            begins |= Q(ref__gte=start, ref__lt=start + "\U0010ffff")
    orders = Order.objects.visible_to(user).filter(begins).select_related("client").order_by("ref")[:limit]
    return [
        Hit(
            order.ref,
            f"{order.client.get_absolute_url()}#panel-orders",
            note=order.client.name,
            icon="receipt",
        )
        for order in orders
    ]


def recent_orders(client: Client) -> list[OrderRow]:
    """The newest orders and refunds first."""
    orders = (
        Order.objects.filter(client=client)
        .annotate(
            first_day=Min("lines__day"), last_day=Max("lines__day"), count=Count("lines"),
            net=Sum("lines__net_cents"),
        )
        .filter(count__gt=0)
        .order_by("-last_day", "-pk")[:RECENT_ORDERS]
    )  # fmt: skip
    return [
        OrderRow(
            order.ref, order.first_day, order.last_day, order.count, order.net, order.channel,
            order.get_channel_display(),
        )
        for order in orders
    ]  # fmt: skip


@dataclass(frozen=True)
class MarginRow:
    """``lines`` are all lines of the category, ``resting`` those whose cost is not known otherwise."""

    category: Category
    products: int
    lines: int
    resting: int

    @property
    def rate(self) -> Decimal | None:
        return self.category.assumed_margin_rate

    @property
    def percent(self) -> str:
        return "" if self.rate is None else f"{self.rate * 100:.2f}"

    @property
    def assumed(self) -> int:
        return self.resting if self.rate is not None else 0


def margin_rows() -> list[MarginRow]:
    no_cost = Q(products__lines__cost_cents__isnull=True) & (
        Q(products__unit_cost__isnull=True) | Q(products__lines__quantity__isnull=True)
    )
    categories = Category.objects.annotate(
        product_count=Count("products", distinct=True),
        line_count=Count("products__lines"),
        resting_count=Count("products__lines", filter=no_cost),
    ).order_by("name")
    return [MarginRow(c, c.product_count, c.line_count, c.resting_count) for c in categories]


@dataclass(frozen=True)
class CategoryRow:
    """``level`` says how far it stands from the left margin: 0 at the top, 3 at most."""

    category: Category
    level: int
    products: int


def category_rows() -> list[CategoryRow]:
    """The tree of categories, each right below what it is part of."""
    found = Category.objects.annotate(product_count=Count("products")).order_by("name")
    by_id = {category.pk: category for category in found}
    order = tree_order({pk: category.parent_id for pk, category in by_id.items()})
    return [CategoryRow(by_id[pk], min(depth, 3), by_id[pk].product_count) for pk, depth in order]
