"""What other lines would do: counts and movers, before anybody activates them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clients.models import Client
from segmentation.models import SegmentationRun
from segmentation.rules.grid import SEGMENT_CODES, Preset, Segment, Thresholds, classify_all, count_segments
from segmentation.rules.presets import propose
from segmentation.rules.stability import Standings
from segmentation.selectors.features import Portfolio, stored_portfolio

TOP_MOVERS = 10
PREVIEWED = (Preset.ABC, Preset.MEDIANS)


@dataclass(frozen=True)
class Mover:
    client: Client
    revenue_cents: int
    before: Segment
    after: Segment


@dataclass(frozen=True)
class Proposal:
    """``counts`` per segment under the proposed lines; ``moved`` clients would change segment, ``paths``
    from and to how many. ``movers`` are the largest of them."""

    preset: Preset
    thresholds: Thresholds
    counts: dict[str, int]
    moved: int
    paths: Sequence[tuple[Segment, Segment, int]]
    movers: Sequence[Mover]


def previews(portfolio: Portfolio, placed: Standings, in_force: Thresholds) -> dict[str, Any]:
    """The previews of the presets as JSON, kept with the run, so that the page need not read everybody."""
    return {
        preset.value: _preview(propose(preset, portfolio.features, portfolio.margin_rate), portfolio, placed, in_force)
        for preset in PREVIEWED
    }  # fmt: skip


def propose_thresholds(run: SegmentationRun, user: Any, typed: Thresholds | None = None) -> list[Proposal]:
    """The presets' previews as ``run`` keeps them; ``typed`` adds one with those lines.

    The names of movers are those ``user`` may see; the counts are of the whole portfolio.
    """
    kept = run.counts.get("proposals")
    if kept is None or typed is not None:
        portfolio, placed = stored_portfolio(run)
        kept = kept or previews(portfolio, placed, run.thresholds.lines)
    found = [(preset, kept[preset.value]) for preset in PREVIEWED]
    if typed is not None:
        found.append((Preset.TYPED, _preview(typed, portfolio, placed, run.thresholds.lines)))
    wanted = {row[0] for _preset, preview in found for row in preview["movers"]}
    names = Client.objects.visible_to(user).in_bulk(wanted)
    return [_proposal(preset, preview, names) for preset, preview in found]


def _preview(
    lines: Thresholds, portfolio: Portfolio, placed: Standings, in_force: Thresholds
) -> dict[str, Any]:
    features = portfolio.features
    # Lines that stay where they are move nobody: those near them are held as before.
    proposed = placed.codes if lines == in_force else classify_all(features, lines)
    moving = np.flatnonzero(proposed != placed.codes)
    largest = moving[np.argsort(-features.revenue_cents[moving], kind="stable")][:TOP_MOVERS]
    return {
        "revenue_cents": lines.revenue_cents,
        "margin_rate": lines.margin_rate,
        "counts": count_segments(proposed),
        "moved": len(moving),
        "paths": _paths(placed.codes[moving], proposed[moving]),
        "movers": [
            [int(features.client_ids[i]), int(features.revenue_cents[i]), int(placed.codes[i]), int(proposed[i])]
            for i in largest
        ],
    }  # fmt: skip


def _paths(before: NDArray[np.int8], after: NDArray[np.int8]) -> list[list[int]]:
    """``[from, to, clients]``, most clients first."""
    kinds = len(SEGMENT_CODES)
    counts = np.bincount(before.astype(int) * kinds + after.astype(int), minlength=kinds * kinds)
    found = [[int(n) // kinds, int(n) % kinds, int(counts[n])] for n in np.flatnonzero(counts)]
    return sorted(found, key=lambda path: -path[2])


def _proposal(preset: Preset, preview: Mapping[str, Any], names: Mapping[int, Client]) -> Proposal:
    return Proposal(
        preset=preset,
        thresholds=Thresholds(preview["revenue_cents"], preview["margin_rate"]),
        counts=preview["counts"],
        moved=preview["moved"],
        paths=[
            (SEGMENT_CODES[before], SEGMENT_CODES[after], count) for before, after, count in preview["paths"]
        ],
        movers=[
            Mover(names[pk], revenue, SEGMENT_CODES[before], SEGMENT_CODES[after])
            for pk, revenue, before, after in preview["movers"]
            if pk in names
        ],
    )
