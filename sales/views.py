from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from common.htmx import page
from common.reading.conventions import guess_columns
from common.reading.labels import DATE_FORMATS, DECIMAL_MARKS, REFUSALS
from common.reading.refusals import FileRefused
from common.reading.rejects import read_rejects
from common.wording import explain
from sales.forms import MappingForm, MarginForm, UploadForm
from sales.importing import head, preview
from sales.imports import choose_mapping, confirm, path_of, upload, uploaded_file
from sales.labels import FIELDS, REJECTS
from sales.models import OrderImport
from sales.presets import PRESETS, USUAL_NAMES
from sales.rules import Field, ImportState, Mapping, Reject
from sales.selectors import margin_rows, recent_imports, same_file_before
from sales.services import set_assumed_margin


def _importer(request: HttpRequest) -> User:
    user = cast(User, request.user)  # the middleware lets nobody else in
    if not user.may_import:
        raise PermissionDenied
    return user


def _visible(request: HttpRequest, pk: int) -> OrderImport:
    imports = OrderImport.objects.visible_to(request.user)
    return get_object_or_404(imports.select_related("job", "imported_by", "owner_of_new"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Step 1, and what was imported before."""
    user = _importer(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            uploaded = upload(file=file, name=file.name, user=user)
            _tell_known(request, uploaded)
            return redirect(uploaded)
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
    context = {"form": form, "imports": recent_imports(user), "step": 1}
    return page(request, "sales/imports.html", context, status=422 if form.errors else 200)


def _tell_known(request: HttpRequest, uploaded: OrderImport) -> None:
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
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The step at which this import stands."""
    order_import = _visible(request, pk)
    if order_import.state == ImportState.UPLOADED:
        if not order_import.mapping:
            return redirect("sales:import_columns", pk)
        return _preview(request, order_import)
    return _outcome(request, order_import)


def _preview(request: HttpRequest, order_import: OrderImport) -> HttpResponse:
    context: dict[str, Any] = {"import": order_import, "step": 3, "refused": "", "preview": None}
    mapping = Mapping.from_json(order_import.mapping)
    try:
        seen = preview(
            uploaded_file(order_import), order_import.file_name, mapping, today=timezone.localdate()
        )
    except FileRefused as refusal:
        context["refused"] = str(refusal)
        return page(request, "sales/preview.html", context)
    context |= {
        "preview": seen,
        "date_format": DATE_FORMATS.get(seen.described["date_format"], seen.described["date_format"]),
        "decimal_mark": DECIMAL_MARKS[seen.described["decimal_mark"]],
        "rows": [(row, REJECTS[row.reason] if row.reason else "") for row in seen.rows],
        "heads": _heads(seen.header, mapping),
        "reasons": [(REJECTS[reason], count) for reason, count in seen.rejected.items()],
        "rejected": sum(seen.rejected.values()),
    }
    return page(request, "sales/preview.html", context)


def _heads(header: list[str], mapping: Mapping) -> list[tuple[str, str]]:
    meant = {column: str(FIELDS[Field(field)]) for field, column in mapping.columns.items()}
    return [(name, meant.get(name, "")) for name in header]


def _outcome(request: HttpRequest, order_import: OrderImport) -> HttpResponse:
    counts = order_import.counts
    reason = next((known for known in Reject if known == request.GET.get("reason")), None)
    rows = (
        read_rejects(path_of(order_import.rejects_stored_as), reason)
        if order_import.rejects_stored_as
        else []
    )
    context = {
        "import": order_import, "step": 4, "counts": counts, "chosen": reason,
        "problem": explain(order_import.problem, REFUSALS) if order_import.problem else "",
        "reasons": [(code, REJECTS[Reject(code)], count) for code, count in counts.get("rejected", {}).items()],
        "rejected": sum(counts.get("rejected", {}).values()),
        "rows": [(row, row.sentence) for row in rows],
    }  # fmt: skip
    return page(request, "sales/outcome.html", context, partial="rejects" if reason else "")


@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Step 2: which column holds what."""
    order_import = _visible(request, pk)
    if order_import.state != ImportState.UPLOADED:
        return redirect(order_import)
    context: dict[str, Any] = {"import": order_import, "step": 2, "refused": "", "form": None}
    try:
        header, rows = head(uploaded_file(order_import), order_import.file_name)
    except FileRefused as refusal:
        return page(request, "sales/columns.html", context | {"refused": str(refusal)})
    form = MappingForm(
        request.POST or None, header=header, user=_importer(request),
        mapping=_suggested(order_import, header, request.GET.get("preset", "")),
        initial={"owner": order_import.owner_of_new_id or request.user.pk},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        choose_mapping(order_import=order_import, mapping=form.mapping(), owner=form.cleaned_data["owner"])
        return redirect(order_import)
    context |= {"form": form, "header": header, "rows": rows, "presets": _fitting(header)}
    return page(request, "sales/columns.html", context, status=422 if form.errors else 200)


def _fitting(header: list[str]) -> list[str]:
    return [name for name, preset in PRESETS.items() if set(preset.columns.values()) <= set(header)]


def _suggested(order_import: OrderImport, header: list[str], asked: str) -> Mapping:
    """What was chosen before, else the preset asked for or fitting, else what the column names say."""
    fitting = _fitting(header)
    if asked in fitting:
        return PRESETS[asked]
    if order_import.mapping:
        return Mapping.from_json(order_import.mapping)
    return PRESETS[fitting[0]] if fitting else Mapping(guess_columns(header, USUAL_NAMES))


@require_POST
def import_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    order_import = _visible(request, pk)
    if not confirm(order_import=order_import, user=_importer(request)):
        messages.info(request, _("This import is on its way already."))
    return redirect(order_import)


@require_safe
def import_rejects(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The rejected rows, as a download."""
    order_import = _visible(request, pk)
    if not order_import.rejects_stored_as or not path_of(order_import.rejects_stored_as).is_file():
        raise Http404
    response = FileResponse(
        path_of(order_import.rejects_stored_as).open("rb"), as_attachment=True,
        filename=f"rejected-rows-{order_import.pk}.csv", content_type="text/csv; charset=utf-8",
    )  # fmt: skip
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def margins(request: HttpRequest) -> HttpResponse:
    """Assumed margins per category: a stand-in where no cost is known."""
    user = cast(User, request.user)
    if not user.may_configure:
        raise PermissionDenied
    if request.method == "POST":
        return _set_margin(request)
    rows = margin_rows()
    context = {
        "rows": rows,
        "assumed": sum(row.assumed for row in rows),
        "lines": sum(row.lines for row in rows),
    }
    return page(request, "sales/margins.html", context)


def _set_margin(request: HttpRequest) -> HttpResponse:
    form = MarginForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was changed: a margin is a percentage between -100 and 100."))
        return redirect("sales:margins")
    days = set_assumed_margin(category=form.cleaned_data["category"], rate=form.rate)
    messages.success(
        request,
        _("The assumption for %(category)s is kept; %(days)s days of sales are computed again tonight.")
        % {"category": form.cleaned_data["category"], "days": days},
    )
    return redirect("sales:margins")
