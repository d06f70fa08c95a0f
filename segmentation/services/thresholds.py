"""Writes of the two lines: proposed once a quarter, put in force by a person."""

from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from common.locks import lock_until_commit
from segmentation.models import GridThresholds
from segmentation.rules.grid import Preset, Thresholds
from segmentation.rules.presets import propose
from segmentation.selectors.features import stored_portfolio
from segmentation.selectors.runs import active_thresholds, published_run
from segmentation.services.grid import activated, classify_clients

QUARTER_DAYS = 91


@transaction.atomic
def activate_thresholds(
    *, preset: Preset, as_of: date, by: User, now: datetime, typed: Thresholds | None = None
) -> GridThresholds:
    """Put a preset's lines, or the ``typed`` ones, in force and classify the same day again at once.

    ``as_of`` names the published run the lines were previewed on. Asked twice, the second time
    changes nothing. Raises ``ValueError`` when a preset has nothing to draw its lines from.
    """
    lock_until_commit("segmentation")
    lines = typed if preset is Preset.TYPED else _proposed(preset, as_of)
    if lines is None or not lines.complete:
        raise ValueError("no lines to activate")
    active = active_thresholds()
    if active and active.preset == preset and active.lines == lines and not active.automatic:
        return active
    thresholds = activated(preset=preset, lines=lines, as_of=as_of, by=by, now=now)
    # What waited is answered, whichever lines were chosen.
    GridThresholds.objects.filter(activated_at__isnull=True).delete()
    classify_clients(as_of=as_of, now=now)
    return thresholds


def _proposed(preset: Preset, as_of: date) -> Thresholds | None:
    run = published_run(as_of)
    if run is None:
        return None
    portfolio, _ = stored_portfolio(run)
    return propose(preset, portfolio.features, portfolio.margin_rate)


@transaction.atomic
def propose_when_due(*, as_of: date) -> GridThresholds | None:
    """The proposal of the quarter: made when the lines in force, and the last proposal, are older than that.

    It has the preset of the lines in force (ABC for typed ones), newly drawn on the published run of
    ``as_of``; nothing is proposed that changes nothing.
    """
    lock_until_commit("segmentation")
    active = active_thresholds()
    waiting = GridThresholds.objects.filter(activated_at__isnull=True).order_by("-as_of").first()
    newest = max((one.as_of for one in (active, waiting) if one), default=None)
    if active is None or newest is None or as_of - newest < timedelta(days=QUARTER_DAYS):
        return waiting
    preset = Preset(active.preset)
    preset = Preset.ABC if preset is Preset.TYPED else preset
    lines = _proposed(preset, as_of)
    if lines is None or not lines.complete or lines == active.lines:
        return waiting
    GridThresholds.objects.filter(activated_at__isnull=True).delete()
    return GridThresholds.objects.create(
        preset=preset.value, revenue_cents=lines.revenue_cents, margin_rate=lines.margin_rate, as_of=as_of
    )
