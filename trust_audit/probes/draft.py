"""A proposal in the making: reasons, facts and the pages they were read on."""

from collections.abc import Sequence
from typing import Any

from common.reasons import Reason
from trust_audit.crawling.visitor import Page
from trust_audit.probes.types import Proposal, ProposalStatus

MAX_URLS = 12


def level_for(share: float, lines: Sequence[float]) -> int:
    """4 from the first line on, 3 from the second, and so on; 0 below the last. Lines fall."""
    return next((4 - place for place, line in enumerate(lines) if share >= line - 1e-9), 0)


class Draft:
    """One probe's work on one criterion. ``say`` adds a reason, ``alarm`` one that speaks against the site.

    Alarms are named in the facts under ``alarms``, so that a page can colour them and a test can ask for none.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        self.because: list[Reason] = []
        self.alarms: list[str] = []
        self.facts: dict[str, Any] = {}
        self.urls: list[str] = []
        self.page: Page | None = None

    def say(self, code: str, **values: Any) -> "Draft":
        self.because.append(Reason(code, values))
        return self

    def alarm(self, code: str, **values: Any) -> "Draft":
        self.alarms.append(code)
        return self.say(code, **values)

    def fact(self, **facts: Any) -> "Draft":
        self.facts |= facts
        return self

    def see(self, *pages: Page | None) -> "Draft":
        """Pages that the finding rests on; the first one seen is the evidence."""
        for page in pages:
            if page is None:
                continue
            self.page = self.page or page
            self.see_url(page.url)
        return self

    def see_url(self, *urls: str) -> "Draft":
        for url in urls:
            if url not in self.urls and len(self.urls) < MAX_URLS:
                self.urls.append(url)
        return self

    def _made(self, status: ProposalStatus, level: int | None, confidence: float) -> Proposal:
        return Proposal(
            code=self.code,
            status=status,
            level=level,
            confidence=confidence,
            because=tuple(self.because),
            facts={**self.facts, "alarms": list(self.alarms)},
            urls=tuple(self.urls),
            excerpt=self.page.excerpt if self.page else "",
            sha256=self.page.sha256 if self.page else "",
        )

    def propose(self, level: int, confidence: float = 0.8) -> Proposal:
        return self._made(ProposalStatus.PROPOSED, max(0, min(4, level)), confidence)

    def hint(self, confidence: float = 0.5) -> Proposal:
        return self._made(ProposalStatus.HINT, None, confidence)

    def unknown(self, code: str = "", **values: Any) -> Proposal:
        """Nothing was tested. An alarm said before stays among the reasons, no level is proposed."""
        if code:
            self.say(code, **values)
        return self._made(ProposalStatus.UNKNOWN, None, 0.0)
