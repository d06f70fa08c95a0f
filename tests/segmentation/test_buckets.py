"""What clients bought by bucket of the matrix: the sums out of the rollup are those of the lines."""

import itertools
from datetime import date, timedelta

import numpy as np
import pytest

from sales.models import Order, OrderLine, Product
from sales.rollup import rebuild_dirty
from sales.services import mark_all_dirty
from sales.year import years_of
from segmentation.rules.matrix import Bucket
from segmentation.selectors.buckets import bucket_sums
from segmentation.selectors.matrix import ReferenceDays, reference_days
from tests.conftest import Cast
from tests.factories.records import make_client, make_order
from tests.segmentation.records import AS_OF

pytestmark = pytest.mark.django_db


def told(line: OrderLine, new_since: date) -> Bucket:
    """The rule, in plain words, of one line."""
    product, channel = line.product, line.order.channel
    if channel == "offline":
        return Bucket.OFFLINE
    if channel == "online":
        introduced = product and product.introduced_on
        if not introduced:
            return Bucket.NO_INTRODUCTION
        return Bucket.NEW_ONLINE if introduced >= new_since else Bucket.CLASSIC_ONLINE
    if product is None or product.sold_online is None:
        return Bucket.NO_CHANNEL_NO_FLAG
    return Bucket.NO_CHANNEL if product.sold_online else Bucket.OFFLINE


def test_sums_equal_a_plain_walk_over_the_lines(cast: Cast) -> None:
    """Every channel and product, days about the edges of overlapping windows and of windows with a gap between."""
    new_since, edges = (
        AS_OF - timedelta(days=30),
        (0, 1, 91, 92, 363, 364, 365, 455, 456, 499, 500, 863, 864, 865),
    )
    products = [None] + [
        Product.objects.create(ref=f"{sold}{day}", name="P", sold_online=sold, introduced_on=day)
        for sold in (None, True, False)
        for day in (None, new_since, new_since - timedelta(days=1))
    ]
    clients = [make_client(owner=cast.alice) for _ in range(2)]
    combined = itertools.product(clients, ("", "online", "offline"), products, edges)
    for number, (client, channel, product, back) in enumerate(combined):
        order = make_order(client, AS_OF - timedelta(days=back), 7 * number - 500, product=product)
        Order.objects.filter(pk=order.pk).update(channel=channel)
    mark_all_dirty()
    rebuild_dirty()
    ids = np.array([client.pk for client in clients])
    lines = list(OrderLine.objects.select_related("order", "product"))
    for days in ([AS_OF], [AS_OF, AS_OF - timedelta(days=91)], [AS_OF, AS_OF - timedelta(days=500)]):
        sums = bucket_sums(ids, days, years_of(days, ids), new_since)
        for day, found in zip(days, sums, strict=True):
            expected = np.zeros_like(found)
            for line in lines:
                if day - timedelta(days=364) < line.day <= day:
                    expected[list(ids).index(line.order.client_id), told(line, new_since)] += line.net_cents
            assert found.tolist() == expected.tolist()


def test_without_a_word_the_first_day_online_parts_the_clients(cast: Cast) -> None:
    """Sales cancelled the same day do not count; without any that day is unknown."""
    client = make_client(owner=cast.alice)

    def came(channel: str, *cents: int, back: int) -> None:
        for net in cents:
            order = make_order(client, AS_OF - timedelta(days=back), net)
            Order.objects.filter(pk=order.pk).update(channel=channel)
        mark_all_dirty()
        rebuild_dirty()

    came("offline", 100, back=400)
    came("online", 100, -100, back=300)
    assert reference_days() == ReferenceDays(None, None, True)
    came("online", 100, back=200)
    came("online", 100, back=100)
    first = AS_OF - timedelta(days=200)
    assert reference_days() == ReferenceDays(first, first, True)
