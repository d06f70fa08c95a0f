"""Write the demo portfolio, and take it away again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from accounts.defaults import DEMO_PASSWORD
from accounts.models import Team, User
from accounts.rules import Role
from clients.models import Client
from cmix_site.demo.catalogue import FAMILIES, NEAR_FAMILIES, SHELVES, Article, Family
from cmix_site.demo.lives import DAYS, Fate, Lives, draw_lives, purchase_days
from cmix_site.demo.names import Card, draw_card
from cmix_site.demo.orders import Lines, Orders, draw_channels, draw_habits, draw_orders
from cmix_site.demo.people import PEOPLE, Person
from cmix_site.demo.relations import Circle, make_relations, settle_households
from cmix_site.demo.sociotypes import Asking, make_sociotypes
from cmix_site.demo.trust import make_audits
from cmix_site.demo.twins import plant_twins
from jobs.models import Job
from jobs.rules import JobState
from sales.models import Category, Order, OrderLine, Product
from sales.rollup import rebuild_dirty
from sales.services import mark_all_dirty
from sales.totals import sum_orders
from segmentation.rules.readiness import Assumptions
from segmentation.selectors.readiness import current_assumptions
from segmentation.services.readiness import set_assumptions

KIND, KEY = "demo", "portfolio"
BATCH = 2_000
SOLD_BEFORE_DAYS = 1_000
MARKET_ONLINE = 0.35  # share of the invented market that orders online
COMPETITORS_OFFER = ("online_order", "stock_price")


class DemoRefused(Exception):
    """The demo was not made; the message says why and what to do."""


def client_ref(number: int) -> str:
    return f"D-{number:05d}"


def product_ref(number: int) -> str:
    return f"D-P{number:02d}"


@dataclass
class Story:
    """What one run of the demo carries from step to step."""

    first: date
    rng: np.random.Generator
    more: np.random.Generator  # what does not change who buys what
    made: dict[str, list[int]] = field(default_factory=dict)  # rows without a mark of their own


def made_demo() -> Job | None:
    """The record of the demo in this database: its seed, its size, and what bears no mark of its own."""
    return Job.objects.filter(kind=KIND, key=KEY).first()


@transaction.atomic
def make_demo(*, seed: int, clients: int, today: date, now: datetime, force: bool = False) -> dict[str, Any]:
    """Write the portfolio of ``seed``, its last orders being of yesterday. The same again changes nothing.

    Raises ``DemoRefused`` beside clients that are not the demo's (unless ``force``) or beside
    another demo.
    """
    if record := made_demo():
        return _same_again(record, seed, clients)
    if not force and Client.objects.exists():
        raise DemoRefused("This database holds clients; the demo is not mixed with them (--force does it).")
    story = Story(today - timedelta(days=DAYS), np.random.default_rng(seed), np.random.default_rng([seed, 1]))
    owners = _make_people(story)
    products = _make_products(story)
    lives = draw_lives(clients, story.rng)
    rows = _make_clients(lives, owners, story)
    counts = _make_orders(lives, rows, products, story)
    story.made |= make_sociotypes(rows, Asking(today, now, np.random.default_rng([seed, 3])))
    story.made["ReadinessAssumptions"] = _make_assumptions(today, now)
    story.made["Site"] = make_audits(owners, now, np.random.default_rng([seed, 2]))
    mark_all_dirty()
    days = rebuild_dirty()
    result = {"seed": seed, "clients": clients, **counts, "client_days": days, "until": today - timedelta(1)}
    _record(story, result, now)
    return {"state": "made", **result}


def _make_assumptions(today: date, now: datetime) -> list[int]:
    """What the demo's director takes of the market: without it both risks of the readiness stay unknown."""
    if current_assumptions() is not None:
        return []
    director = User.objects.get(email=next(one.email for one in PEOPLE if one.role == Role.DIRECTOR))
    version = set_assumptions(
        values=Assumptions(market=MARKET_ONLINE),
        facts=COMPETITORS_OFFER,
        market_on=today,
        by=director,
        now=now,
    )
    return [version.pk]


def _same_again(record: Job, seed: int, clients: int) -> dict[str, Any]:
    known = record.result
    if (known["seed"], known["clients"]) != (seed, clients):
        raise DemoRefused("Another demo is in this database; take it away first (manage.py demo --remove).")
    return {"state": "present", **known}


def _record(story: Story, result: Mapping[str, Any], now: datetime) -> None:
    Job.objects.create(
        kind=KIND, key=KEY, state=JobState.DONE.value, started_at=now, finished_at=now, payload=story.made,
        result={name: str(value) if isinstance(value, date) else value for name, value in result.items()},
    )  # fmt: skip


def _remember(story: Story, model: type[Team] | type[Category], row: Any, created: bool) -> None:
    if created:
        story.made.setdefault(model.__name__, []).append(row.pk)


def _make_people(story: Story) -> dict[str, list[User]]:
    """The demo's users, by team those who own clients."""
    # One hash for all: ten slow hashes would take longer than the rest of the demo.
    password = make_password(DEMO_PASSWORD)
    owners: dict[str, list[User]] = {}
    for person in PEOPLE:
        user = _make_user(person, password, story)
        if user.team:
            owners.setdefault(user.team.name, []).append(user)
    return owners


def _make_user(person: Person, password: str, story: Story) -> User:
    team = None
    if person.team:
        team, created = Team.objects.get_or_create(name=person.team)
        _remember(story, Team, team, created)
    user = User(
        email=person.email, name=person.name, role=person.role.value, team=team, password=password,
        language=person.language, weekly_hours=person.weekly_hours,
        is_superuser=person.role == Role.ADMINISTRATOR,
    )  # fmt: skip
    validate_password(DEMO_PASSWORD, user)
    user.full_clean()
    user.save()
    return user


def _make_products(story: Story) -> list[int]:
    """Ids of the products, in the order of the catalogue."""
    products: list[Product] = []
    for name, near in SHELVES.items():
        _make_category(name, story, is_near_universe=near)
    for family in FAMILIES:
        category = _make_category(
            family.name, story, assumed_margin_rate=family.assumed_margin_rate,
            is_near_universe=family.name in NEAR_FAMILIES,
            parent=Category.objects.filter(name=family.part_of).first(),
        )  # fmt: skip
        products += [
            _product(number, article, family, category, story)
            for number, article in enumerate(family.articles, start=len(products) + 1)
        ]
    return [product.pk for product in Product.objects.bulk_create(products)]


def _make_category(name: str, story: Story, **fields: Any) -> Category:
    category, created = Category.objects.get_or_create(name=name, defaults=fields)
    _remember(story, Category, category, created)
    return category


def _product(number: int, article: Article, family: Family, category: Category, story: Story) -> Product:
    """What was sold before the story began has no known day of introduction."""
    # What was sold before the story began is known to be older: the migration matrix rests on it.
    launch = story.first + timedelta(days=article.introduced or -SOLD_BEFORE_DAYS)
    return Product(
        ref=product_ref(number), name=article.name, category=category, unit_cost=article.cost,
        sold_online=family.online, introduced_on=launch,
    )  # fmt: skip


def _make_clients(lives: Lives, owners: Mapping[str, list[User]], story: Story) -> list[int]:
    rows = [
        _client(number, draw_card(bool(person), story.rng), bool(old), owners, story)
        for number, (person, old) in enumerate(
            zip(lives.persons, lives.known_from_the_first_day, strict=True), start=1
        )
    ]
    households = settle_households(rows)
    clients = Client.objects.bulk_create(rows, batch_size=BATCH)
    today = story.first + timedelta(days=DAYS)
    circle = Circle(clients, [Fate(fate) for fate in lives.fates], today, story.more)
    story.made |= make_relations(circle, households)
    plant_twins(clients, today)
    return [client.pk for client in clients]


def _client(number: int, card: Card, old: bool, owners: Mapping[str, list[User]], story: Story) -> Client:
    owner = owners[card.region.team][_owner_index(len(owners[card.region.team]), story.rng)]
    client = Client(
        ref=client_ref(number), name=card.name, kind=card.kind.value, owner=owner, team=owner.team,
        street=card.street, postcode=card.postcode, city=card.city, country="France", email=card.email,
        phone=card.phone, language=card.language, observed_from=story.first if old else None,
    )  # fmt: skip
    client.search_text = client.make_search_text()
    return client


def _owner_index(count: int, rng: np.random.Generator) -> int:
    """The account manager, first of the team, keeps few clients; the sales share the others."""
    return 0 if rng.random() < 0.1 else int(rng.integers(1, count))


def _make_orders(lives: Lives, clients: list[int], products: list[int], story: Story) -> dict[str, int]:
    who, when = purchase_days(lives, story.first, story.rng)
    counts = {"orders": 0, "lines": 0, "refund_lines": 0}
    habits = draw_habits(lives, story.more)
    for chunk in draw_orders(lives, who, when, story.rng):
        channels = draw_channels(chunk, habits, story.more)
        orders = _write_orders(chunk, channels, clients, counts["orders"], story.first)
        counts["orders"] += len(orders)
        for name, lines in (("lines", chunk.lines), ("refund_lines", chunk.refunds)):
            counts[name] += len(lines)
            _write_lines(lines, orders, products, story.first)
        sum_orders("SELECT id FROM sales_order WHERE id BETWEEN %s AND %s", [min(orders), max(orders)])
    return counts


def _write_orders(
    chunk: Orders, channels: list[str], clients: list[int], written: int, first: date
) -> list[int]:
    orders = [
        Order(
            client_id=clients[client],
            ref=f"D-{(first + timedelta(days=day)):%Y}-{number:06d}",
            channel=channel,
        )
        for number, (client, day, channel) in enumerate(
            zip(chunk.client.tolist(), chunk.day.tolist(), channels, strict=True), start=written + 1
        )
    ]
    return [order.pk for order in Order.objects.bulk_create(orders, batch_size=BATCH)]


def _write_lines(lines: Lines, orders: list[int], products: list[int], first: date) -> None:
    days = [first + timedelta(days=offset) for offset in range(DAYS)]
    columns = (lines.order, lines.day, lines.position, lines.article, lines.quantity, lines.amount)
    rows = [
        OrderLine(
            order_id=orders[order], day=days[day], position=position, product_id=products[article],
            quantity=Decimal(quantity), amount_cents=amount, net_cents=amount, currency=settings.CMIX_CURRENCY,
        )
        for order, day, position, article, quantity, amount in zip(
            *(column.tolist() for column in columns), strict=True
        )
    ]  # fmt: skip
    OrderLine.objects.bulk_create(rows, batch_size=BATCH)
