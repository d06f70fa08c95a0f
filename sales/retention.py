"""The last order of each client, as a sign that the relation lives."""

from datetime import date

from django.db.models import Max

from sales.models import ClientDay


def last_orders() -> dict[int, date]:
    days = ClientDay.objects.filter(orders__gt=0).values("client_id").annotate(last=Max("day"))
    return dict(days.values_list("client_id", "last"))
