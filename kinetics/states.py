"""State codes of the indicators. Every figure carries one; null is not zero. Pure."""

from enum import StrEnum


class RunState(StrEnum):
    BUILDING = "building"
    PUBLISHED = "published"
    REPLACED = "replaced"
    FAILED = "failed"


class RunMode(StrEnum):
    NIGHT = "night"
    BACKFILL = "backfill"


class RevenueState(StrEnum):
    PROSPECT = "prospect"  # no order ever
    NEW = "new"  # tenure below 364 days: R0 only
    SHORT = "short"  # 364 to 728 days: equal windows below a year
    REACTIVATED = "reactivated"  # nothing the year before, something this year
    SILENT = "silent"  # something the year before, nothing this year
    NEGATIVE_BASE = "negative_base"  # refunds exceeded sales the year before: no rate, difference only
    DORMANT = "dormant"  # bought once, nothing in either window
    MEASURED = "measured"


class Evidence(StrEnum):
    NOT_ENOUGH = "not_enough"  # too few orders for any test to speak
    STABLE = "stable"
    WATCH = "watch"
    ALERT = "alert"


class ExpectedState(StrEnum):
    PROSPECT = "prospect"
    MODEL = "model"  # BG/NBD and Gamma-Gamma
    FALLBACK = "fallback"  # Gamma-Poisson with a weak prior: too little data, or the gate failed


class ProfitState(StrEnum):
    UNKNOWN = "unknown"  # no costed line
    NO_BASE = "no_base"  # costed revenue not above zero
    ONE_WINDOW = "one_window"  # a rate now, none to compare it with
    PARTIAL = "partial"  # less than 80 % of the lines have a cost
    MEASURED = "measured"
