"""Fit of BG/NBD on simulated clients, against one evaluation of its likelihood on the same rows.

``python -m bench.fit [--clients 100000]``: one JSON line for the published size and one for the asked one; the
floor is one evaluation of the likelihood.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from kinetics.rules import bgnbd
from kinetics.rules.bgnbd import BgNbd, History

PUBLISHED = BgNbd(r=0.24259, alpha=4.4136, a=0.7929, b=2.4259)


def simulate(clients: int, seed: int) -> History:
    """Repeat orders of clients aged 27 to 39 weeks, time in whole days."""
    rng = np.random.default_rng(seed)
    age = np.round(rng.uniform(27, 39, clients) * 7) / 7
    rate = rng.gamma(PUBLISHED.r, 1 / PUBLISHED.alpha, clients)
    dropout = rng.beta(PUBLISHED.a, PUBLISHED.b, clients)
    x, last, clock = np.zeros(clients), np.zeros(clients), np.zeros(clients)
    active = np.ones(clients, dtype=bool)
    while active.any():
        clock += rng.exponential(1, clients) / np.maximum(rate, 1e-12)
        active &= clock <= age
        x[active] += 1
        last[active] = np.minimum(np.ceil(clock[active] * 7) / 7, age[active])
        active &= rng.random(clients) > dropout
    return History.of(x, last, age)


def fastest(work: Callable[[], object], times: int = 3) -> float:
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def measure(clients: int) -> dict[str, object]:
    history = simulate(clients, seed=1)
    model = bgnbd.fit(history).model
    fit = fastest(lambda: bgnbd.fit(history))
    once = fastest(lambda: bgnbd.log_likelihood(model, history), 20)
    return {
        "name": f"fit of {clients:,} clients", "seconds": fit, "floor_seconds": once, "ratio": fit / once,
        "rows": len(history.x), "r": model.r, "alpha": model.alpha, "a": model.a, "b": model.b,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=100_000)
    for clients in (2_357, parser.parse_args().clients):
        sys.stdout.write(json.dumps(measure(clients)) + "\n")


if __name__ == "__main__":
    main()
