"""What the rules for clients and those for people have in common: blocks, points and the pair itself. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from common.reasons import Reason

LIKELY = 60
"""Points from which a pair is shown."""
SIMILAR = 0.87
"""Share of letters in common from which two names count as spellings of one."""
MOST_IN_BLOCK = 60
"""A sign that more share is a switchboard, a mailbox or a placeholder and proves nothing."""
Keys = TypeVar("Keys")


@dataclass(frozen=True, slots=True)
class Pair:
    """``left_id`` is the lower number; ``score`` runs from ``LIKELY`` to 100; the most telling reason first."""

    left_id: int
    right_id: int
    score: int
    reasons: tuple[Reason, ...]


def pair_of(
    ids: tuple[int, int], codes: Iterable[str], points: Mapping[str, int], similarity: float
) -> Pair | None:
    """The pair when the points of its ``codes`` reach ``LIKELY``, else None."""
    told = sorted(codes, key=lambda code: (-points[code], code))
    score = min(100, sum(points[code] for code in told))
    if score < LIKELY:
        return None
    reasons = tuple(
        Reason(code, {"similarity_rate": round(similarity, 2)} if code == "similar_name" else {})
        for code in told
    )
    return Pair(min(ids), max(ids), score, reasons)


def likely_pairs(
    keys: Iterable[Keys],
    *,
    signs: Callable[[Keys], Iterable[str]],
    number: Callable[[Keys], int],
    compare: Callable[[Keys, Keys], Pair | None],
) -> list[Pair]:
    """Likely pairs, the likeliest first. Only those that share a sign are compared, each two once."""
    found: dict[tuple[int, int], Pair | None] = {}
    for block in _blocks(keys, signs):
        for one, other in combinations(block, 2):
            first, second = number(one), number(other)
            key = (first, second) if first < second else (second, first)
            if key not in found:
                found[key] = compare(one, other)
    likely = [pair for pair in found.values() if pair]
    return sorted(likely, key=lambda pair: (-pair.score, pair.left_id, pair.right_id))


def _blocks(keys: Iterable[Keys], signs: Callable[[Keys], Iterable[str]]) -> Iterator[Sequence[Keys]]:
    blocks: dict[str, list[Keys]] = defaultdict(list)
    for one in keys:
        for sign in signs(one):
            blocks[sign].append(one)
    return (block for block in blocks.values() if 1 < len(block) <= MOST_IN_BLOCK)
