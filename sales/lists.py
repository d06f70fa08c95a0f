"""The list of orders."""

from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.rights import may
from accounts.rules import Act
from clients.lists import parts
from clients.models import Client
from common.lists.spec import DATE_CELL, Column, Empty, Filter, ListSpec, Rows, choice_filter, date_filter
from sales.labels import CHANNELS
from sales.models import Order, OrderLine
from sales.selectors import begins_with

FEW = 1000
_CHANNELS = [(channel.value, label) for channel, label in CHANNELS.items() if channel.value]


def _with_count(orders: Rows) -> Rows:
    """By a subquery, so that a page counts the lines of its own orders alone."""
    lines = OrderLine.objects.filter(order=OuterRef("pk")).order_by().values("order")
    return orders.annotate(lines_count=Subquery(lines.annotate(count=Count("pk")).values("count")))


_COLUMNS = [
    Column("ref", _("Order"), sort="ref"),
    parts.client_column(),
    Column("first_day", _("First day"), template=DATE_CELL, sort="first_day", position=30, numeric=True),
    Column("last_day", _("Last day"), template=DATE_CELL, sort="last_day", position=35, numeric=True, shown=False),
    Column("lines_count", _("Lines"), _with_count, position=40, numeric=True, sortable=False),
    Column("net", _("Net amount"), template="clients/columns/money.html", sort="net_cents", position=50,
           numeric=True, value=lambda row: row.net_cents),
    Column("channel", _("Channel"), sort="channel", position=60, value=lambda row: row.get_channel_display() or None),
]  # fmt: skip
_OWNER = parts.owner_column("client__", groups=parts.owner_groups("client__"))


def _search(orders: Rows, text: str) -> Rows:
    """Orders whose reference begins with the text, and those of clients it finds: each by its index.

    A few are named by their ids: PostgreSQL answers an "or" of the two by passing over all orders, in their order,
    which is quick only where many fit.
    """
    clients = Client.objects.matching(text).order_by().values_list("pk", flat=True)
    named = list(clients[: FEW + 1])  # the texts are passed over once, unless very many fit
    ways = (begins_with(text), Q(client__in=named if len(named) <= FEW else clients))
    found = [
        set(Order.objects.filter(way).order_by().values_list("pk", flat=True)[: FEW + 1]) for way in ways
    ]
    if max(map(len, found)) <= FEW:
        return orders.filter(pk__in=set.union(*found))
    begun, of_clients = (way if some else None for way, some in zip(ways, found, strict=True))
    if begun is None or of_clients is None:
        return orders.filter(begun or of_clients)
    return orders.filter(begun | of_clients)


def _since(orders: Rows, day: Any, user: Any) -> Rows:
    return orders.filter(last_day__gte=day)


def _until(orders: Rows, day: Any, user: Any) -> Rows:
    return orders.filter(first_day__lte=day)


def _filters(user: Any) -> list[Filter]:
    return [
        choice_filter("channel", _("Channel"), _CHANNELS, primary=True),
        parts.owner_filter("client__"), parts.team_filter("client__"),
        date_filter("since", _("Bought since"), _since), date_filter("until", _("Bought until"), _until),
    ]  # fmt: skip


def _counted(count: int, shown: str, narrowed: bool) -> str:
    if narrowed:
        text = ngettext("%(count)s order fits what you ask.", "%(count)s orders fit what you ask.", count)
    else:
        text = ngettext(
            "%(count)s order of your clients is known.", "%(count)s orders of your clients are known.", count
        )
    return text % {"count": shown}


def _empty(user: Any) -> Empty:
    if may(user, Act.IMPORT):
        url, action = reverse("intake:imports"), _("Import orders")
        return Empty(_("No orders yet"), _("Orders come with an import."), "receipt", url, action)
    return Empty(_("No orders yet"), _("Orders come with an import."), "receipt")


ORDERS = ListSpec(
    key="orders", title=_("Orders"), url_name="sales:order_list", position=60,
    rows=lambda user: Order.objects.visible_to(user),
    columns=lambda user: parts.columns_for(user, _COLUMNS, _OWNER),
    filters=_filters, scopes=parts.scopes("client__"), default_sort="-ref",
    search=_search,
    search_hint=_("Order or client"), prepare=lambda rows: rows.select_related("client__owner"),
    link=lambda row: reverse("clients:detail", args=[row.client_id]),
    counted=_counted, nothing_fits=_("No order fits"), empty=_empty,
)  # fmt: skip
