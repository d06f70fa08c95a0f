"""Parts of the client's page."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Client
from clients.registry import Panel, SearchSource
from sales.selectors import channels_of, order_hits, recent_orders, revenue_by_month


def _revenue(client: Client, user: Any) -> Mapping[str, Any] | None:
    rows = revenue_by_month(client, timezone.localdate())
    if not rows:
        return None
    chart = {
        "months": [date_format(row.month, "M Y") for row in rows],
        "sales": [row.sales for row in rows],
        "refunds": [row.refunds for row in rows],
        "before": [row.year_before for row in rows],
        "labels": {
            "sales": _("Sales"),
            "refunds": _("Refunds"),
            "before": _("A year before, net"),
            "net": _("Net"),
        },
    }
    return {"rows": rows, "chart": chart}


def _orders(client: Client, user: Any) -> Mapping[str, Any] | None:
    rows = recent_orders(client)
    return {"rows": rows, "channels": channels_of(client, timezone.localdate())} if rows else None


revenue_panel = Panel(
    "revenue-months", "sales/panels/revenue.html", _revenue, zone="main", position=20,
    title=gettext_lazy("Revenue by month"), scripts=("js/charts/revenue-months.js",),
)  # fmt: skip
orders_panel = Panel(
    "orders", "sales/panels/orders.html", _orders, zone="main", position=60,
    title=gettext_lazy("Recent orders"),
)  # fmt: skip
orders_found = SearchSource("orders", gettext_lazy("Orders"), order_hits, 40)
