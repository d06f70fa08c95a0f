"""What a probe hands back: a proposal for a person, never a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from common.reasons import Reason


class ProposalStatus(StrEnum):
    PROPOSED = "proposed"  # has a level
    HINT = "hint"  # facts only, a person decides
    UNKNOWN = "unknown"  # could not be tested; the reasons say why


@dataclass(frozen=True)
class Proposal:
    """What a probe found about one criterion.

    ``level`` is 0 to 4 or None, ``confidence`` 0 to 1, ``excerpt`` at most 4 kB of what was read and
    ``sha256`` the checksum of all of it.
    """

    code: str
    status: ProposalStatus
    level: int | None
    confidence: float
    because: tuple[Reason, ...]
    facts: Mapping[str, Any]
    urls: tuple[str, ...]
    excerpt: str
    sha256: str


@dataclass(frozen=True)
class ProbeOutcome:
    """One run of the probes on one site. ``note`` says why the whole run found little, if it did."""

    url: str
    started_at: str
    seconds: float
    pages: int
    bytes_read: int
    proposals: tuple[Proposal, ...]
    note: Reason | None
