"""Technology: reliability and speed as the walk met them (TEC-03, TEC-04)."""

import math

from trust_audit.probes.draft import Draft
from trust_audit.probes.registry import proposing
from trust_audit.probes.subject import Subject
from trust_audit.probes.types import Proposal

# Seconds to the first byte at the 75th percentile: our thresholds, along Google's for TTFB (0.8 good, 1.8 poor).
FIRST_BYTE = (0.2, 0.5, 0.8, 1.8)
HEAVY_BYTES = 1_000_000
ERRORS = (0.0, 0.01, 0.03, 0.10)
FEW_PAGES = 10


@proposing("TEC-03")
def reliability(subject: Subject, draft: Draft) -> Proposal:
    pages = [page for page in subject.site.pages if page.fault != "net.robots"]
    failed = [page for page in pages if page.fault or page.status >= 500 or page.cut in ("time", "broken")]
    share = len(failed) / len(pages)
    draft.see(*failed[:3], subject.home).fact(requests=len(pages), failed=len(failed))
    if failed:
        draft.alarm("running.failed", count=len(failed), of=len(pages))
    else:
        draft.say("running.fine", of=len(pages))
    level = next((4 - place for place, line in enumerate(ERRORS) if share <= line), 0)
    # A minute's walk says little about a month.
    return draft.say("running.short").propose(level, 0.5 if len(pages) >= FEW_PAGES else 0.3)


def percentile(values: list[float], share: float) -> float:
    """The nearest-rank percentile. ``values`` must not be empty."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def speed_level(seconds: float, heaviest: int) -> int:
    """By the first byte; a page above a megabyte of HTML costs one level."""
    level = next((4 - place for place, line in enumerate(FIRST_BYTE) if seconds <= line), 0)
    return max(0, level - (heaviest > HEAVY_BYTES))


@proposing("TEC-04")
def speed(subject: Subject, draft: Draft) -> Proposal:
    pages = [page for page in subject.readable if page.first_byte > 0]
    p75 = percentile([page.first_byte for page in pages], 0.75)
    heaviest = max(page.size for page in pages)
    slow = sorted(pages, key=lambda page: -page.first_byte)
    draft.see(*slow[:3]).fact(pages=len(pages), first_byte_p75=round(p75, 3), heaviest_bytes=heaviest)
    draft.say("speed.first_byte", milliseconds=round(p75 * 1000)) if p75 <= FIRST_BYTE[0] else draft.alarm(
        "speed.slow", milliseconds=round(p75 * 1000)
    )
    if heaviest > HEAVY_BYTES:
        draft.alarm("speed.heavy", kilobytes=heaviest // 1000)
    return draft.propose(speed_level(p75, heaviest), 0.7 if len(pages) >= FEW_PAGES else 0.5)
