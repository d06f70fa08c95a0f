"""Why a client stands on the list, most telling first. Pure."""

from dataclasses import dataclass
from datetime import date

from attention.rules.acts import SLIPPING_FROM, is_slipping
from attention.rules.dosing import FLOOR_WEEKS, Dose
from attention.rules.facts import ClientFacts
from attention.rules.value import Basis, Margin
from common.periods import WINDOW_DAYS
from common.reasons import Reason
from kinetics.states import RevenueState
from segmentation.rules.grid import Segment

TELLING_P = 0.05
SILENCE_RATIO = 1.5
TELLING_GROWTH = 0.10
TELLING_MARGIN = 0.02
MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything the reasons speak of, as of ``as_of``."""

    facts: ClientFacts
    as_of: date
    stable: float
    margin: Margin
    contribution_cents: int  # expected, next 12 months; revenue where no margin is known
    dose: Dose
    weeks_since_touch: int
    was_touched: bool  # answered "done" on an earlier list
    reminder: date | None = None


Scored = tuple[int, Reason]


def explain_line(situation: Situation) -> list[Reason]:
    """At most five reasons, most telling first; always at least what the client is worth.

    An assumption about the margin is added at the end on top of them.
    """
    scored = [
        *_why_now(situation), *_silence(situation), *_revenue(situation), *_margin(situation),
        *_standing(situation),
    ]  # fmt: skip
    ordered = [reason for _, reason in sorted(scored, key=lambda pair: -pair[0])]
    return [*ordered[:MOST_REASONS], *_assumptions(situation)]


def _why_now(s: Situation) -> list[Scored]:
    found: list[Scored] = []
    if s.reminder:
        found.append((100, Reason("reminder", {"until_date": s.reminder.isoformat()})))
    if s.dose.drawn:
        found.append((95 if s.dose.quanta == 1 else 10, Reason("drawn")))
    if s.dose.floor and s.facts.segment == Segment.ATHLETE:
        found.append((55, Reason("athlete_floor_own" if s.facts.own_segment else "athlete_floor")))
    elif s.dose.floor and not s.reminder:
        touched = "untouched" if s.was_touched else "never_touched"
        values = {"weeks": max(FLOOR_WEEKS, s.weeks_since_touch)} if s.was_touched else {}
        found.append((65, Reason(touched, values)))
    return found


def _silence(s: Situation) -> list[Scored]:
    usual, silent = s.facts.usual_gap_weeks, s.facts.weeks_silent(s.as_of)
    if usual is None or silent is None or silent < 2 or silent < SILENCE_RATIO * usual:
        return []
    telling = s.facts.gap_p is not None and s.facts.gap_p <= TELLING_P
    often = _perhaps("silence_weekly" if usual < 1.5 else "silence", s)
    return [(90 if telling else 60, Reason(often, {"usual": round(usual), "weeks": round(silent)}))]


def _perhaps(code: str, s: Situation) -> str:
    """The sentence that admits chance where the act does not take the client for slipping either."""
    return code if is_slipping(s.facts, s.stable) else f"{code}_perhaps"


def _revenue(s: Situation) -> list[Scored]:
    facts = s.facts
    now = {"now_cents": facts.r0_cents, "weeks": (facts.window_days or WINDOW_DAYS) // 7}
    if facts.revenue_state == RevenueState.SILENT:
        return [(85, Reason("stopped", {"before_cents": facts.r1_cents, "weeks": now["weeks"]}))]
    if facts.revenue_state == RevenueState.REACTIVATED:
        return [(47, Reason("reactivated", now))]
    if facts.revenue_state == RevenueState.NEW and facts.first_day:
        weeks = (s.as_of - facts.first_day).days // 7
        known = "new_now" if weeks < 2 else "new" if facts.is_fresh(s.as_of) else "first_year"
        return [(48, Reason(known, now | {"weeks": weeks}))]
    if facts.growth_rate is None or facts.r1_cents is None:
        return []
    values = now | {"before_cents": facts.r1_cents, "change_rate": abs(facts.growth_rate)}
    if facts.growth_rate <= -TELLING_GROWTH:
        telling = facts.change_p is not None and facts.change_p <= TELLING_P
        # Without a test the size of the fall decides how much it says.
        weight = 80 if telling else 45 + round(30 * abs(facts.growth_rate))
        return [(weight, Reason(_perhaps("revenue_fell", s), values))]
    if facts.growth_rate >= TELLING_GROWTH:
        return [(35, Reason("revenue_grew", values))]
    return [(15, Reason("revenue_level", values))]


def _margin(s: Situation) -> list[Scored]:
    change = s.facts.margin_change
    if s.margin.basis != Basis.CLIENT or change is None or change > -TELLING_MARGIN:
        return []
    points = {"change_points": change, "now_rate": s.facts.margin_rate}
    return [(58, Reason("margin_fell", points))]


def _standing(s: Situation) -> list[Scored]:
    worth = "worth_revenue" if s.margin.basis == Basis.REVENUE else "worth"
    found: list[Scored] = [(20, Reason(worth, {"worth_cents": s.contribution_cents}))]
    is_athlete = s.facts.segment == Segment.ATHLETE
    said_already = is_athlete and s.dose.floor
    if s.facts.own_segment:
        # Played like one of the grid's, which is no statement on its revenue and profitability.
        found.append((25 if is_athlete else 18, Reason("in_own_segment", {"segment": s.facts.own_segment})))
    elif s.facts.segment and s.facts.segment != Segment.TO_QUALIFY and not said_already:
        found.append((25 if is_athlete else 18, Reason(f"is_{s.facts.segment}")))
    if 1.0 - s.stable > SLIPPING_FROM:
        found.append((40, Reason("slipping", {"chance_rate": 1.0 - s.stable})))
    elif is_slipping(s.facts, s.stable):
        found.append((40, Reason(s.facts.evidence.value)))
    return found


def _assumptions(s: Situation) -> list[Reason]:
    found = []
    if s.margin.basis == Basis.PORTFOLIO:
        found.append(Reason("portfolio_margin", {"assumed_rate": s.margin.rate}))
    if s.margin.basis == Basis.CLIENT and s.facts.assumed_share:
        found.append(Reason("assumed_margin", {"share_rate": s.facts.assumed_share}))
    if s.margin.basis == Basis.REVENUE:
        found.append(Reason("no_margin"))
    if s.margin.rate < 0:
        found.append(Reason("negative_margin", {"now_rate": s.margin.rate}))
    return found
