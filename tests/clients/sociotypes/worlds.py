"""Simulated people who answer sociotype-12: the worlds of the specification, with class means of our own.

A person of type k has on each scale the latent value ``mean_k + latent·N(0, 1)``. An answer is that value
(turned round for a reversed statement) plus the person's habit of agreeing and the noise of the statement,
rounded to 1…5; with cross-loading a statement also takes up a part of what the person is on another scale. The mix of
types (20, 40, 25, 15 %) and the four dispersions of each world are the specification's. It does not print the class means,
nor what a cross-loading loads on: means and cross-loading were sought so that the published table, confusion, log-loss
and shares come out together. Several sets of means do, since only the differences between the scales of a type count. What comes out and what does not stands in
``docs/decisions/0050``. They are no evidence about real people.
"""

from dataclasses import dataclass

import numpy as np

from clients.sociotypes.rules.instrument import CURRENT, SCALES

MIX = (0.20, 0.40, 0.25, 0.15)
MEANS = np.array(
    [
        [4.364, 2.789, 1.536, 1.766],
        [3.07, 4.334, 3.16, 3.301],
        [2.017, 3.05, 4.204, 2.9],
        [1.696, 2.167, 3.782, 4.384],
    ]
)
MEANS_IN_CROSS = 0.72


@dataclass(frozen=True)
class World:
    latent: float
    item: float
    acquiescence: float
    cross: float


EASY, MEDIUM, HARD = World(0.4, 0.6, 0.2, 0.0), World(0.6, 0.9, 0.35, 0.0), World(0.8, 1.1, 0.5, 0.3)


def respondents(
    world: World, n: int, rng: np.random.Generator, means: np.ndarray = MEANS
) -> tuple[np.ndarray, np.ndarray]:
    """True types (0…3) and answers n × 12."""
    kinds = rng.choice(4, n, p=MIX)
    deviation = world.latent * rng.standard_normal((n, 4))
    own = np.array([SCALES.index(item.scale) for item in CURRENT.items])
    other = (deviation + MEANS_IN_CROSS * (means[kinds] - 3))[:, (own + 3) % 4]
    value = (means[kinds] + deviation)[:, own] + world.cross * other
    turned = np.where([item.reversed for item in CURRENT.items], 6 - value, value)
    agreeing = world.acquiescence * rng.standard_normal((n, 1))
    raw = turned + agreeing + world.item * rng.standard_normal((n, 12))
    return kinds, np.clip(np.rint(raw), 1, 5)
