"""How much of a foreign site an audit may take: the whole politeness and safety budget in one place."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds, bytes and counts; the defaults are those of the method (docs/decisions/0045)."""

    pages: int = 60
    depth: int = 3
    # Links of one page followed beyond those that the lexicon names.
    sample: int = 8
    # Seconds between two requests to one host; a Crawl-delay of robots.txt may raise it up to `max_delay`.
    delay: float = 1.0
    max_delay: float = 10.0
    connect_seconds: float = 5.0
    read_seconds: float = 10.0
    page_seconds: float = 20.0
    audit_seconds: float = 180.0
    # After decompression.
    page_bytes: int = 2_000_000
    hops: int = 5
    errors_in_row: int = 5
    # Pages of other hosts looked at for one audit: seals, partners, profiles, outbound links.
    foreign_pages: int = 40
