"""What other lines would do: counts and movers, before anybody activates them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clients.models import Client
from segmentation.models import SegmentationRun
from segmentation.rules.grid import SEGMENT_CODES, Preset, Segment, Thresholds, classify_all, count_segments
from segmentation.rules.presets import propose
from segmentation.selectors.features import Portfolio, stored_portfolio

TOP_MOVERS = 10


@dataclass(frozen=True)
class Mover:
    client: Client
    revenue_cents: int
    before: Segment
    after: Segment


@dataclass(frozen=True)
class Proposal:
    """``counts`` per segment under the proposed lines; ``moved`` clients would change segment."""

    preset: Preset
    thresholds: Thresholds
    counts: dict[str, int]
    moved: int
    movers: Sequence[Mover]


def propose_thresholds(
    run: SegmentationRun, user: Any, presets: Sequence[Preset], typed: Thresholds | None = None
) -> list[Proposal]:
    """A preview per preset over ``run``'s own rows; ``typed`` adds one with those lines.

    The names of movers are those ``user`` may see; the counts are of the whole portfolio.
    """
    portfolio, codes = stored_portfolio(run)
    wanted = [(preset, propose(preset, portfolio.features, portfolio.margin_rate)) for preset in presets]
    if typed is not None:
        wanted.append((Preset.TYPED, typed))
    return [_preview(preset, lines, portfolio, codes, user) for preset, lines in wanted]


def _preview(
    preset: Preset, lines: Thresholds, portfolio: Portfolio, codes: NDArray[np.int8], user: Any
) -> Proposal:
    proposed = classify_all(portfolio.features, lines)
    moving = np.flatnonzero(proposed != codes)
    largest = moving[np.argsort(-portfolio.features.revenue_cents[moving], kind="stable")][:TOP_MOVERS]
    names = Client.objects.visible_to(user).in_bulk(portfolio.features.client_ids[largest].tolist())
    movers = [
        Mover(
            client=names[pk], revenue_cents=int(portfolio.features.revenue_cents[index]),
            before=SEGMENT_CODES[codes[index]], after=SEGMENT_CODES[proposed[index]],
        )
        for index in largest
        if (pk := int(portfolio.features.client_ids[index])) in names
    ]  # fmt: skip
    return Proposal(preset, lines, count_segments(proposed), len(moving), movers)
