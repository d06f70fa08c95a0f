"""The probes by the criterion each works on."""

from collections.abc import Callable
from dataclasses import dataclass

from trust_audit.probes.draft import Draft
from trust_audit.probes.subject import Subject
from trust_audit.probes.types import Proposal

Work = Callable[[Subject, Draft], Proposal]


@dataclass(frozen=True)
class Probe:
    """``proposes``: a level (automation A), else hints for a person (H). ``needs_pages``: works on what was walked."""

    code: str
    work: Work
    proposes: bool
    needs_pages: bool


PROBES: dict[str, Probe] = {}


def _register(code: str, *, proposes: bool, needs_pages: bool) -> Callable[[Work], Work]:
    def add(work: Work) -> Work:
        PROBES[code] = Probe(code, work, proposes, needs_pages)
        return work

    return add


def proposing(code: str, *, needs_pages: bool = True) -> Callable[[Work], Work]:
    """The function proposes a level for the criterion."""
    return _register(code, proposes=True, needs_pages=needs_pages)


def hinting(code: str) -> Callable[[Work], Work]:
    """The function gathers hints about the criterion."""
    return _register(code, proposes=False, needs_pages=True)
