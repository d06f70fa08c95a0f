"""Hosts that say what something is: issuers of seals, payment providers, trackers, review services, networks.

An editable starting list, written down from general knowledge and not checked against the companies' pages: what
rests on it is a proposal that a person decides on. A host stands for its subdomains too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Seal:
    """``strength`` is the level of SEAL-01: 2 a federation's charter, 3 an audited code, 4 a certified body."""

    issuer: str
    strength: int


SEALS: Mapping[str, Seal] = {
    "fevad.com": Seal("FEVAD", 2),
    "mediateurfevad.fr": Seal("FEVAD", 2),
    "trustedshops.com": Seal("Trusted Shops", 3),
    "trustedshops.fr": Seal("Trusted Shops", 3),
    "trustedshops.de": Seal("Trusted Shops", 3),
    "ehi-siegel.de": Seal("EHI Geprüfter Online-Shop", 3),
    "safe.shop": Seal("Safe.Shop", 3),
    "thuiswinkel.org": Seal("Thuiswinkel Waarborg", 3),
    "becom.digital": Seal("BeCommerce", 3),
    "confianzaonline.es": Seal("Confianza Online", 3),
    "bcorporation.net": Seal("B Corp", 3),
    "afnor.org": Seal("AFNOR Certification", 4),
    "marque-nf.com": Seal("AFNOR Certification", 4),
    "tuvsud.com": Seal("TÜV SÜD", 4),
    "bureauveritas.fr": Seal("Bureau Veritas", 4),
    # Of the demo shop: no name below .localhost leaves the machine.
    "label.localhost": Seal("Label Boutique vérifiée (demo)", 4),
}
PAYMENT_PROVIDERS = {
    "stripe.com": "Stripe", "paypal.com": "PayPal", "adyen.com": "Adyen", "mollie.com": "Mollie",
    "payplug.com": "PayPlug", "worldline.com": "Worldline", "worldline-solutions.com": "Worldline",
    "sips-services.com": "Mercanet/Sips", "lyra.com": "Lyra", "payzen.eu": "PayZen", "systempay.fr": "Systempay",
    "monetico-services.com": "Monetico", "checkout.com": "Checkout.com", "klarna.com": "Klarna", "getalma.eu": "Alma",
    "almapay.com": "Alma", "hipay.com": "HiPay", "hipay-tpp.com": "HiPay", "braintreegateway.com": "Braintree",
    "squareup.com": "Square", "up2pay.com": "Up2pay", "paybox.com": "Paybox", "oney.fr": "Oney",
}  # fmt: skip
TRACKERS = {
    "google-analytics.com": "Google Analytics", "googletagmanager.com": "Google Tag Manager",
    "doubleclick.net": "DoubleClick", "googleadservices.com": "Google Ads", "facebook.net": "Meta Pixel",
    "hotjar.com": "Hotjar", "clarity.ms": "Microsoft Clarity", "bat.bing.com": "Microsoft Ads", "criteo.com": "Criteo",
    "criteo.net": "Criteo", "tiktok.com": "TikTok", "snap.licdn.com": "LinkedIn Insight", "licdn.com": "LinkedIn Insight",
    "ads-twitter.com": "X Ads", "pinimg.com": "Pinterest Tag", "sc-static.net": "Snap Pixel", "segment.com": "Segment",
    "mixpanel.com": "Mixpanel", "fullstory.com": "FullStory", "mouseflow.com": "Mouseflow", "taboola.com": "Taboola",
    "outbrain.com": "Outbrain", "adnxs.com": "Xandr", "contentsquare.net": "Contentsquare", "kameleoon.eu": "Kameleoon",
    "abtasty.com": "AB Tasty", "hs-scripts.com": "HubSpot", "klaviyo.com": "Klaviyo",
}  # fmt: skip
REVIEW_SERVICES = {
    "avis-verifies.com": "Avis Vérifiés", "skeepers.io": "Skeepers", "trustpilot.com": "Trustpilot",
    "societe-des-avis-garantis.fr": "Société des Avis Garantis", "trustedshops.com": "Trusted Shops",
    "ekomi.fr": "eKomi", "ekomi.com": "eKomi", "yotpo.com": "Yotpo", "judge.me": "Judge.me",
    "guest-suite.com": "Guest Suite", "reviews.io": "Reviews.io", "feefo.com": "Feefo",
}  # fmt: skip
AFFILIATE_HOSTS = {
    "awin1.com", "awin.com", "tradedoubler.com", "effiliation.com", "kwanko.com", "metaffiliation.com",
    "linksynergy.com", "shareasale.com", "jdoqocy.com", "anrdoezrs.net", "tkqlhce.com", "dpbolvw.net",
    "prf.hn", "go2cloud.org", "ebay.us", "amzn.to", "timeone.pro", "public-idees.com",
}  # fmt: skip
SOCIAL_HOSTS = {
    "facebook.com", "instagram.com", "linkedin.com", "x.com", "twitter.com", "youtube.com", "pinterest.com",
    "pinterest.fr", "tiktok.com", "threads.net", "mastodon.social", "bsky.app", "maps.app.goo.gl", "tripadvisor.fr",
    "tripadvisor.com", "pagesjaunes.fr", "vimeo.com",
}  # fmt: skip
FREE_MAIL = {
    "gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.fr", "live.com",
    "yahoo.com", "yahoo.fr", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "laposte.net", "bbox.fr", "icloud.com",
    "gmx.com", "gmx.fr", "gmx.de", "aol.com", "proton.me", "protonmail.com", "mail.com", "web.de", "neuf.fr",
}  # fmt: skip


def belongs(host: str, registered: str) -> bool:
    return host == registered or host.endswith(f".{registered}")


def listed(host: str, table: Mapping[str, T]) -> T | None:
    """The entry of the host or of a domain above it."""
    labels = host.split(".")
    return next((table[name] for n in range(len(labels)) if (name := ".".join(labels[n:])) in table), None)


def is_listed(host: str, names: set[str]) -> bool:
    return any(belongs(host, name) for name in names)
