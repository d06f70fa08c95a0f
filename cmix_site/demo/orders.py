"""What the demo's clients order and give back. Pure: columns of numpy arrays, one entry per line."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cmix_site.demo.catalogue import FAMILIES
from cmix_site.demo.lives import DAYS, YEAR_BEFORE, Fate, Floats, Ints, Lives
from sales.rules import Channel

CHUNK = 5_000  # orders drawn at a time; part of what a seed means
INFLATION = 0.02  # list prices, a year
PRICE_CUT = 0.16  # further discount of the clients whose prices were cut
REFUND_RATE = 0.045  # share of orders of which something comes back
_ARTICLES = [article for family in FAMILIES for article in family.articles]
_PRICES = np.array([float(article.price) * 100 for article in _ARTICLES])
_SIZES = np.array([len(family.articles) for family in FAMILIES])
_FIRST = np.concatenate([[0], np.cumsum(_SIZES)[:-1]])
_INTRODUCED = np.array([article.introduced for article in _ARTICLES])
_ON_THE_SPOT = np.array([family.online is False for family in FAMILIES for _ in family.articles])
CHANNEL_KNOWN_FROM = 420  # day of the story; before, the tills wrote down no channel


@dataclass(frozen=True)
class Lines:
    """Columns of order lines; ``order`` counts within the chunk, refunds are negative."""

    order: Ints
    day: Ints
    position: Ints
    article: Ints
    quantity: Ints
    amount: Ints  # cents

    def __len__(self) -> int:
        return len(self.order)


@dataclass(frozen=True)
class Orders:
    """A chunk of orders in order of day."""

    client: Ints
    day: Ints
    lines: Lines
    refunds: Lines


def draw_orders(lives: Lives, clients: Ints, days: Ints, rng: np.random.Generator) -> Iterator[Orders]:
    for begin in range(0, len(clients), CHUNK):
        chunk = slice(begin, begin + CHUNK)
        lines = _draw_lines(lives, clients[chunk], days[chunk], rng)
        refunds = _draw_refunds(lives, clients[chunk], days[chunk], lines, rng)
        yield Orders(clients[chunk], days[chunk], lines, refunds)


def _draw_lines(lives: Lives, clients: Ints, days: Ints, rng: np.random.Generator) -> Lines:
    counts = 1 + np.minimum(rng.poisson(1.4, len(clients)), 7)
    worth = lives.value[clients] * np.exp(0.4 * rng.standard_normal(len(clients))) / counts
    order = np.repeat(np.arange(len(clients)), counts)
    client, day = clients[order], days[order]
    article = _on_sale(_draw_articles(lives.tastes[client], rng), day)
    price = _PRICES[article] * (1 + INFLATION) ** (day / 365)
    quantity = np.maximum(1, np.rint(worth[order] / price)).astype(np.int64)
    unit = np.rint(price * (1 - _discounts(lives, client, day))).astype(np.int64)
    position = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    return Lines(order, day, position, article, quantity, unit * quantity)


def _draw_articles(tastes: Floats, rng: np.random.Generator) -> Ints:
    borders = np.cumsum(tastes, axis=1)
    family = (rng.random((len(tastes), 1)) > borders[:, :-1]).sum(axis=1)
    return _FIRST[family] + rng.integers(0, _SIZES[family])


def _on_sale(article: Ints, day: Ints) -> Ints:
    """Before its launch the article that stands before it on the shelf is bought in its place."""
    for _ in range(2):  # two launches may stand side by side
        article = np.where(day < _INTRODUCED[article], article - 1, article)
    return article


def draw_channels(orders: Orders, habits: Floats, rng: np.random.Generator) -> list[str]:
    """How each order came, "" being unknown: by the client's habit, later more often on the internet;
    never there for what is sold on the spot only."""
    likely = habits[orders.client] * (0.5 + orders.day / DAYS)
    on_the_spot = np.zeros(len(orders.client), dtype=bool)
    on_the_spot[orders.lines.order[_ON_THE_SPOT[orders.lines.article]]] = True
    online = (rng.random(len(likely)) < likely) & ~on_the_spot
    words = np.where(online, Channel.ONLINE.value, Channel.OFFLINE.value)
    return [str(word) for word in np.where(orders.day < CHANNEL_KNOWN_FROM, "", words)]


def draw_habits(lives: Lives, rng: np.random.Generator) -> Floats:
    """Per client, how likely an order comes by the internet half-way through the story: many never do."""
    never = rng.random(len(lives)) < np.where(lives.persons, 0.15, 0.4)
    return np.where(never, 0.0, rng.beta(1.6, 1.4, len(lives)))


def _discounts(lives: Lives, client: Ints, day: Ints) -> Floats:
    cut = lives.are(Fate.CHEAPER)[client] & (day >= lives.turn[client])
    return lives.discount[client] + np.where(cut, PRICE_CUT, 0.0)


def _draw_refunds(lives: Lives, clients: Ints, days: Ints, lines: Lines, rng: np.random.Generator) -> Lines:
    """Part of the first line comes back within weeks; of one fate the whole order, a year later."""
    returning = rng.random(len(clients)) < REFUND_RATE
    later = days + rng.integers(2, 26, len(clients))
    share = rng.uniform(0.3, 1.0, len(clients))
    whole = _whole_returns(lives, clients, days)
    later, share = np.where(whole, YEAR_BEFORE + 25, later), np.where(whole, 1.0, share)
    returning = (returning | whole) & (later < DAYS)
    chosen: NDArray[np.bool_] = returning[lines.order] & ((lines.position == 1) | whole[lines.order])
    order, bought = lines.order[chosen], lines.quantity[chosen]
    quantity = np.ceil(bought * share[order]).astype(np.int64)
    amount = lines.amount[chosen] // bought * quantity
    return Lines(order, later[order], lines.position[chosen], lines.article[chosen], -quantity, -amount)


def _whole_returns(lives: Lives, clients: Ints, days: Ints) -> NDArray[np.bool_]:
    return lives.are(Fate.GAVE_BACK)[clients] & (days >= YEAR_BEFORE - 30) & (days < YEAR_BEFORE)
