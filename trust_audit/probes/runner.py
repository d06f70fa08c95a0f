"""One run of the probes over one site."""

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime

from common.reasons import Reason
from trust_audit.addresses import Refused
from trust_audit.crawling.crawl import Site, crawl
from trust_audit.crawling.urls import cleaned, host_of
from trust_audit.crawling.visitor import Page, Visitor
from trust_audit.limits import Limits
from trust_audit.net import Failed, Fetcher, Resolver, resolve
from trust_audit.probes.draft import Draft
from trust_audit.probes.registries import SEALS, Seal
from trust_audit.probes.registry import PROBES, Probe
from trust_audit.probes.subject import Subject
from trust_audit.probes.transport import TlsFacts, read_tls
from trust_audit.probes.types import ProbeOutcome, Proposal

logger = logging.getLogger(__name__)


def run_probes(
    url: str,
    *,
    codes: Collection[str],
    limits: Limits | None = None,
    allow_nets: Sequence[str] = (),
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
    seals: Mapping[str, Seal] = SEALS,
    resolver: Resolver = resolve,
    ca_file: str | None = None,
) -> ProbeOutcome:
    """Walk the site and let the probe of each code say what it found.

    ``codes`` without a probe are left out. ``progress(pages opened, page budget)`` is called after each page; what it
    raises ends the run. ``seals`` replaces the registry of issuers by host; ``ca_file`` adds a trusted authority. Never
    raises for what the site does: an address refused or a site that does not answer gives proposals "unknown".
    """
    started_at, began = datetime.now(UTC), time.monotonic()
    wanted = [PROBES[code] for code in sorted(codes) if code in PROBES]
    with Fetcher(limits, allow_nets=allow_nets, resolver=resolver, ca_file=ca_file) as fetcher:
        start = cleaned(url) or url
        fault = _refusal(fetcher, start)
        visitor = Visitor(fetcher)
        site = (
            Site(start, [Page(start, asked=start, fault=fault.code)], note=fault)
            if fault is not None
            else crawl(visitor, start, seed=seed, progress=progress)
        )
        with_tls = not site.home.fault and any(probe.code == "TEC-01" for probe in wanted)
        tls = read_tls(fetcher, site.home.url, started_at) if with_tls else TlsFacts()
        subject = Subject(site, visitor, tls, started_at.date(), seed, seals)
        proposals = tuple(_propose(probe, subject) for probe in wanted)
        return ProbeOutcome(
            url=site.home.url,
            started_at=started_at.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - began, 3),
            pages=sum(not page.fault for page in site.pages),
            bytes_read=fetcher.bytes_read,
            proposals=proposals,
            note=site.note or _note(site),
        )


def _refusal(fetcher: Fetcher, start: str) -> Reason | None:
    """Why the address may not be audited at all. An audit of a local site never asks for anything beyond it."""
    try:
        fetcher.checked(start)
        host = host_of(start)
        if fetcher.pins.is_local(host):
            fetcher.pins.stay_local(host)
    except (Refused, Failed) as error:
        return Reason(error.code, {"what": error.what or "–"})
    return None


def _note(site: Site) -> Reason | None:
    if site.scripted:
        return Reason("run.scripted", {})
    if not site.sufficient:
        return Reason("run.too_little", {"pages": len(site.readable)})
    return None


def _propose(probe: Probe, subject: Subject) -> Proposal:
    draft = Draft(probe.code)
    site = subject.site
    if probe.needs_pages and not site.sufficient:
        reason = site.note or _note(site)
        draft.see(site.home)
        return (
            draft.unknown(reason.code, **reason.values)
            if reason
            else draft.unknown("run.too_little", pages=0)
        )
    try:
        return probe.work(subject, draft)
    except Exception as error:  # a page made to break one probe must not cost the others
        logger.exception("probe %s failed on %s", probe.code, site.start)
        return Draft(probe.code).unknown("run.probe_failed", what=type(error).__name__)
