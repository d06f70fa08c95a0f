"""Addresses of pages: one spelling each, which belong to the site, which are never followed."""

import re
from ipaddress import ip_address
from urllib.parse import parse_qsl, urljoin, urlsplit, urlunsplit

from trust_audit.crawling.lexicon import folded

MAX_LENGTH = 2000
# Facets and searches multiply pages without end.
MAX_PARAMETERS = 2
FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|css|m?js|json|xml|rss|atom|pdf|zip|gz|tar|7z|rar|exe|dmg|apk|"
    r"mp[34]|avi|mov|webm|ogg|wav|woff2?|ttf|eot|docx?|xlsx?|pptx?|odt|ods|csv)$",
    re.IGNORECASE,
)
# Pages that change something, need an account, or hold what is the visitor's own.
ACTING = re.compile(
    r"(?:^|[^a-z])(?:log-?out|sign-?out|deconnexion|logoff|add-?to-?(?:cart|basket)|ajouter|cart|basket|panier|"
    r"checkout|commander|wishlist|compare|comparer|unsubscribe|desabonn\w*|delete|supprimer|remove)(?:[^a-z]|$)"
)
# Public suffixes of two labels that shops use; a longer list would be out of date as soon.
TWO_LABELS = {
    "co.uk", "org.uk", "com.au", "co.nz", "co.jp", "com.br", "co.za", "com.tr", "co.in", "com.mx", "com.pl",
    "com.es", "com.pt", "gouv.fr", "com.fr", "asso.fr",
}  # fmt: skip


def cleaned(url: str) -> str | None:
    """The address without fragment, host in small letters, no default port; ``None`` when it is no web address."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or not host or len(url) > MAX_LENGTH or "@" in parts.netloc:
        return None
    if ":" in host:
        host = f"[{host}]"
    if port is not None and port != (443 if parts.scheme == "https" else 80):
        host = f"{host}:{port}"
    return urlunsplit((parts.scheme, host, parts.path or "/", parts.query, ""))


def joined(base: str, href: str) -> str | None:
    if len(href) > MAX_LENGTH:
        return None
    try:
        return cleaned(urljoin(base, href.strip()))
    except ValueError:
        return None


def host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def site_of(url: str) -> str:
    """Host and port without ``www.``: what is the same site, whatever the scheme."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower().removeprefix("www.")
    port = parts.port
    return host if port in (None, 80, 443) else f"{host}:{port}"


def is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def registrable(host: str) -> str:
    """The domain somebody registered: two labels, three below the suffixes known to be double."""
    if is_address(host):
        return host
    labels = host.lower().strip(".").split(".")
    keep = 3 if ".".join(labels[-2:]) in TWO_LABELS else 2
    return ".".join(labels[-keep:])


def is_page(url: str) -> bool:
    """Whether a polite robot would open the address as a page."""
    parts = urlsplit(url)
    if FILES.search(parts.path):
        return False
    if len(parse_qsl(parts.query, keep_blank_values=True)) > MAX_PARAMETERS:
        return False
    return not ACTING.search(folded(f"{parts.path}?{parts.query}"))
