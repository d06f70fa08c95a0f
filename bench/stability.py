"""How often clients change their segment: 20,000 simulated buyers over 180 nights (kinetics 4).

``python -m bench.stability [--clients 20000] [--nights 180]``: one JSON line with the changes a client and
year under the rules of the grid, and without dead band and wait for comparison. Numpy alone, no database.
The floor is the same nights with plain classes.
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.rules.grid import Features, Preset, classify_all
from segmentation.rules.presets import propose
from segmentation.rules.stability import Standings, settle

WINDOW = 364
GOAL = 0.7


@dataclass(frozen=True)
class Measured:
    changes_per_year: float
    plain_changes_per_year: float
    seconds: float
    plain_seconds: float


@dataclass(frozen=True)
class Buyers:
    """One entry per purchase: buyer, day, amount and margin, in order of the day."""

    count: int
    who: NDArray[np.int64]
    day: NDArray[np.int64]
    cents: NDArray[np.int64]
    margin: NDArray[np.float64]


def draw_buyers(clients: int, nights: int, seed: int) -> Buyers:
    """Gamma-Poisson buyers, six orders a year on the average; each has its own size of order and margin."""
    rng = np.random.default_rng(seed)
    days = WINDOW + nights
    orders = rng.poisson(rng.gamma(1.5, 4.0, clients) * days / 364)
    who = np.repeat(np.arange(clients), orders)
    size, rate = rng.normal(9.6, 0.9, clients), rng.normal(0.30, 0.08, clients)
    day = rng.integers(0, days, len(who))
    cents = np.rint(np.exp(size[who] + rng.normal(0, 0.5, len(who)))).astype(np.int64)
    margin = cents * (rate[who] + rng.normal(0, 0.05, len(who)))
    order = np.argsort(day, kind="stable")
    return Buyers(clients, who[order], day[order], cents[order], margin[order])


def simulate(clients: int, nights: int, seed: int = 1) -> Measured:
    """Lines drawn on the first night by preset ABC and frozen; changes after it, a client and year."""
    buyers = draw_buyers(clients, nights, seed)
    lines, standings, plain = None, Standings.nobody(clients), None
    changed, plain_changed, spent, plain_spent = 0, 0, 0.0, 0.0
    for night in range(nights):
        features, rate = features_on(buyers, night)
        lines = lines or propose(Preset.ABC, features, rate)
        before, started = standings.codes, time.perf_counter()
        standings = settle(features, lines, standings, night + 1)
        between = time.perf_counter()
        previous, plain = plain, classify_all(features, lines)
        spent, plain_spent = spent + between - started, plain_spent + time.perf_counter() - between
        if previous is not None:
            changed += int((standings.codes != before).sum())
            plain_changed += int((plain != previous).sum())
    years = clients * (nights - 1) / 364
    return Measured(changed / years, plain_changed / years, spent, plain_spent)


def features_on(buyers: Buyers, night: int) -> tuple[Features, float | None]:
    """The 364 days that end with ``night``."""
    low, high = np.searchsorted(buyers.day, [night, night + WINDOW])
    part = slice(low, high)
    revenue = np.bincount(buyers.who[part], buyers.cents[part], buyers.count).astype(np.int64)
    margin = np.bincount(buyers.who[part], buyers.margin[part], buyers.count)
    rate = np.full(buyers.count, np.nan)
    np.divide(margin, revenue, out=rate, where=revenue > 0)
    known = np.where(revenue > 0, 1.0, np.nan)
    features = Features(
        client_ids=np.arange(buyers.count), revenue_cents=revenue, margin_rate=rate, cost_coverage=known,
        assumed_share=known * 0, tenure_days=np.full(buyers.count, 2 * WINDOW),
    )  # fmt: skip
    return features, float(margin.sum() / revenue.sum()) if revenue.sum() else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=20_000)
    parser.add_argument("--nights", type=int, default=180)
    options = parser.parse_args()
    found = simulate(options.clients, options.nights)
    row = {
        "name": f"segment changes, {options.clients:,} clients, {options.nights} nights",
        "seconds": found.seconds, "floor_seconds": found.plain_seconds, "ratio": found.seconds / found.plain_seconds,
        "changes_per_year": found.changes_per_year, "plain_changes_per_year": found.plain_changes_per_year,
        "goal": GOAL, "met": found.changes_per_year <= GOAL,
    }  # fmt: skip
    sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
