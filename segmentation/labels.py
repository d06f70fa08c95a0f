from django.utils.translation import gettext_lazy as _

from segmentation.rules.grid import Preset, Segment

SEGMENTS = {
    Segment.WHALE: _("Whale"),
    Segment.THOROUGHBRED: _("Thoroughbred"),
    Segment.ATHLETE: _("Athlete"),
    Segment.DILEMMA: _("Dilemma"),
    Segment.TO_QUALIFY: _("To qualify"),
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
