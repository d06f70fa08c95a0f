"""What is planted in each variant of the demo shop, as data: the pages are generated from it."""

from dataclasses import dataclass
from enum import StrEnum


class Variant(StrEnum):
    GOOD = "good"
    MEDIOCRE = "mediocre"
    BAD = "bad"


@dataclass(frozen=True)
class Traits:
    """One variant. The comments name the criterion that each trait is planted for."""

    ranges: int
    products_per_range: int
    seal: str  # SEAL-01, -02: "confirmed", "self", "dead"
    partners: str  # SEAL-03: "linked", "named", "none"
    commitment: str  # SEAL-04: "conditions", "bare", "none"
    reviews: str  # SEAL-05: "explained", "bare", "none"
    affiliates: bool  # SEAL-06
    legal: str  # BRD-01: "full", "partial", "none"
    about: str  # BRD-04: "people", "plain", "none"
    profiles: str  # BRD-05: "alive", "mixed", "none"
    mailbox: str  # BRD-06
    logo_links_home: bool  # BRD-06
    brand_in_title: bool  # BRD-06
    tracking: str  # NAV-01, ORD-05: "open", "none", "locked"
    breadcrumb: str  # NAV-02, -03: "links", "text", "none"
    search: str  # NAV-04: "everywhere", "home", "none"
    vague_labels: bool  # NAV-05
    missing_page: str  # NAV-06: "real", "soft", "bare"
    broken_links: int  # NAV-06
    steady_frame: str  # NAV-07: "always", "partly", "home"
    adapted: str  # NAV-08: "full", "no skip link", "none"
    delivery: str  # ORD-01, -02, -03: "full", "delay", "locked"
    shipping_markup: bool  # ORD-02, -03
    phone: str  # ORD-06: "everywhere", "contact", "premium"
    returns: str  # ORD-08: "function", "text", "none"
    mediator: str  # ORD-09: "named", "odr", "none"
    product: str  # PRE-01, -03: "full", "partial", "poor"
    warranty: str  # PRE-02: "notice", "short", "none"
    accessible: str  # PRE-05: "statement", "plain", "poor"
    texts: str  # PRE-07: "fresh", "old", "filler"
    pressure: str  # PRE-08: "none", "timer", "ticked"
    certificate: str  # TEC-01: "valid", "soon", "expired"
    payment: str  # TEC-02: "provider", "means", "own fields"
    errors: int  # TEC-03: pages that answer 500
    slow_seconds: float  # TEC-04: on a third of the pages
    headers: str  # TEC-05: "full", "some", "none"
    trackers: str  # TEC-06: "none", "consent", "first"
    scripts: str  # TEC-07: "own", "foreign", "insecure"


GOOD = Traits(
    ranges=7, products_per_range=10, seal="confirmed", partners="linked", commitment="conditions",
    reviews="explained", affiliates=False, legal="full", about="people", profiles="alive",
    mailbox="bonjour@atelier-orvane.localhost", logo_links_home=True, brand_in_title=True, tracking="open",
    breadcrumb="links", search="everywhere", vague_labels=False, missing_page="real", broken_links=0,
    steady_frame="always", adapted="full", delivery="full", shipping_markup=True, phone="everywhere",
    returns="function", mediator="named", product="full", warranty="notice", accessible="statement",
    texts="fresh", pressure="none", certificate="valid", payment="provider", errors=0, slow_seconds=0.0,
    headers="full", trackers="none", scripts="own",
)  # fmt: skip
MEDIOCRE = Traits(
    ranges=4, products_per_range=7, seal="self", partners="named", commitment="bare", reviews="bare",
    affiliates=False, legal="partial", about="plain", profiles="mixed",
    mailbox="bonjour@atelier-orvane.localhost", logo_links_home=False, brand_in_title=True, tracking="none",
    breadcrumb="text", search="home", vague_labels=True, missing_page="soft", broken_links=0,
    steady_frame="partly", adapted="no skip link", delivery="delay", shipping_markup=False, phone="contact",
    returns="text", mediator="odr", product="partial", warranty="short", accessible="plain", texts="old",
    pressure="timer", certificate="soon", payment="means", errors=1, slow_seconds=0.0, headers="some",
    trackers="consent", scripts="foreign",
)  # fmt: skip
BAD = Traits(
    ranges=3, products_per_range=8, seal="dead", partners="none", commitment="none", reviews="none",
    affiliates=True, legal="none", about="none", profiles="none", mailbox="orvane.boutique@gmail.com",
    logo_links_home=False, brand_in_title=False, tracking="locked", breadcrumb="none", search="none",
    vague_labels=True, missing_page="bare", broken_links=4, steady_frame="home", adapted="none",
    delivery="locked", shipping_markup=False, phone="premium", returns="none", mediator="none", product="poor",
    warranty="none", accessible="poor", texts="filler", pressure="ticked", certificate="expired",
    payment="own fields", errors=2, slow_seconds=0.55, headers="none", trackers="first", scripts="insecure",
)  # fmt: skip
TRAITS = {Variant.GOOD: GOOD, Variant.MEDIOCRE: MEDIOCRE, Variant.BAD: BAD}
