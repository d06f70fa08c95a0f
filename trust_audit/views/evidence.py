"""Findings and evidence of a criterion; the only way a stored file leaves the house."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.rules import Act
from trust_audit.forms import AddressForm, CallForm, FileForm, FindingForm, OrderForm
from trust_audit.models import Audit, Evidence, Finding
from trust_audit.selectors.scores import local_day
from trust_audit.services import evidence as services
from trust_audit.services.refusals import Refused
from trust_audit.states import Impact, Proof
from trust_audit.views.access import audit_for, back_when_refused


@require_POST
@back_when_refused("trust:criterion")
def add(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Keep what the form of one kind says: a finding, a file, an address, a call or a test order."""
    audit = audit_for(request, pk, Act.EDIT)
    get_object_or_404(audit.results, code=code)
    adders = {
        "finding": _finding,
        "file": _file,
        "url": _address,
        "call": _call,
        "order": _order,
    }
    adder = adders.get(request.POST.get("kind", ""))
    if adder is None:
        raise Refused("unknown_kind")
    adder(request, audit, code)
    return redirect("trust:criterion", pk, code)


def _valid(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        raise Refused("form_incomplete")
    data: dict[str, Any] = form.cleaned_data
    return data


def _finding(request: HttpRequest, audit: Audit, code: str) -> None:
    data = _valid(FindingForm(request.POST))
    services.add_finding(
        audit=audit, code=code, text=data["text"], impact=Impact(data["impact"]),
        page=audit.pages.filter(pk=data["page"]).first() if data["page"] else None,
        by=request.user, now=timezone.now(),  # type: ignore[arg-type]
    )  # fmt: skip


def _file(request: HttpRequest, audit: Audit, code: str) -> None:
    data = _valid(FileForm(request.POST, request.FILES))
    services.add_file(
        audit=audit, code=code, file=data["file"], caption=data["caption"],
        captured_on=data["captured_on"] or timezone.localdate(), by=request.user,  # type: ignore[arg-type]
        now=timezone.now(),
    )  # fmt: skip


def _record(request: HttpRequest, audit: Audit, code: str, kind: Proof, **fields: Any) -> None:
    services.add_record(
        audit=audit, code=code, kind=kind, by=request.user, now=timezone.now(), **fields  # type: ignore[arg-type]
    )  # fmt: skip


def _address(request: HttpRequest, audit: Audit, code: str) -> None:
    data = _valid(AddressForm(request.POST))
    _record(
        request, audit, code, Proof.URL, data={}, captured_on=timezone.localdate(), url=data["url"],
        caption=data["caption"],
    )  # fmt: skip


def _call(request: HttpRequest, audit: Audit, code: str) -> None:
    data = _valid(CallForm(request.POST))
    said = {
        "called_at": data["called_at"].isoformat(),
        "waited_seconds": data["waited_seconds"],
        "solved": data["solved"],
    }
    _record(request, audit, code, Proof.CALL, data=said, captured_on=local_day(data["called_at"]))


def _order(request: HttpRequest, audit: Audit, code: str) -> None:
    data = _valid(OrderForm(request.POST))
    said = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in data.items()}
    _record(request, audit, code, Proof.ORDER, data=said, captured_on=data["ordered_on"])


def _evidence(request: HttpRequest, pk: int, act: Act = Act.SEE) -> Evidence:
    rows = Evidence.objects.visible_to(request.user, act).select_related("result", "audit")
    return get_object_or_404(rows, pk=pk)


@require_safe
def stored_file(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    return handed_out(_evidence(request, pk))


def handed_out(evidence: Evidence) -> HttpResponse:
    """The file as a download that no browser guesses about; a picture is named one only while its first
    bytes still say so."""
    try:
        content = services.content_of(evidence)
    except FileNotFoundError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type=services.picture_type(content) or services.OTHER)
    response.headers["Content-Disposition"] = f'attachment; filename="{evidence.file_name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


@require_POST
@back_when_refused("trust:evidence")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    one = _evidence(request, pk, Act.EDIT)
    services.confirm(evidence=one, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    return _back(one)


@require_POST
@back_when_refused("trust:evidence")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    one = _evidence(request, pk, Act.EDIT)
    if one.result is None:
        raise Refused("signed")
    back = _back(one)
    services.remove_evidence(evidence=one)
    return back


@require_safe
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a piece of evidence stands: the page of its criterion."""
    return _back(_evidence(request, pk))


def _back(one: Evidence) -> HttpResponse:
    if one.result is None:
        return redirect("trust:audit", one.audit_id)
    return redirect("trust:criterion", one.audit_id, one.result.code)


@require_POST
@back_when_refused("trust:finding")
def remove_finding(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Finding.objects.visible_to(request.user, Act.EDIT).select_related("result__audit")
    finding = get_object_or_404(rows, pk=pk)
    result = finding.result
    services.remove_finding(finding=finding)
    return redirect("trust:criterion", result.audit_id, result.code)


@require_safe
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a finding stands: the page of its criterion."""
    one = get_object_or_404(Finding.objects.visible_to(request.user).select_related("result"), pk=pk)
    return redirect("trust:criterion", one.result.audit_id, one.result.code)
