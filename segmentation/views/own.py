"""A company's own segmentation: imported or by rules, mapped to playbooks, put in force."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rights import may
from accounts.rules import Act
from common.htmx import page
from common.reading.refusals import FileRefused
from segmentation.forms.own import ImportForm, NewRulesForm, PlaybookForm, SegmentForm, sentence
from segmentation.importers import open_segments
from segmentation.models import OwnSegment, OwnSegmentation
from segmentation.rules.own import Method
from segmentation.selectors.own import known_counts, own_in_force, preview, segments_in_order
from segmentation.selectors.runs import published_run
from segmentation.services.own import (
    MAX_SEGMENTS,
    ImportResult,
    TooManySegments,
    create_by_rules,
    delete_segment,
    import_segments,
    move_segment,
    put_in_force,
    save_segment,
)
from segmentation.views import user_of

READ_AND_WRITE = ["GET", "HEAD", "POST"]


def _check(request: HttpRequest) -> None:
    """It counts for everybody: whoever sets thresholds sets it too."""
    if not may(request.user, Act.CONFIGURE):
        raise PermissionDenied


@require_safe
def own_list(request: HttpRequest) -> HttpResponse:
    rows = OwnSegmentation.objects.order_by("-in_force", "name").prefetch_related("segments")
    context = {"rows": rows, "in_force": own_in_force(), "may_set": may(request.user, Act.CONFIGURE)}
    return page(request, "segmentation/own/list.html", context)


@require_http_methods(READ_AND_WRITE)
def own_import(request: HttpRequest) -> HttpResponse:
    _check(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and (result := _import(request, form)):
        _say(request, result)
        return redirect("segmentation:own_detail", pk=result.segmentation.pk)
    context = {"form": form}
    return page(request, "segmentation/own/import.html", context, status=422 if form.errors else 200)


def _import(request: HttpRequest, form: ImportForm) -> ImportResult | None:
    file = form.cleaned_data["file"]
    with tempfile.TemporaryDirectory(prefix="cmix-segments-") as folder:
        path = Path(folder) / f"segments{''.join(Path(file.name).suffixes)[-8:]}"
        with path.open("wb") as written:
            for chunk in file.chunks():
                written.write(chunk)
        try:
            with open_segments(path, file.name) as rows:
                return import_segments(
                    rows=rows, name=form.cleaned_data["name"], by=user_of(request), now=timezone.now()
                )
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
        except TooManySegments:
            most = {"most": MAX_SEGMENTS}
            form.add_error(
                "file", _("More than %(most)s different segments: is this the right column?") % most
            )
    return None


def _say(request: HttpRequest, result: ImportResult) -> None:
    said = {"clients": result.clients, "changed": result.changed}
    messages.success(request, _("%(clients)s clients have a segment; %(changed)s changed.") % said)
    for reason, count in result.rejected.items():
        refs = ", ".join(f"{ref or '–'} ({line})" for line, ref, why in result.examples[:5] if why == reason)
        messages.warning(request, _REJECTED[reason]() % {"count": count, "examples": refs})


_REJECTED = {
    "unknown": lambda: _("%(count)s rows name a client that is not known: %(examples)s."),
    "twice": lambda: _(
        "%(count)s rows name a client again with another segment; the first counts: %(examples)s."
    ),
    "empty": lambda: _("%(count)s rows have no reference or no segment: %(examples)s."),
}


@require_http_methods(READ_AND_WRITE)
def own_create(request: HttpRequest) -> HttpResponse:
    _check(request)
    form = NewRulesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = create_by_rules(name=form.cleaned_data["name"], by=user_of(request), now=timezone.now())
        return redirect("segmentation:own_detail", pk=made.pk)
    context = {
        "form": form, "headline": _("New segmentation by rules"),
        "lead": _("Rules are asked one after the other; the first that fits a client gives the segment."),
    }  # fmt: skip
    return page(request, "generic/form.html", context)


@require_safe
def own_detail(request: HttpRequest, pk: int) -> HttpResponse:
    _check(request)
    segmentation, run = get_object_or_404(OwnSegmentation, pk=pk), published_run()
    asked = "preview" in request.GET and run is not None
    counts = known_counts(segmentation)
    context: dict[str, Any] = {
        "segmentation": segmentation, "run": run, "by_rules": segmentation.method == Method.RULES,
        "previewed": preview(segmentation, run.as_of) if asked and run else [],
        "rows": [
            {
                "segment": segment, "clients": counts.get(segment.pk), "form": PlaybookForm(instance=segment, auto_id=False),
                "rule": [sentence(condition) for condition in segment.rule],
            }
            for segment in segments_in_order(segmentation)
        ],
    }  # fmt: skip
    return page(request, "segmentation/own/detail.html", context)


@require_POST
def own_activate(request: HttpRequest, pk: int) -> HttpResponse:
    _check(request)
    segmentation = get_object_or_404(OwnSegmentation, pk=pk)
    put_in_force(segmentation=segmentation, now=timezone.now())
    messages.success(
        request, _("“%(name)s” is in force; all clients were placed again.") % {"name": segmentation}
    )
    return redirect("segmentation:own_list")


@require_POST
def own_stop(request: HttpRequest) -> HttpResponse:
    _check(request)
    put_in_force(segmentation=None, now=timezone.now())
    messages.success(request, _("The grid is in force again; all clients were placed again."))
    return redirect("segmentation:own_list")


@require_http_methods(READ_AND_WRITE)
def segment_create(request: HttpRequest, pk: int) -> HttpResponse:
    _check(request)
    segmentation = get_object_or_404(OwnSegmentation, pk=pk, method=Method.RULES.value)
    return _segment_form(request, OwnSegment(segmentation=segmentation))


@require_http_methods(READ_AND_WRITE)
def segment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    _check(request)
    segment = get_object_or_404(OwnSegment.objects.select_related("segmentation"), pk=pk)
    return _segment_form(request, segment)


def _segment_form(request: HttpRequest, segment: OwnSegment) -> HttpResponse:
    form = SegmentForm(request.POST or None, instance=segment)
    if request.method == "POST" and form.is_valid():
        saved = form.save(commit=False)
        save_segment(segment=saved, conditions=form.conditions(), by=user_of(request), now=timezone.now())
        return redirect("segmentation:own_detail", pk=segment.segmentation_id)
    context = {"form": form, "segment": segment, "by_rules": segment.segmentation.method == Method.RULES}
    return page(request, "segmentation/own/segment.html", context, status=422 if form.errors else 200)


@require_POST
def segment_map(request: HttpRequest, pk: int) -> HttpResponse:
    """Which playbook a segment is played by."""
    _check(request)
    segment = get_object_or_404(OwnSegment, pk=pk)
    form = PlaybookForm(request.POST, instance=segment)
    if form.is_valid():
        form.save()
    return redirect("segmentation:own_detail", pk=segment.segmentation_id)


@require_POST
def segment_move(request: HttpRequest, pk: int) -> HttpResponse:
    _check(request)
    segment = get_object_or_404(OwnSegment.objects.select_related("segmentation"), pk=pk)
    if request.POST.get("to") == "away":
        delete_segment(segment=segment)
    else:
        move_segment(segment=segment, up=request.POST.get("to") == "up")
    return redirect("segmentation:own_detail", pk=segment.segmentation_id)
