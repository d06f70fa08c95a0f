from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from common.exports import csv_response
from common.htmx import page
from common.reading.labels import DATE_FORMATS, DECIMAL_MARKS, REFUSALS
from common.reading.refusals import FileRefused
from common.reading.rejects import read_rejects
from common.reading.shapes import Mapping
from common.wording import explain
from intake import catalogue, undoing
from intake.catalogue import OFFERS, Offer, offers_for
from intake.forms import ConfirmForm, MappingForm, UploadForm
from intake.imports import (
    UNDO_KIND,
    ask_undo,
    choose_mapping,
    confirm,
    path_of,
    remembered_mapping,
    upload,
    uploaded_file,
)
from intake.models import RecordImport
from intake.presets import NAMES
from intake.reading import SAID, PreviewCell, head
from intake.rules import Kind, State
from intake.selectors import recent_imports, same_file_before, shown_obstacles

OPEN = (State.UPLOADED, State.TRIED)


def _importer(request: HttpRequest) -> User:
    user = cast(User, request.user)  # the middleware lets nobody else in
    if not user.may_import:
        raise PermissionDenied
    return user


def _visible(request: HttpRequest, pk: int) -> RecordImport:
    imports = RecordImport.objects.visible_to(request.user)
    return get_object_or_404(imports.select_related("job", "imported_by", "owner_of_new", "batch"), pk=pk)


def _offer(record_import: RecordImport) -> Offer:
    return OFFERS[Kind(record_import.kind)]


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Step 1, and what was imported before."""
    user = _importer(request)
    offers = offers_for(user)
    asked = request.GET.get("kind", "")
    initial = {"kind": asked if asked in {offer.kind.value for offer in offers} else offers[0].kind.value}
    form = UploadForm(request.POST or None, request.FILES or None, offers=offers, initial=initial)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            uploaded = upload(file=file, name=file.name, kind=form.chosen, user=user)
            _tell_known(request, uploaded)
            return redirect(uploaded)
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
    chosen = form["kind"].value()
    context = {"form": form, "imports": recent_imports(user), "step": 1, "offers": offers, "chosen": chosen}
    return page(request, "intake/imports.html", context, status=422 if form.errors else 200)


def _tell_known(request: HttpRequest, uploaded: RecordImport) -> None:
    """The same bytes again do no harm, but a person may have meant another file."""
    if before := same_file_before(uploaded, request.user):
        day = date_format(timezone.localtime(before.finished_at), "SHORT_DATE_FORMAT")
        messages.info(
            request,
            _(
                "The same file was imported on %(day)s; importing it again with the same columns changes nothing."
            )
            % {"day": day},
        )


@require_safe
def sample(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """A small file of a kind, in the words of the reader's language, ready to be filled."""
    user = _importer(request)
    offer = next((offer for offer in offers_for(user) if offer.kind == kind), None)
    if offer is None:
        raise Http404
    header, rows = offer.sample_table()
    return csv_response(f"sample-{offer.kind}.csv", header, rows)


@require_safe
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The step at which this import stands."""
    record_import = _visible(request, pk)
    if record_import.state == State.UPLOADED:
        if not record_import.mapping:
            return redirect("intake:import_columns", pk)
        return _preview(request, record_import, ConfirmForm(offer=_offer(record_import)))
    return _outcome(
        request, record_import, ConfirmForm(offer=_offer(record_import), initial=_said(record_import))
    )


def _said(record_import: RecordImport) -> dict[str, str]:
    return {
        "mode": record_import.mode, "legal_basis": record_import.legal_basis, "source": record_import.source
    }  # fmt: skip


def _preview(
    request: HttpRequest, record_import: RecordImport, form: ConfirmForm, status: int = 200
) -> HttpResponse:
    offer = _offer(record_import)
    context: dict[str, Any] = {
        "import": record_import, "step": 3, "refused": "", "preview": None, "form": form, "offer": offer,
    }  # fmt: skip
    mapping = Mapping.from_json(record_import.mapping)
    try:
        seen = catalogue.preview(
            offer, uploaded_file(record_import), record_import.file_name, mapping, user=request.user,
            today=timezone.localdate(), zone=timezone.get_current_timezone(),
        )  # fmt: skip
    except FileRefused as refusal:
        return page(request, "intake/preview.html", context | {"refused": str(refusal)}, status=status)
    heads = _heads(seen.header, mapping, offer)
    used = [at for at, (_name, meaning) in enumerate(heads) if meaning]
    others = [at for at, (_name, meaning) in enumerate(heads) if not meaning]
    context |= {
        "preview": seen,
        "date_format": DATE_FORMATS.get(seen.described["date_format"], seen.described["date_format"]),
        "decimal_mark": DECIMAL_MARKS[seen.described["decimal_mark"]],
        "rows": [
            (
                row, _reasons(offer, row.problems), _cells(row.cells, used),
                _cells(row.cells, others) + row.cells[len(heads) :],
            )
            for row in seen.rows
        ],
        "used": [heads[at] for at in used], "others": [heads[at][0] for at in others],
        "reasons": [
            (offer.label_of(problem.field), catalogue.reason_of(offer.kind, problem.code), count)
            for problem, count in seen.rejected.items()
        ],
    }  # fmt: skip
    return page(request, "intake/preview.html", context, status=status)


def _cells(cells: list[PreviewCell], places: list[int]) -> list[PreviewCell]:
    """Those at ``places``; a row may end before."""
    return [cells[at] if at < len(cells) else ("", False, False) for at in places]


def _reasons(offer: Offer, problems: list[Any]) -> str:
    said = []
    for problem in problems:
        label, words = offer.label_of(problem.field), catalogue.reason_of(offer.kind, problem.code)
        said.append(_("%(field)s: %(reason)s") % {"field": label, "reason": words} if label else words)
    return " ".join(said)


def _heads(header: list[str], mapping: Mapping, offer: Offer) -> list[tuple[str, str]]:
    meant = {column: offer.label_of(field) for field, column in mapping.columns.items()}
    return [(name, meant.get(name, "")) for name in header]


def _outcome(
    request: HttpRequest, record_import: RecordImport, form: ConfirmForm, status: int = 200
) -> HttpResponse:
    counts = record_import.counts
    offer = _offer(record_import)
    known = catalogue.known_codes(offer.kind)
    reason = request.GET.get("reason") if request.GET.get("reason") in known else None
    rows = (
        read_rejects(path_of(record_import.rejects_stored_as), reason)
        if record_import.rejects_stored_as
        else []
    )
    rejected = counts.get("rejected", {})
    context = {
        "import": record_import, "step": 4, "counts": counts, "chosen": reason, "form": form, "offer": offer,
        "problem": explain(record_import.problem, REFUSALS) if record_import.problem else "",
        "reasons": [(code, catalogue.reason_of(offer.kind, code), count) for code, count in rejected.items()],
        "rejected": sum(rejected.values()), "rows": rows, "undoing": _is_undoing(record_import),
        "undo_until": undoing.undoable_until(record_import), "may_undo": _may_undo(record_import),
        "undo_refused": _undo_refused(record_import), "is_orders": offer.kind == Kind.ORDERS,
    }  # fmt: skip
    return page(request, "intake/outcome.html", context, partial="rejects" if reason else "", status=status)


def _is_undoing(record_import: RecordImport) -> bool:
    job = record_import.job
    return bool(job and job.kind == UNDO_KIND and not job.is_over and record_import.state == State.DONE)


def _undo_refused(record_import: RecordImport) -> bool:
    """An undoing met something that came between its asking and its doing."""
    job = record_import.job
    return bool(job and job.kind == UNDO_KIND and job.is_over and record_import.state == State.DONE)


def _may_undo(record_import: RecordImport) -> bool:
    try:
        undoing.check(record_import, timezone.now())
    except undoing.CannotUndo:
        return False
    return not _is_undoing(record_import)


@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Step 2: which column holds what."""
    record_import = _visible(request, pk)
    if record_import.state not in OPEN:
        return redirect(record_import)
    offer = _offer(record_import)
    context: dict[str, Any] = {
        "import": record_import,
        "step": 2,
        "refused": "",
        "form": None,
        "offer": offer,
    }
    try:
        header, rows = head(uploaded_file(record_import), record_import.file_name)
    except FileRefused as refusal:
        return page(request, "intake/columns.html", context | {"refused": str(refusal)})
    user = _importer(request)
    mapping, origin = _suggested(record_import, header, request.GET.get("preset", ""), user)
    form = MappingForm(
        request.POST or None, offer=offer, header=header, user=user, mapping=mapping,
        initial={"owner": record_import.owner_of_new_id or user.pk},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        choose_mapping(
            record_import=record_import, mapping=form.mapping(), owner=form.cleaned_data.get("owner"), header=header,
            user=user, now=timezone.now(),
        )  # fmt: skip
        RecordImport.objects.filter(pk=pk, state=State.TRIED).update(state=State.UPLOADED)
        return redirect(record_import)
    used = {column for column in mapping.columns.values() if not column.startswith(SAID)}
    context |= {
        "form": form, "header": header, "rows": rows, "origin": origin, "recognised": len(used & set(header)),
        "presets": [(name, NAMES.get(name, name)) for name in offer.fitting(header)],
    }  # fmt: skip
    return page(request, "intake/columns.html", context, status=422 if form.errors else 200)


def _suggested(record_import: RecordImport, header: list[str], asked: str, user: User) -> tuple[Mapping, str]:
    """The preset asked for, what was chosen before for this file or one of its layout, a preset that fits,
    else what the column names say; and where it comes from."""
    offer = _offer(record_import)
    fitting = offer.fitting(header)
    if asked in fitting:
        return fitting[asked], "preset"
    if record_import.mapping:
        return Mapping.from_json(record_import.mapping), "chosen"
    if remembered := remembered_mapping(kind=offer.kind, header=header, user=user):
        return remembered, "remembered"
    if fitting:
        return next(iter(fitting.values())), "preset"
    return offer.guess(header), "guessed"


@require_POST
def import_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Import the file, or only try it out."""
    record_import = _visible(request, pk)
    user = _importer(request)
    form = ConfirmForm(request.POST, offer=_offer(record_import))
    if record_import.state in OPEN and not form.is_valid():
        answer = _preview if record_import.state == State.UPLOADED else _outcome
        return answer(request, record_import, form, status=422)
    dry_run = request.POST.get("how") == "try"
    if record_import.state not in OPEN or not confirm(
        record_import=record_import, user=user, dry_run=dry_run, **form.choices
    ):
        messages.info(request, _("This import is on its way already."))
    return redirect(record_import)


@require_http_methods(["GET", "HEAD", "POST"])
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """What undoing would bring back, what stands in its way, and the button."""
    record_import = _visible(request, pk)
    user = _importer(request)
    if _is_undoing(record_import):
        return redirect(record_import)
    context: dict[str, Any] = {"import": record_import, "code": "", "obstacles": [], "counts": record_import.counts,
                               "until": undoing.undoable_until(record_import)}  # fmt: skip
    try:
        undoing.check(record_import, timezone.now())
        if request.method == "POST":
            ask_undo(record_import=record_import, user=user, now=timezone.now())
            return redirect(record_import)
        if obstacles := undoing.find_obstacles(record_import):
            raise undoing.CannotUndo("obstacles", obstacles)
    except undoing.CannotUndo as refused:
        context |= {"code": refused.code, "obstacles": shown_obstacles(refused.obstacles)}
    return page(request, "intake/undo.html", context, status=409 if request.method == "POST" else 200)


@require_safe
def import_rejects(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The rejected rows, as a download."""
    record_import = _visible(request, pk)
    if not record_import.rejects_stored_as or not path_of(record_import.rejects_stored_as).is_file():
        raise Http404
    response = FileResponse(
        path_of(record_import.rejects_stored_as).open("rb"), as_attachment=True,
        filename=f"rejected-rows-{record_import.pk}.csv", content_type="text/csv; charset=utf-8",
    )  # fmt: skip
    response["X-Content-Type-Options"] = "nosniff"
    return response
