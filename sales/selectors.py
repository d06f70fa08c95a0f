"""Reads of sales for pages."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q, Sum
from django.db.models.functions import TruncMonth

from clients.models import Client
from common.periods import months
from sales.models import Category, ClientDay, Order, OrderImport
from sales.rules import ImportState

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
    return [OrderRow(order.ref, order.first_day, order.last_day, order.count, order.net) for order in orders]


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


def recent_imports(user: Any, most: int = 50) -> list[OrderImport]:
    imports = OrderImport.objects.visible_to(user).select_related("imported_by", "job")
    return list(imports.order_by("-created_at", "-pk")[:most])


def same_file_before(order_import: OrderImport, user: Any) -> OrderImport | None:
    """The last finished import of the same bytes among those ``user`` may see."""
    same = OrderImport.objects.visible_to(user).filter(sha256=order_import.sha256, state=ImportState.DONE)
    return same.exclude(pk=order_import.pk).order_by("-finished_at").first()
