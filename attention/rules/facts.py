"""What is known of a client when its week is planned. Pure."""

from dataclasses import dataclass
from datetime import date

from common.periods import WINDOW_DAYS
from kinetics.states import Evidence, RevenueState

FRESH_DAYS = 91


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """A row of the published indicators, the segment and the day of creation. Money in cents."""

    client_id: int
    created_on: date
    segment: str  # empty: not classified yet
    own_segment: str  # its name in the company's own segmentation, where that is in force
    evidence: Evidence
    revenue_state: RevenueState
    window_days: int | None
    r0_cents: int
    r1_cents: int | None
    growth_rate: float | None
    change_p: float | None
    gap_p: float | None
    first_day: date | None
    last_day: date | None
    expected_cents: int | None
    repeat_days: int | None
    recency_weeks: float | None
    margin_rate: float | None
    margin_change: float | None
    cost_coverage: float | None
    assumed_share: float | None

    @property
    def shortfall_cents(self) -> int:
        """Revenue of the window before minus this one's where it fell, brought to 52 weeks."""
        fell = max(0, (self.r1_cents or 0) - max(0, self.r0_cents))
        return fell * WINDOW_DAYS // (self.window_days or WINDOW_DAYS)

    @property
    def usual_gap_weeks(self) -> float | None:
        """Mean time between purchase days; needs two repeats to be called usual."""
        if not self.repeat_days or self.repeat_days < 2 or not self.recency_weeks:
            return None
        return self.recency_weeks / self.repeat_days

    def is_fresh(self, as_of: date) -> bool:
        """Bought for the first time within the last 13 weeks; a comparison takes a year longer."""
        return (
            self.revenue_state == RevenueState.NEW
            and self.first_day is not None
            and (as_of - self.first_day).days <= FRESH_DAYS
        )

    def weeks_silent(self, as_of: date) -> float | None:
        return (as_of - self.last_day).days / 7 if self.last_day else None
