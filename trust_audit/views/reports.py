"""The report of an audit: to read, to print, as PDF, as data, and shared without log-in."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.rights import may
from accounts.rules import Act
from common.exports import csv_response
from common.htmx import page
from trust_audit import reporting
from trust_audit.forms import ShareForm
from trust_audit.models import Audit, ShareLink
from trust_audit.selectors.report import CSV_HEADER, csv_rows, report_json, report_of
from trust_audit.selectors.scores import scored
from trust_audit.services import followup
from trust_audit.services.refusals import Refused
from trust_audit.views.access import audit_for, back_when_refused
from trust_audit.views.evidence import handed_out


@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    audit = audit_for(request, pk)
    found = scored(audit, timezone.localdate())
    context = {
        "report": report_of(found),
        "pdf": reporting.pdf_is_possible(),
        "exportable": may(request.user, Act.EXPORT),
        "printed_at": timezone.now(),
    }
    return page(request, "trust_audit/report.html", context)


def _exported(request: HttpRequest, pk: int) -> Audit:
    audit = audit_for(request, pk)
    if not may(request.user, Act.EXPORT):
        raise PermissionDenied
    return audit


@require_safe
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    audit = _exported(request, pk)
    if not reporting.pdf_is_possible():
        raise Http404
    content = reporting.as_pdf(scored(audit, timezone.localdate()), timezone.now())
    return _download(content, reporting.file_name(audit, "pdf"), "application/pdf")


def _download(content: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def as_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    audit = _exported(request, pk)
    rows = csv_rows(scored(audit, timezone.localdate()))
    return csv_response(reporting.file_name(audit, "csv"), CSV_HEADER, rows)


@require_safe
def as_json(request: HttpRequest, pk: int) -> JsonResponse:
    audit = _exported(request, pk)
    response = JsonResponse(
        report_json(scored(audit, timezone.localdate())),
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{reporting.file_name(audit, "json")}"'
    return response


@require_POST
@back_when_refused("trust:audit")
def share(request: HttpRequest, pk: int) -> HttpResponse:
    audit = audit_for(request, pk, Act.EXPORT)
    form = ShareForm(request.POST)
    if not form.is_valid():
        raise Refused("form_incomplete")
    data, user = form.cleaned_data, request.user
    followup.share(audit=audit, note=data["note"], days=data["days"], by=user, now=timezone.now())  # type: ignore[arg-type]
    return redirect("trust:audit", pk)


@require_POST
def unshare(request: HttpRequest, pk: int, link_pk: int) -> HttpResponse:
    audit = audit_for(request, pk, Act.EXPORT)
    followup.revoke(link=get_object_or_404(ShareLink, audit=audit, pk=link_pk), now=timezone.now())
    return redirect("trust:audit", pk)


def _shared(token: str) -> ShareLink:
    """The link of a token that is still good; a wrong, ended or revoked one is not found."""
    link = reporting.link_of(token)
    if link is None or link.revoked_at is not None or link.expires_at <= timezone.now():
        raise Http404
    return link


def _unlisted(response: Any) -> Any:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@login_not_required
@require_safe
@never_cache
def shared(request: HttpRequest, token: str) -> HttpResponse:
    link = _shared(token)
    found = scored(link.audit, timezone.localdate())
    context = {
        "report": report_of(found), "link": link, "token": token, "printed_at": timezone.now(),
    }  # fmt: skip
    return _unlisted(page(request, "trust_audit/report.html", context))


@login_not_required
@require_safe
@never_cache
def shared_file(request: HttpRequest, token: str, evidence_pk: int) -> HttpResponse:
    """A picture of the annex of a shared report."""
    link = _shared(token)
    rows = link.audit.evidence.filter(result__isnull=False, content_type__startswith="image/")
    return _unlisted(handed_out(get_object_or_404(rows, pk=evidence_pk)))
