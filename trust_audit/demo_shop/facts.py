"""What the probes must say of each variant, criterion by criterion: the planted facts as data.

``level`` for the criteria whose probe proposes one, ``None`` for hints. ``alarms`` are the codes of the reasons that
speak against the site (``probes/labels.py`` has their words); the good shop has none. TEC-01 holds over HTTPS.
"""

from dataclasses import dataclass

from trust_audit.demo_shop.traits import Variant


@dataclass(frozen=True)
class Planted:
    level: int | None
    alarms: tuple[str, ...] = ()


PROPOSING = (
    "BRD-01", "BRD-05", "BRD-06", "NAV-01", "NAV-02", "NAV-03", "NAV-06", "NAV-07", "ORD-01", "ORD-06", "ORD-09",
    "PRE-01", "PRE-03", "TEC-01", "TEC-03", "TEC-04", "TEC-05", "TEC-07",
)  # fmt: skip
HINTING = (
    "SEAL-01", "SEAL-02", "SEAL-03", "SEAL-04", "SEAL-05", "SEAL-06", "BRD-04", "NAV-04", "NAV-05", "NAV-08",
    "ORD-02", "ORD-03", "ORD-05", "ORD-08", "PRE-02", "PRE-05", "PRE-07", "PRE-08", "TEC-02", "TEC-06",
)  # fmt: skip
GOOD = {code: Planted(4) for code in PROPOSING} | {code: Planted(None) for code in HINTING}
MEDIOCRE = {
    "SEAL-01": Planted(None, ("seal.self",)),
    "SEAL-02": Planted(None),
    "SEAL-03": Planted(None, ("partners.not_linked",)),
    "SEAL-04": Planted(None, ("promise.no_conditions",)),
    "SEAL-05": Planted(None, ("reviews.undated", "reviews.unexplained")),
    "SEAL-06": Planted(None, ("affiliates.dead",)),
    "BRD-01": Planted(
        2, ("identity.no_vat", "identity.no_publisher", "identity.no_hosting", "identity.not_everywhere")
    ),
    "BRD-04": Planted(None, ("people.nobody",)),
    "BRD-05": Planted(2, ("profiles.dead", "profiles.no_link_back")),
    "BRD-06": Planted(2, ("domain.no_logo_link",)),
    "NAV-01": Planted(2, ("clicks.no_tracking",)),
    "NAV-02": Planted(2, ("level.hidden",)),
    "NAV-03": Planted(2, ("trail.not_usable",)),
    "NAV-04": Planted(None, ("search.not_everywhere",)),
    "NAV-05": Planted(None, ("labels.vague",)),
    "NAV-06": Planted(2, ("ends.broken", "ends.soft")),
    "NAV-07": Planted(2, ("frame.unsteady",)),
    "NAV-08": Planted(None, ("adapted.no_main", "adapted.no_skip_link")),
    "ORD-01": Planted(2, ("commitments.no_cost", "commitments.no_goods")),
    "ORD-02": Planted(None, ("date.not_on_product",)),
    "ORD-03": Planted(None, ("cost.none",)),
    "ORD-05": Planted(None, ("tracking.none",)),
    "ORD-06": Planted(2, ("phone.no_hours",)),
    "ORD-08": Planted(
        None, ("returns.no_form", "returns.no_refund", "returns.no_costs", "returns.no_function")
    ),
    "ORD-09": Planted(2, ("recourse.dead_odr", "recourse.no_site")),
    "PRE-01": Planted(2, ("products.no_reference", "products.no_characteristics")),
    "PRE-02": Planted(None, ("warranty.no_exclusions", "warranty.no_claim", "warranty.no_notice")),
    "PRE-03": Planted(2, ("prices.no_tax",)),
    "PRE-05": Planted(None, ("access.no_statement", "access.no_heading")),
    "PRE-07": Planted(None, ("texts.old_year",)),
    "PRE-08": Planted(None, ("persuasion.timer",)),
    "TEC-01": Planted(2, ("tls.soon", "tls.no_hsts")),
    "TEC-02": Planted(None, ("payment.no_provider", "payment.no_strong")),
    "TEC-03": Planted(2, ("running.failed",)),
    "TEC-04": Planted(4),
    "TEC-05": Planted(
        1, ("headers.no_csp", "headers.no_referrer", "headers.weak_cookies", "headers.no_hsts")
    ),
    "TEC-06": Planted(None, ("privacy.trackers",)),
    "TEC-07": Planted(2, ("loading.unchecked",)),
}
BAD = {
    "SEAL-01": Planted(None),
    "SEAL-02": Planted(None, ("seal.dead",)),
    "SEAL-03": Planted(None, ("partners.none",)),
    "SEAL-04": Planted(None, ("promise.none",)),
    "SEAL-05": Planted(None, ("reviews.none",)),
    "SEAL-06": Planted(None, ("affiliates.undisclosed", "affiliates.dead")),
    "BRD-01": Planted(
        0,
        (
            "identity.no_form", "identity.no_registration", "identity.no_vat", "identity.no_publisher",
            "identity.no_hosting", "identity.no_contact", "identity.not_everywhere",
        ),
    ),
    "BRD-04": Planted(None, ("people.no_page",)),
    "BRD-05": Planted(0, ("profiles.none",)),
    "BRD-06": Planted(0, ("domain.foreign_mail", "domain.no_logo_link", "domain.no_title")),
    "NAV-01": Planted(1, ("clicks.no_delivery", "clicks.no_legal", "clicks.no_returns", "clicks.no_tracking")),
    "NAV-02": Planted(0, ("level.hidden",)),
    "NAV-03": Planted(0, ("trail.none",)),
    "NAV-04": Planted(None, ("search.none",)),
    "NAV-05": Planted(None, ("labels.vague",)),
    "NAV-06": Planted(0, ("ends.broken", "ends.bare")),
    "NAV-07": Planted(0, ("frame.unsteady",)),
    "NAV-08": Planted(None, ("adapted.no_viewport", "adapted.no_main", "adapted.no_skip_link")),
    "ORD-01": Planted(0, ("commitments.locked",)),
    "ORD-02": Planted(None, ("date.none",)),
    "ORD-03": Planted(None, ("cost.none",)),
    "ORD-05": Planted(None, ("tracking.locked",)),
    "ORD-06": Planted(1, ("phone.premium",)),
    "ORD-08": Planted(
        None,
        ("returns.no_days", "returns.no_form", "returns.no_refund", "returns.no_costs", "returns.no_function"),
    ),
    "ORD-09": Planted(0, ("recourse.none",)),
    "PRE-01": Planted(
        0, ("products.no_name", "products.no_reference", "products.no_brand", "products.no_characteristics")
    ),
    "PRE-02": Planted(None, ("warranty.none",)),
    "PRE-03": Planted(1, ("prices.no_stock", "prices.no_tax", "prices.struck")),
    "PRE-05": Planted(
        None,
        ("access.no_statement", "access.no_lang", "access.no_alt", "access.no_label", "access.no_heading"),
    ),
    "PRE-07": Planted(None, ("texts.filler", "texts.other_language", "texts.old_year")),
    "PRE-08": Planted(None, ("persuasion.ticked", "persuasion.timer")),
    "TEC-01": Planted(0, ("tls.expired",)),
    "TEC-02": Planted(
        None, ("payment.own_fields", "payment.no_provider", "payment.no_means", "payment.no_strong")
    ),
    "TEC-03": Planted(1, ("running.failed",)),
    "TEC-04": Planted(2, ("speed.slow",)),
    "TEC-05": Planted(
        0,
        (
            "headers.no_csp", "headers.no_nosniff", "headers.no_frames", "headers.no_referrer", "headers.no_cookies",
            "headers.no_hsts",
        ),
    ),
    "TEC-06": Planted(None, ("privacy.early_cookies", "privacy.trackers", "privacy.no_refusal")),
    "TEC-07": Planted(0, ("loading.insecure",)),
}  # fmt: skip
PLANTED = {Variant.GOOD: GOOD, Variant.MEDIOCRE: MEDIOCRE, Variant.BAD: BAD}
