"""A published night written by hand, so that each test says exactly what is known of a client."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from accounts.models import User
from attention.services import freeze_lists
from clients.models import Client
from common.periods import IsoWeek
from kinetics.models import ClientIndicator, KineticsRun
from kinetics.states import Evidence, ExpectedState, ProfitState, RevenueState, RunState
from segmentation.models import ClientSegment, GridThresholds, SegmentationRun
from tests.factories.records import make_client

WEEK = IsoWeek(2026, 47)
AS_OF = date(2026, 11, 15)
NOW = datetime(2026, 11, 16, 5, 30, tzinfo=UTC)


def make_night(as_of: date = AS_OF) -> KineticsRun:
    at = datetime(as_of.year, as_of.month, as_of.day, 1, tzinfo=UTC) + timedelta(days=1)
    run = KineticsRun.objects.create(
        as_of=as_of, state=RunState.PUBLISHED, code_version="test", knowledge_cutoff=at, started_at=at,
        published_at=at,
    )  # fmt: skip
    thresholds = GridThresholds.objects.create(revenue_cents=1_000_000, margin_rate=0.3, as_of=as_of)
    SegmentationRun.objects.create(
        as_of=as_of, thresholds=thresholds, rule_version="test", published=True, computed_at=at
    )
    return run


def know(client: Client, run: KineticsRun, *, segment: str = "whale", **fields: Any) -> ClientIndicator:
    defaults: dict[str, Any] = {
        "first_day": run.as_of - timedelta(days=1000), "last_day": run.as_of - timedelta(days=20),
        "purchase_days": 12, "revenue_cents": 1_000_000, "revenue_state": RevenueState.MEASURED, "window_days": 364,
        "r0_cents": 1_000_000, "r1_cents": 1_000_000, "growth_rate": 0.0, "revenue_index": 0.0,
        "evidence": Evidence.STABLE, "expected_state": ExpectedState.MODEL, "expected_cents": 1_000_000,
        "repeat_days": 30, "recency_weeks": 140.0, "age_weeks": 143.0,
        "profit_state": ProfitState.MEASURED, "margin_rate": 0.4, "margin_change": 0.0,
        "cost_coverage": 1.0, "assumed_share": 0.0,
    }  # fmt: skip
    if segment:
        segmentation = SegmentationRun.objects.get(as_of=run.as_of)
        ClientSegment.objects.create(
            run=segmentation, client=client, segment=segment, revenue_cents=1_000_000, margin_rate=0.4
        )
    return ClientIndicator.objects.create(run=run, client=client, **(defaults | fields))


def fading(run: KineticsRun, **fields: Any) -> dict[str, Any]:
    return {
        "r0_cents": 5_100_000, "r1_cents": 8_400_000, "growth_rate": -0.393, "evidence": Evidence.ALERT,
        "change_p": 0.004, "gap_p": 0.02, "repeat_days": 40, "recency_weeks": 120.0,
        "last_day": run.as_of - timedelta(weeks=9), "expected_cents": 4_000_000,
    } | fields  # fmt: skip


def a_week_for(owner: User, clients: int = 1, **fields: Any) -> KineticsRun:
    """``clients`` of the owner with a night, and the frozen list of ``WEEK``."""
    run = make_night()
    for number in range(clients):
        know(make_client(owner=owner, name=f"Maison {number}"), run, **(fading(run) | fields))
    freeze_lists(week=WEEK, now=NOW)
    return run
