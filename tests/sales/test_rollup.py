"""The rollup equals a sum in plain Python, on both databases, and follows every change."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from threading import Event, Thread

import pytest
from django.db import connections, transaction

from clients.models import Client
from sales.models import Category, ClientDay, DirtyDay, OnlineDay, Order, OrderLine, Product
from sales.rollup import MAX_NET, rebuild_dirty
from sales.services import (
    mark_all_dirty,
    mark_dirty,
    set_assumed_margin,
    set_category,
    set_sold_online,
    set_unit_cost,
)
from tests.factories.records import make_client, make_order

SUMS = ("orders", "rev", "gross", "abs_rev", "rc", "abs_rc", "cost", "abs_rc_assumed")
WAYS = ("online", "offline", "no_channel")


def half_even(value: Fraction) -> int:
    whole = Decimal(value.numerator) / Decimal(value.denominator)  # exact: denominators are powers of ten
    return int(whole.quantize(Decimal(1), ROUND_HALF_EVEN))


def cost_of(line: OrderLine) -> tuple[int | None, bool]:
    """Cost in cents, and whether it is assumed."""
    if line.cost_cents is not None:
        return line.cost_cents, False
    product = line.product
    if product is None:
        return None, False
    if product.unit_cost is not None and line.quantity is not None:
        return half_even(Fraction(product.unit_cost) * Fraction(line.quantity) * 100), False
    rate = product.category.assumed_margin_rate if product.category else None
    if rate is None:
        return None, False
    return half_even(line.net_cents * (1 - Fraction(rate))), True


def oracle() -> dict[tuple[int, date], tuple[int, ...]]:
    days: dict[tuple[int, date], list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.select_related("order", "product__category"):
        if line.net_cents is not None:
            days[line.order.client_id, line.day].append(line)
    return {key: sums_of(lines) for key, lines in days.items()}


def sums_of(lines: list[OrderLine]) -> tuple[int, ...]:
    sold = {
        line.order_id
        for line in lines
        if line.amount_cents > 0 or (line.amount_cents == 0 and not (line.quantity or 0) < 0)
    }
    costed = [(line.net_cents, *cost_of(line)) for line in lines if cost_of(line)[0] is not None]
    return (
        len(sold),
        sum(line.net_cents for line in lines),
        sum(line.net_cents for line in lines if line.net_cents > 0),
        sum(abs(line.net_cents) for line in lines),
        sum(net for net, _, _ in costed),
        sum(abs(net) for net, _, _ in costed),
        sum(cost for _, cost, _ in costed),
        sum(abs(net) for net, _, assumed in costed if assumed),
        *(sum(line.net_cents for line in lines if way_of(line) == way) for way in WAYS),
    )


def way_of(line: OrderLine) -> str:
    """How a line came in: its order's channel, else what its product tells."""
    if line.order.channel:
        return line.order.channel
    sold = line.product.sold_online if line.product else None
    return {True: "no_channel", False: "offline", None: ""}[sold]


def online_oracle() -> dict[tuple[int, date, int], int]:
    sums: dict[tuple[int, date, int], int] = defaultdict(int)
    for line in OrderLine.objects.filter(order__channel="online", product__isnull=False).select_related(
        "order"
    ):
        if line.net_cents is not None:
            sums[line.order.client_id, line.day, line.product_id] += line.net_cents
    return dict(sums)


def stored_online() -> dict[tuple[int, date, int], int]:
    rows = OnlineDay.objects.values_list("client_id", "day", "product_id", "rev")
    return {(client, day, product): rev for client, day, product, rev in rows}


def stored() -> dict[tuple[int, date], tuple[int, ...]]:
    return {
        (row[0], row[1]): row[2:] for row in ClientDay.objects.values_list("client_id", "day", *SUMS, *WAYS)
    }


def random_sales(seed: int) -> None:
    chance = random.Random(seed)
    categories = [
        Category.objects.create(name=f"K{number}", assumed_margin_rate=rate)
        for number, rate in enumerate([None, Decimal("0.3333"), Decimal("0.0005"), Decimal(-1), Decimal(1)])
    ]
    costs = [None, None, Decimal("0.0005"), Decimal("3.3333"), Decimal("19.99"), Decimal("1234567.8901")]
    products = [
        Product.objects.create(
            ref=f"P{number}",
            name="p",
            category=chance.choice([None, *categories]),
            unit_cost=chance.choice(costs),
            sold_online=chance.choice([None, True, False]),
        )
        for number in range(30)
    ]
    clients = [make_client() for _ in range(200)]
    orders = Order.objects.bulk_create(
        Order(
            client=chance.choice(clients),
            ref=f"R{seed}-{number}",
            channel=chance.choice(["", "online", "offline"]),
        )
        for number in range(500)
    )
    OrderLine.objects.bulk_create(
        random_line(chance, order, position, products)
        for order in orders
        for position in range(1, chance.randint(2, 5))
    )


def random_line(chance: random.Random, order: Order, position: int, products: list[Product]) -> OrderLine:
    quantity = chance.choice(
        [None, Decimal(chance.randint(-5, 50)), Decimal(chance.randint(-9999, 9999)) / 1000]
    )
    net = chance.choice([0, chance.randint(-10_000, 100_000), chance.randint(-5, 5), None, MAX_NET + 1])
    return OrderLine(
        order=order, day=date(2024, 2, 27) + timedelta(days=chance.randint(0, 3)), position=position,
        product=chance.choice([None, *products]), quantity=quantity, amount_cents=net or 0, currency="EUR",
        net_cents=net if net != MAX_NET + 1 or chance.random() < 0.01 else 5,
        cost_cents=chance.choice([None, None, None, 0, chance.randint(-500, 5000)]),
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_the_rollup_equals_plain_python(seed: int) -> None:
    random_sales(seed)
    OrderLine.objects.filter(net_cents__gt=MAX_NET).update(product=None)  # beyond 64 bits nothing is assumed
    assert mark_all_dirty() == DirtyDay.objects.count()
    rebuild_dirty()
    assert stored() == oracle()
    assert stored_online() == online_oracle()
    assert any(day == date(2024, 2, 29) for _, day in stored())


@pytest.mark.django_db
def test_costs_round_halves_to_even() -> None:
    client = make_client()
    product = Product.objects.create(ref="P", name="P", unit_cost=Decimal("0.0050"))
    for cents, quantity in enumerate([1, 3, 5, -1, -3], start=1):
        make_order(client, date(2024, 1, cents), 100, product=product, quantity=Decimal(quantity))
    mark_all_dirty()
    rebuild_dirty()
    assert list(ClientDay.objects.order_by("day").values_list("cost", flat=True)) == [0, 2, 2, 0, -2]


@pytest.mark.django_db
def test_a_product_beyond_64_bits_counts_as_unknown() -> None:
    client = make_client()
    dear = Product.objects.create(ref="P", name="P", unit_cost=Decimal("9999999999"))
    make_order(client, date(2024, 1, 1), 100, product=dear, quantity=Decimal(999_999_999))
    mark_all_dirty()
    rebuild_dirty()
    assert ClientDay.objects.get().rc == 0


@pytest.mark.django_db
def test_only_dirty_days_are_rebuilt_and_empty_ones_go() -> None:
    client = make_client()
    make_order(client, date(2024, 1, 1), 100)
    gone = make_order(client, date(2024, 1, 2), 200)
    mark_all_dirty()
    assert rebuild_dirty() == 2
    gone.delete()
    OrderLine.objects.update(net_cents=999)

    mark_dirty([(client.pk, date(2024, 1, 2)), (client.pk, date(2024, 1, 2))])

    assert rebuild_dirty() == 1
    assert rebuild_dirty() == 0
    assert list(ClientDay.objects.values_list("day", "rev")) == [(date(2024, 1, 1), 100)]


@pytest.mark.django_db
def test_changes_of_costs_and_margins_mark_exactly_what_rests_on_them() -> None:
    client, other = make_client(), make_client()
    food, wood = Category.objects.create(name="Food"), Category.objects.create(name="Wood")
    apple = Product.objects.create(ref="apple", name="apple", category=food)
    pear = Product.objects.create(ref="pear", name="pear", category=food, unit_cost=Decimal(1))
    one = Decimal(1)
    make_order(client, date(2024, 1, 1), 100, product=apple, quantity=one)
    make_order(client, date(2024, 1, 2), 100, product=pear, quantity=one)
    make_order(client, date(2024, 1, 3), 100, product=apple, quantity=one, cost_cents=50)
    make_order(client, date(2024, 1, 4), 100, product=apple)
    make_order(other, date(2024, 1, 5), 100, product=pear)
    make_order(other, date(2024, 1, 6), 100)

    def marked() -> list[int]:
        days = [day.day for day in DirtyDay.objects.order_by("day").values_list("day", flat=True)]
        DirtyDay.objects.all().delete()
        return days

    assert set_assumed_margin(category=food, rate=Decimal("0.4")) == 3
    assert marked() == [1, 4, 5]
    assert set_assumed_margin(category=food, rate=Decimal("0.4")) == 0
    assert set_assumed_margin(category=wood, rate=Decimal("0.4")) == 0
    assert set_unit_cost(product=apple, cost=Decimal("0.5")) == 1
    assert marked() == [1]
    assert set_unit_cost(product=pear, cost=None) == 1
    assert marked() == [2]
    assert set_category(product=pear, category=wood) == 2
    assert marked() == [2, 5]
    mark_all_dirty()
    rebuild_dirty()
    assert stored() == oracle()
    assert ClientDay.objects.get(day=date(2024, 1, 4)).abs_rc_assumed == 100


@pytest.mark.django_db
def test_whether_a_product_is_sold_online_tells_orders_of_no_known_channel_apart() -> None:
    client = make_client()
    pear = Product.objects.create(ref="pear", name="pear")
    for day, channel in enumerate(("", "online", "offline"), start=1):
        order = make_order(client, date(2024, 1, day), 100 * day, product=pear)
        Order.objects.filter(pk=order.pk).update(channel=channel)
    mark_all_dirty()
    rebuild_dirty()

    def ways() -> list[tuple[int, ...]]:
        return list(ClientDay.objects.order_by("day").values_list(*WAYS))

    assert ways() == [(0, 0, 0), (200, 0, 0), (0, 300, 0)]
    assert set_sold_online(product=pear, sold=True) == 1
    assert set_sold_online(product=pear, sold=True) == 0
    rebuild_dirty()
    assert ways() == [(0, 0, 100), (200, 0, 0), (0, 300, 0)]
    assert set_sold_online(product=pear, sold=False) == 1
    rebuild_dirty()
    assert ways() == [(0, 100, 0), (200, 0, 0), (0, 300, 0)]
    assert stored_online() == {(client.pk, date(2024, 1, 2), pear.pk): 200}


@pytest.mark.django_db(transaction=True)
@pytest.mark.servers  # SQLite has one writer at a time
def test_a_day_marked_during_a_rebuild_stays_marked() -> None:
    client, day = make_client(), date(2024, 1, 1)
    make_order(client, day, 100)
    mark_dirty([(client.pk, day)])
    marked, rebuilt = Event(), Event()

    def write() -> None:
        try:
            with transaction.atomic():
                make_order(Client.objects.get(pk=client.pk), day, 50)
                mark_dirty([(client.pk, day)])  # the pair is in the queue already
                marked.set()
                assert rebuilt.wait(10)
        finally:
            connections.close_all()

    writer = Thread(target=write)
    writer.start()
    assert marked.wait(10)
    assert rebuild_dirty() == 0  # the row is its writer's
    rebuilt.set()
    writer.join()

    assert rebuild_dirty() == 1
    assert ClientDay.objects.get().rev == 150
