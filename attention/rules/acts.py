"""What to do with a client this week, and by which channel. Pure."""

from datetime import date

from attention.rules.facts import ClientFacts
from kinetics.states import Evidence, RevenueState
from segmentation.rules.grid import Segment

SLIPPING_FROM = 0.5


def is_slipping(facts: ClientFacts, stable: float) -> bool:
    """The newest evidence says so, or the belief does by more than half."""
    return facts.evidence in (Evidence.WATCH, Evidence.ALERT) or 1.0 - stable > SLIPPING_FROM


def suggest_act(facts: ClientFacts, stable: float, as_of: date) -> str:
    """Code of the act: by what happened to the client first, else by segment and evidence."""
    if facts.revenue_state in (RevenueState.SILENT, RevenueState.DORMANT):
        return "win_back"
    if is_slipping(facts, stable):
        return f"{facts.segment or Segment.TO_QUALIFY}_call"
    if facts.is_fresh(as_of):
        return "welcome"
    return f"{facts.segment or Segment.TO_QUALIFY}_keep"


def channel(minutes: int) -> str:
    """How such a dose is best spent: a mail or call, a video call, or a visit."""
    if minutes <= 15:
        return "call"
    return "video" if minutes < 60 else "visit"
