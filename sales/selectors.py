"""Reads of sales for pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    Count,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)  # fmt: skip

from clients.models import Change
from clients.registry import Dossier, Hit, Revenue
from common.periods import current_window, months
from common.prepared import prepared
from sales.models import Category, ClientDay, Order
from sales.rules import Channel, tree_order

SHOWN_MONTHS = 24
RECENT_ORDERS = 20
MAX_DAYS = 3 * 366 + 62
"""More days than the months shown and those a year before them have."""


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


@dataclass(frozen=True)
class Days:
    """The rollup of one client over the time its page shows. ``newest``: of the whole company's sales."""

    rows: list[tuple[date, int, int]]  # day, net, sales alone
    newest: date | None

    def by_month(self, until: date) -> dict[date, dict[str, int]]:
        sums: dict[date, dict[str, int]] = {}
        for day, net, sold in self.rows:
            if day <= until:
                month = sums.setdefault(day.replace(day=1), {"net": 0, "sold": 0})
                month["net"] += net
                month["sold"] += sold
        return sums


def days_of(dossier: Dossier) -> Days:
    """One query for every picture of the client's revenue."""
    found: list[Any] = _days(dossier.client.pk, dossier.today)
    return Days([row[:3] for row in found], found[0][3] if found else None)


@prepared
def _days(client: int, today: date) -> QuerySet[Any]:
    sold = ClientDay.objects.filter(day__lte=today)
    newest = Subquery(sold.order_by("-day").values("day")[:1])
    rows = sold.filter(client=client).order_by("-day").annotate(newest=newest)
    return rows.values_list("day", "rev", "gross", "newest")[:MAX_DAYS]


def revenue_by_month(dossier: Dossier) -> list[MonthRow]:
    """The last 24 months up to the newest sale of the whole company, oldest first; empty without sales."""
    days = dossier.of(days_of)
    if days.newest is None:
        return []
    shown = _months_before(days.newest, SHOWN_MONTHS)
    earliest = shown[0].replace(year=shown[0].year - 1)
    sums = {month: row for month, row in days.by_month(dossier.today).items() if month >= earliest}
    return [_month_row(month, sums) for month in shown] if sums else []


def monthly_revenue(dossier: Dossier, as_of: date, count: int) -> list[int]:
    """Net revenue in cents of the last ``count`` months up to ``as_of``, oldest first."""
    sums = dossier.of(days_of).by_month(as_of)
    wanted = _months_before(as_of, count)
    return [sums[month]["net"] if month in sums else 0 for month in wanted]


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


def begins_with(text: str) -> Q:
    """References that begin with the text, as it stands or in capitals: a range of the index."""
    begins = Q()
    for start in {text, text.upper()}:
        if connection.vendor == "postgresql":
            begins |= Q(ref__startswith=start)
        else:
            begins |= Q(ref__gte=start, ref__lt=start + "\U0010ffff")
    return begins


def order_hits(user: Any, text: str, limit: int) -> list[Hit]:
    """Orders whose reference begins with the text, as it stands or in capitals: by the index, however many
    orders there are. A reference holds a digit; words alone ask nothing."""
    if not any(letter.isdigit() for letter in text):
        return []
    orders = (
        Order.objects.visible_to(user)
        .filter(begins_with(text))
        .select_related("client")
        .order_by("ref")[:limit]
    )
    return [
        Hit(
            order.ref,
            f"{order.client.get_absolute_url()}#panel-orders",
            note=order.client.name,
            icon="receipt",
        )
        for order in orders
    ]


@dataclass(frozen=True)
class ClientOrders:
    rows: list[OrderRow]
    channels: Channels


class _SumOver(Func):
    """A sum over all orders of a query that already adds up the lines of each."""

    function = "SUM"
    window_compatible = True
    output_field = IntegerField()


def _orders_by(channel: Channel) -> Window:
    lately = When(lately__gt=0, channel=channel.value, then=Value(1))
    return Window(_SumOver(Case(lately, default=Value(0), output_field=IntegerField())))


def orders_of(dossier: Dossier) -> ClientOrders | None:
    """The newest orders and refunds first, and how all of the last 364 days came: one query, none without any."""
    found: list[Any] = _orders(dossier.client.pk, dossier.today)
    rows = [
        OrderRow(
            order.ref, order.first_day, order.last_day, order.count, order.net_cents, order.channel,
            order.get_channel_display(),
        )
        for order in found
    ]  # fmt: skip
    if not found:
        return None
    first = found[0]
    return ClientOrders(rows, Channels(first.online_orders, first.offline_orders, first.unknown_orders))


@prepared
def _orders(client: int, today: date) -> QuerySet[Order]:
    window = current_window(today)
    lately = Q(lines__day__gt=window.start, lines__day__lte=window.end)
    return (
        Order.objects.filter(client=client)
        .filter(last_day__isnull=False)
        .annotate(count=Count("lines"), lately=Count("lines", filter=lately))
        .annotate(**{f"{channel.name.lower()}_orders": _orders_by(channel) for channel in Channel})
        .order_by("-last_day", "-pk")[:RECENT_ORDERS]
    )  # fmt: skip


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


@dataclass(frozen=True)
class MarginChange:
    """One assumption that was changed: rates as shares, None for no assumption."""

    category: str
    before: float | None
    after: float | None
    by: Any
    at: datetime


def margin_changes() -> list[MarginChange]:
    """The latest changes of assumed margins, the newest first. Two queries."""
    told = Change.objects.filter(model=Category._meta.label_lower, after__has_key="assumed_margin_rate")
    rows = list(told.select_related("by").order_by("-at", "-pk")[:20])
    names = dict(Category.objects.filter(pk__in=[row.record_id for row in rows]).values_list("pk", "name"))
    return [
        MarginChange(
            names.get(row.record_id, "–"), _rate((row.before or {}).get("assumed_margin_rate")),
            _rate((row.after or {}).get("assumed_margin_rate")), row.by, row.at,
        )
        for row in rows
    ]  # fmt: skip


def _rate(stored: Any) -> float | None:
    return None if stored is None else float(stored)
