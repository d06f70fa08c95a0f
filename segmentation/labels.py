from django.utils.translation import gettext_lazy as _

from segmentation.rules.grid import Preset, Segment
from segmentation.rules.history import Cause
from segmentation.rules.matrix import Cell, Why
from segmentation.rules.own import PLAYBOOKS, Fact, Method, Operator
from segmentation.rules.playbooks import Diagnosis
from segmentation.rules.waves import Hold, Step, Wave

SEGMENTS = {
    Segment.WHALE: _("Whale"),
    Segment.THOROUGHBRED: _("Thoroughbred"),
    Segment.ATHLETE: _("Athlete"),
    Segment.DILEMMA: _("Dilemma"),
    Segment.TO_QUALIFY: _("To qualify"),
}
# Under each tile of the grid.
SEGMENT_NOTES = {
    Segment.WHALE: _("High revenue, low margin"),
    Segment.THOROUGHBRED: _("High margin, low revenue"),
    Segment.ATHLETE: _("High revenue, high margin"),
    Segment.DILEMMA: _("Low revenue, low margin"),
    Segment.TO_QUALIFY: _("Not known well enough"),
}
# One letter in every chip, so that print and screen readers lose nothing without colour.
LETTERS = {
    Segment.WHALE: "W",
    Segment.THOROUGHBRED: "T",
    Segment.ATHLETE: "A",
    Segment.DILEMMA: "D",
    Segment.TO_QUALIFY: "?",
}
PRESETS = {
    Preset.ABC: _("Top 80% of revenue, portfolio margin"),
    Preset.MEDIANS: _("Medians"),
    Preset.TYPED: _("Typed in"),
}
PRESET_NOTES = {
    Preset.ABC: _(
        "Revenue line: the smallest of the largest clients that together make 80% of revenue. "
        "Margin line: the margin rate of the whole portfolio."
    ),
    Preset.MEDIANS: _("Each line halves the clients whose revenue and margin are known well enough."),
    Preset.TYPED: _("The two values you consider the right ones."),
}
CAUSES = {
    Cause.VALUE: _("The client's figures changed"),
    Cause.THRESHOLD: _("The lines were moved"),
    Cause.OWN: _("The company's own segmentation"),
}
PLAYBOOK_CHOICES = [("", _("No playbook")), *((segment.value, SEGMENTS[segment]) for segment in PLAYBOOKS)]
METHODS = {
    Method.IMPORTED: _("Imported from a file"),
    Method.RULES: _("Computed by rules"),
}
FACTS = {
    Fact.REVENUE: _("Revenue of 52 weeks"),
    Fact.MARGIN: _("Margin rate, in %"),
    Fact.ORDERS: _("Purchase days in 52 weeks"),
    Fact.RECENCY: _("Days since the last purchase"),
    Fact.TAG: _("Tag"),
    Fact.CATEGORY: _("Category bought in 52 weeks"),
    Fact.KIND: _("Kind of client"),
    Fact.OWNER: _("Owner"),
    Fact.TEAM: _("Team"),
}
OPERATORS = {
    Operator.AT_LEAST: _("at least"),
    Operator.BELOW: _("below"),
    Operator.IS: _("is"),
    Operator.IS_NOT: _("is not"),
}
STEPS = {
    Step.AWARENESS: _("Awareness"),
    Step.INFORMATION: _("Information"),
    Step.TRAINING: _("Training"),
    Step.ASSISTED_ORDER: _("First assisted order"),
}
WAVES = {
    Wave.ASK: _("Ask first"),
    Wave.PILOTS: _("Pilots"),
    Wave.FORWARD: _("Forerunners"),
    Wave.FOLLOWERS: _("Followers"),
    Wave.UNCONCERNED: _("Unconcerned"),
    Wave.RELUCTANT: _("Reluctant"),
}
WAVE_NOTES = {
    Wave.ASK: _("Nobody knows yet how they take to the internet, or they stand between two types."),
    Wave.PILOTS: _("Firm forerunners with at most a tenth of the revenue; no athlete unless it volunteers."),
    Wave.FORWARD: _("All other forerunners, athletes first and with a person beside them."),
    Wave.FOLLOWERS: _("They come along where a client of the same team speaks for it."),
    Wave.UNCONCERNED: _("Only once awareness and information are done."),
    Wave.RELUCTANT: _("After training; ordering as before stays possible, nobody is forced."),
}
HOLDS = {
    Hold.NONE: _("Can be moved now"),
    Hold.ALERT: _("Frozen: an athlete with an alert"),
    Hold.CLOSED: _("Its wave is not open"),
    Hold.NO_AMBASSADOR: _("No ambassador in its team yet"),
    Hold.STEPS: _("Steps of accompaniment are missing"),
    Hold.DONE: _("Orders online already"),
}
CELLS = {
    Cell.CURRENT: _("Current situation"),
    Cell.MIGRATION: _("Migration"),
    Cell.MUTATION: _("Mutations"),
    Cell.OFFLINE_NEW: _("New, off the internet"),
    Cell.CONQUEST: _("Conquest"),
    Cell.DIVERSIFICATION: _("Diversification"),
    Cell.UNKNOWN: _("Unknown"),
    Cell.ABSENT: _("No purchase in 52 weeks"),
}
MATRIX_WHYS = {
    Why.KNOWN: _("Known"),
    Why.NO_REFERENCE: _("Nobody has said when our offer online began, and no order came in online."),
    Why.NO_INTRODUCTION: _("Bought online, but it is not known when the products were introduced."),
    Why.NO_CHANNEL: _("Sold online too, but it is not known how the orders came in."),
    Why.NO_CHANNEL_NO_FLAG: _(
        "Neither how the orders came in is known, nor whether the products are sold online."
    ),
}
OFFERS = {
    "whale_first": _("First the current products at lower cost, online."),
    "whale_then": _("Now new online services."),
    "new_services": _("New online services at once."),
    "escorted": _("With a person beside the client; any alert freezes the move."),
}
DIAGNOSES = {
    Diagnosis.IMMATURE: _("Immature client"),
    Diagnosis.BAD: _("Bad client"),
    Diagnosis.BADLY_MANAGED: _("Badly managed client"),
}
COMPETITOR_FACTS = {
    "online_order": _("Ordering online"),
    "client_account": _("A client account"),
    "stock_price": _("Stock and prices online"),
    "tracking": _("Tracking of orders"),
    "edi": _("EDI, an interface or an app"),
}
REASONS = {
    "revenue_high": _("Revenue of %(value_cents)s is on or above the line of %(line_cents)s."),
    "revenue_low": _("Revenue of %(value_cents)s is below the line of %(line_cents)s."),
    "margin_high": _("Margin rate of %(value_exact_rate)s is on or above the line of %(line_exact_rate)s."),
    "margin_low": _("Margin rate of %(value_exact_rate)s is below the line of %(line_exact_rate)s."),
    "margin_assumed": _("The margin rests on an assumed rate for %(share_rate)s of the sales with a cost."),
    "held_waiting": _(
        "The figures have pointed to another segment since %(since_date)s; the client follows once that has lasted "
        "%(days)s days."
    ),
    "held_band": _(
        "The client stays where it was: within %(revenue_rate)s of the revenue line or %(points)s points of the "
        "margin line nothing moves."
    ),
    "no_order": _("No order yet, so there is nothing to judge."),
    "new": _("First order %(days)s days ago; the grid waits until %(needed)s days have passed."),
    "nothing_sold": _("Nothing sold in the last 52 weeks, so there is no margin to judge."),
    "costs_missing": _(
        "Costs are known for %(coverage_exact_rate)s of the sales; the grid needs at least %(needed_rate)s."
    ),
    "margin_unknown": _("Refunds outweigh the sales whose cost is known, so there is no margin rate."),
    "lines_unknown": _("The lines of the grid cannot be drawn yet: no revenue or no cost is known."),
}
