"""Parts of the client's page."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.registry import Dossier, Panel, SearchSource
from sales.selectors import order_hits, orders_of, revenue_by_month


def _revenue(dossier: Dossier) -> Mapping[str, Any] | None:
    rows = revenue_by_month(dossier)
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


def _orders(dossier: Dossier) -> Mapping[str, Any] | None:
    found = orders_of(dossier)
    return {"rows": found.rows, "channels": found.channels} if found else None


revenue_panel = Panel(
    "revenue-months", "sales/panels/revenue.html", _revenue, zone="main", position=20,
    title=gettext_lazy("Revenue by month"), scripts=("js/charts/revenue-months.js",),
)  # fmt: skip
orders_panel = Panel(
    "orders", "sales/panels/orders.html", _orders, zone="main", position=60,
    title=gettext_lazy("Recent orders"), later=True,
)  # fmt: skip
orders_found = SearchSource("orders", gettext_lazy("Orders"), order_hits, 40)
