"""Writes across several rows of sales: dirty days, costs, assumed margins."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection, transaction

from clients.history import record_change, stored_values
from common.locks import lock_until_commit
from common.statistics import refresh_statistics
from sales.models import Category, ClientDay, DirtyDay, Order, OrderLine, Product
from sales.rules import makes_circle

PAIRS_PER_STATEMENT = 400
# The update locks a pair that is marked already, so that a rebuild cannot take it before the caller commits.
_ON_CONFLICT = "ON CONFLICT (client_id, day) DO UPDATE SET day = excluded.day"


def mark_dirty(pairs: Iterable[tuple[int, date]]) -> None:
    """Have the rollup of these (client id, day) rebuilt; belongs in the transaction of the change."""
    remaining = iter(sorted(set(pairs)))
    while chunk := list(islice(remaining, PAIRS_PER_STATEMENT)):
        values = ", ".join(["(%s, %s)"] * len(chunk))
        parameters = [value for pair in chunk for value in pair]
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO sales_dirtyday (client_id, day) VALUES {values} {_ON_CONFLICT}", parameters
            )


def mark_all_dirty() -> int:
    """Every day with lines or with a rollup; returns how many."""
    return _mark(
        """
        SELECT o.client_id, l.day FROM sales_orderline l JOIN sales_order o ON o.id = l.order_id
        UNION SELECT client_id, day FROM sales_clientday
        """
    )


def mark_clients_dirty(client_ids: Sequence[int]) -> int:
    """Every day of these clients with lines or with a rollup; returns how many."""
    marks = ", ".join(["%s"] * len(client_ids))
    return _mark(
        f"""
        SELECT o.client_id, l.day FROM sales_orderline l JOIN sales_order o ON o.id = l.order_id
        WHERE o.client_id IN ({marks})
        UNION SELECT client_id, day FROM sales_clientday WHERE client_id IN ({marks})
        """,
        [*client_ids, *client_ids],
    )


def _mark(pairs: str, parameters: Iterable[int] = ()) -> int:
    """Mark what the query returns: distinct (client_id, day)."""
    with transaction.atomic(), connection.cursor() as cursor:
        refresh_statistics(ClientDay, DirtyDay, Order, OrderLine, Product)
        cursor.execute(
            f"INSERT INTO sales_dirtyday (client_id, day) SELECT client_id, day FROM ({pairs}) pairs "
            f"WHERE TRUE ORDER BY client_id, day {_ON_CONFLICT}",
            list(parameters),
        )
        return cursor.rowcount


_LINE_DAYS = """
    SELECT DISTINCT o.client_id, l.day FROM sales_orderline l
    JOIN sales_order o ON o.id = l.order_id
"""
_DAYS_OF_PRODUCTS = f"""
    {_LINE_DAYS}
    JOIN sales_product p ON p.id = l.product_id
    WHERE l.cost_cents IS NULL
"""


def _changed(record: Product | Category, field: str, value: Any) -> bool:
    """Set a field of the record, stored at once; whether it was otherwise before."""
    current = type(record).objects.select_for_update().get(pk=record.pk)
    setattr(record, field, value)
    if getattr(current, field) == value:
        return False
    setattr(current, field, value)
    current.save(update_fields=[field])
    return True


@transaction.atomic
def set_unit_cost(*, product: Product, cost: Decimal | None) -> int:
    """Change a product's unit cost (reporting currency); returns how many client days it touches.

    Lines that carry their own cost, or no quantity, do not depend on it.
    """
    if not _changed(product, "unit_cost", cost):
        return 0
    return _mark(f"{_DAYS_OF_PRODUCTS} AND l.quantity IS NOT NULL AND p.id = %s", [product.pk])


@transaction.atomic
def set_assumed_margin(*, category: Category, rate: Decimal | None) -> int:
    """Change a category's assumed margin rate (a share, −1 to 1); returns how many client days it touches."""
    if not _changed(category, "assumed_margin_rate", rate):
        return 0
    return _mark(
        f"{_DAYS_OF_PRODUCTS} AND (p.unit_cost IS NULL OR l.quantity IS NULL) AND p.category_id = %s",
        [category.pk],
    )


@transaction.atomic
def assume_margin(*, category: Category, rate: Decimal | None, by: Any, at: datetime) -> int:
    """The same with its line of history: the assumption moves every figure that rests on it."""
    before = stored_values(category)
    days = set_assumed_margin(category=category, rate=rate)
    category.refresh_from_db()
    record_change(category, before=before, by=by, at=at, client=None)
    return days


@transaction.atomic
def set_category(*, product: Product, category: Category | None) -> int:
    """Move a product to another category; returns how many client days that touches."""
    if not _changed(product, "category_id", category and category.pk):
        return 0
    return _mark(
        f"{_DAYS_OF_PRODUCTS} AND (p.unit_cost IS NULL OR l.quantity IS NULL) AND p.id = %s", [product.pk]
    )


@transaction.atomic
def set_sold_online(*, product: Product, sold: bool | None) -> int:
    """Say whether a product is sold on the internet; returns how many client days it touches.

    Only orders of an unknown channel are told apart by it.
    """
    if not _changed(product, "sold_online", sold):
        return 0
    return _mark(f"{_LINE_DAYS} WHERE o.channel = '' AND l.product_id = %s", [product.pk])


def mark_days_of_products(ids: str) -> int:
    """Have the days rebuilt whose costs or ways rest on these products; ``ids``: a query of ours of their ids."""
    return _mark(f"{_LINE_DAYS} WHERE (l.cost_cents IS NULL OR o.channel = '') AND l.product_id IN ({ids})")


def mark_days_of_orders(ids: str) -> int:
    """Have all days of these orders rebuilt; ``ids``: a query of ours of their ids."""
    return _mark(f"{_LINE_DAYS} WHERE o.id IN ({ids})")


def mark_days_of_lines(ids: str) -> int:
    """Have the days of these lines rebuilt; ``ids``: a query of ours of their ids."""
    return _mark(f"{_LINE_DAYS} WHERE l.id IN ({ids})")


class Circle(Exception):
    """A category would be part of itself."""


@transaction.atomic
def save_category(category: Category, *, rate: Decimal | None, by: Any, at: datetime) -> int:
    """Save a category with its assumed margin and its history; returns how many client days that touches.

    Raises ``Circle``; the tree is checked again under a lock, for two moves at once can make one.
    """
    lock_until_commit("sales categories")
    parents = dict(Category.objects.values_list("pk", "parent_id"))
    if category.pk and makes_circle(parents, category.pk, category.parent_id):
        raise Circle(category.name)
    before = stored_values(category)
    told = ["name", "parent", "is_near_universe"]
    category.save(update_fields=told if category.pk else None)
    days = set_assumed_margin(category=category, rate=rate)
    category.refresh_from_db()  # as stored, so that 0.35 and 0.3500 are the same to the history
    record_change(category, before=before, by=by, at=at, client=None)
    return days


@transaction.atomic
def save_product(product: Product, *, by: Any, at: datetime) -> bool:
    """Save a product with its history; whether days of sales rest on what changed."""
    Product.objects.select_for_update().get(pk=product.pk)
    before = stored_values(product)
    moved = set_category(product=product, category=product.category)
    dearer = set_unit_cost(product=product, cost=product.unit_cost)
    told = set_sold_online(product=product, sold=product.sold_online)
    product.save(update_fields=["name", "introduced_on"])
    product.refresh_from_db()
    record_change(product, before=before, by=by, at=at, client=None)
    return bool(moved or dearer or told)
