"""The report as a file, and the links that show it to others."""

import importlib.util
import logging
from base64 import b64encode
from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare
from django.utils.text import slugify

from trust_audit.models import Audit, Evidence, ShareLink
from trust_audit.selectors.report import report_of
from trust_audit.selectors.scores import Scored
from trust_audit.services.evidence import content_of

# It tells every step of every page.
logging.getLogger("weasyprint").setLevel(logging.ERROR)
SALT = "trust_audit.share"
PICTURE = "evidence:"


@cache
def pdf_is_possible() -> bool:
    """WeasyPrint is an extra, and needs pango of the system."""
    if importlib.util.find_spec("weasyprint") is None:
        return False
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return False
    return True


def file_name(audit: Audit, suffix: str) -> str:
    return f"trust-{slugify(audit.site.name) or 'site'}-{audit.pk}.{suffix}"


def as_html(found: Scored, printed_at: datetime) -> str:
    """The report as one file that needs no other."""
    pictures = {one.pk: _data_url(one) for rows in found.evidence.values() for one in rows if one.is_picture}
    context = {
        "report": report_of(found),
        "printed_at": printed_at,
        "company": settings.CMIX_COMPANY,
        "pictures": pictures,
    }
    css = (Path(settings.BASE_DIR) / "static" / "css" / "report.css").read_text(encoding="utf-8")
    html = render_to_string("trust_audit/report_file.html", context)
    return html.replace("</head>", f"<style>{css}</style></head>", 1)


def _data_url(one: Evidence) -> str:
    try:
        return f"data:{one.content_type};base64,{b64encode(content_of(one)).decode()}"
    except FileNotFoundError:
        return ""


def as_pdf(found: Scored, printed_at: datetime) -> bytes:
    """The same file on paper. Nothing is fetched: what is not in the file stays away."""
    import weasyprint

    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=["data"], allow_redirects=False)
    html = weasyprint.HTML(string=as_html(found, printed_at), url_fetcher=fetcher)
    content: bytes = html.write_pdf(pdf_variant="pdf/ua-1")
    return content


def token_of(link: ShareLink) -> str:
    return signing.Signer(salt=SALT).sign(f"{link.pk}.{link.secret}")


def link_of(token: str) -> ShareLink | None:
    """The link of a token that was signed here, whether it still holds or not."""
    try:
        pk, _, secret = signing.Signer(salt=SALT).unsign(token).partition(".")
    except signing.BadSignature:
        return None
    link: ShareLink | None = (
        ShareLink.objects.select_related("audit__site", "audit__lead", "audit__signed_by")
        .filter(pk=int(pk) if pk.isdigit() else 0)
        .first()
    )
    return link if link and constant_time_compare(link.secret, secret) else None
