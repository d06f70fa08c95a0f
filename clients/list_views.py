"""Pages of lists: their files, their saved views, acts on many rows and what became of them."""

import hashlib
import json
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
)
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rights import may
from accounts.rules import Act
from clients.bulk.registry import BulkAct, find
from clients.bulk.services import (
    JOB_KIND,
    MAX_ROWS,
    UNDO_KIND,
    act_of,
    can_undo,
    chosen_ids,
    job_of,
    start_bulk,
    start_undo,
)
from clients.export_jobs import JOB_KIND as EXPORT_KIND
from clients.export_jobs import lost_clients, path_of
from clients.exporting import export_list
from clients.list_forms import SaveViewForm, ViewForm
from clients.listing import show, view_address
from clients.models import Batch, ExportFile, SavedView
from clients.rules import BatchKind
from clients.saving import change_view, save_view
from common.htmx import page
from common.lists import registry
from common.lists.spec import ListSpec
from common.lists.state import ListState
from jobs.models import Job

SAMPLE = 8
MAX_TICKED = 500


def spec_or_404(list_key: str, user: Any) -> ListSpec:
    spec = registry.get(list_key)
    if spec is None or not spec.allowed(user):
        raise Http404
    return spec


@require_safe
def listed(request: HttpRequest, list_key: str) -> HttpResponse:
    return show(request, spec_or_404(list_key, request.user))


def _asked(request: HttpRequest, spec: ListSpec, query: QueryDict) -> ListState:
    """The state a form carries along in its field ``list``."""
    return ListState.read(spec, QueryDict(query.get("list", "")[:4000]), request.user)


@require_POST
def export(request: HttpRequest, list_key: str) -> HttpResponseBase:
    spec = spec_or_404(list_key, request.user)
    if not may(request.user, Act.EXPORT):
        raise PermissionDenied
    return export_list(
        state=_asked(request, spec, request.POST), content=request.POST.get("as", "csv"), by=request.user,
        now=timezone.now(),
    )  # fmt: skip


@require_safe
def export_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of a large export, for whoever asked for it and still may export every client in it."""
    found = get_object_or_404(ExportFile.objects.visible_to(request.user).ready(timezone.now()), pk=pk)
    if not may(request.user, Act.EXPORT):
        raise PermissionDenied
    path = path_of(found)
    if path is None:
        raise Http404
    if lost := lost_clients(found, request.user):
        return page(request, "lists/export_refused.html", {"file": found, "lost": lost}, status=403)
    return FileResponse(path.open("rb"), as_attachment=True, filename=found.file_name)


# Saved views


@require_POST
def save(request: HttpRequest, list_key: str) -> HttpResponse:
    """Keep the list as it stands under a name."""
    spec = spec_or_404(list_key, request.user)
    state, form = _asked(request, spec, request.POST), SaveViewForm(request.POST)
    if not form.is_valid() or len(state.query) > 2000:
        messages.error(request, _("The view was not saved: it needs a name of at most 80 characters."))
        return redirect(reverse(spec.url_name) + state.address())
    said = form.cleaned_data
    view = save_view(
        owner=request.user, list_key=spec.key, name=said["name"], query=state.query, shared=said["shared"],
        pinned=said["pinned"], default=said["default"],
    )  # fmt: skip
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return redirect(reverse(spec.url_name) + view_address(view))


def _own_view(request: HttpRequest, pk: int) -> tuple[SavedView, ListSpec]:
    """Only its owner changes a view; that of another is not found."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user).filter(owner=request.user.pk), pk=pk)
    return view, spec_or_404(view.list_key, request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def view_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, audience and place of a saved view, and its end."""
    view, spec = _own_view(request, pk)
    form = ViewForm(request.POST if request.method == "POST" else None, view=view)
    back = reverse(spec.url_name) + view_address(view)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        view = change_view(
            view=view, name=said["name"], query=view.query, shared=said["shared"], pinned=said["pinned"],
            default=said["default"],
        )  # fmt: skip
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
        return redirect(reverse(spec.url_name) + view_address(view))
    context = {"form": form, "view": view, "spec": spec, "back_url": back}
    return page(request, "lists/view.html", context, status=422 if form.errors else 200)


@require_POST
def view_update(request: HttpRequest, pk: int) -> HttpResponse:
    """The view keeps the list as it stands now."""
    view, spec = _own_view(request, pk)
    state = _asked(request, spec, request.POST)
    if len(state.query) <= 2000:
        change_view(
            view=view, name=view.name, query=state.query, shared=view.is_shared, pinned=view.is_pinned,
            default=view.is_default,
        )  # fmt: skip
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return redirect(reverse(spec.url_name) + view_address(view))


@require_POST
def view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    view, spec = _own_view(request, pk)
    view.delete()
    messages.success(request, _("The view “%(name)s” is gone; its rows are untouched.") % {"name": view.name})
    return redirect(reverse(spec.url_name) + "?view=all")


# Acts on many rows


def _chosen_act(request: HttpRequest, list_key: str, key: str) -> BulkAct:
    act = find(list_key, key)
    if act is None:
        raise Http404
    if not may(request.user, act.right):
        raise PermissionDenied
    return act


def _ticked(query: QueryDict) -> list[int] | None:
    """The ticked rows; ``None`` means all that fit."""
    if query.get("all"):
        return None
    numbers = [text for text in query.getlist("id")[:MAX_TICKED] if text.isascii() and text.isdigit()]
    return [int(text) for text in numbers if len(text) < 19]


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest, list_key: str) -> HttpResponseBase:
    """Says exactly what will happen, and to how many; once confirmed, a job does it."""
    spec = spec_or_404(list_key, request.user)
    query = request.POST if request.method == "POST" else request.GET
    state = _asked(request, spec, query)
    back = reverse(spec.url_name) + state.address()
    if not find(list_key, query.get("act", "")):
        messages.info(request, _("Choose what to do with the ticked rows."))
        return redirect(back)
    act = _chosen_act(request, list_key, query.get("act", ""))
    ticked = _ticked(query)
    ids = chosen_ids(state, act, ticked)
    if not ids or len(ids) > MAX_ROWS:
        messages.info(
            request, _("Tick at least one row that is yours to change.") if not ids else _too_many()
        )
        return redirect(back)
    form = (
        act.form(request.POST if request.method == "POST" else None, user=request.user) if act.form else None
    )
    values = _values(form)
    stale = request.method == "POST" and query.get("count", "") != str(len(ids))
    if values is not None and not stale and request.POST.get("confirmed") == _digest(values):
        return _confirmed(request, act, state, ids, ticked, values)
    context = {
        "spec": spec, "state": state, "act": act, "form": form, "back_url": back, "count": len(ids),
        "ticked": ticked, "sample": list(spec.rows(request.user).filter(pk__in=ids[:SAMPLE]).order_by("pk")),
        "sentence": act.sentence(values, len(ids), request.user) if values is not None else "",
        "digest": _digest(values), "token": _token(query.get("token", "")), "changed_meanwhile": stale,
        "is_whole": ticked is None, "not_allowed": len(ticked) - len(ids) if ticked else 0,
    }  # fmt: skip
    return page(request, "lists/bulk.html", context, status=422 if form and form.errors else 200)


def _values(form: Any) -> dict[str, Any] | None:
    """What the act is given; ``None`` as long as the form is not answered."""
    if form is None:
        return {}
    return form.payload() if form.is_bound and form.is_valid() else None


def _digest(values: dict[str, Any] | None) -> str:
    """Names the answers whose sentence was shown: others are told about again before they are done."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def _confirmed(
    request: HttpRequest, act: BulkAct, state: ListState, ids: list[int], ticked: list[int] | None,
    values: dict[str, Any],
) -> HttpResponseBase:  # fmt: skip
    now = timezone.now()
    if act.respond:
        chosen = None if ticked is None else ids
        return act.respond(state=state, ids=chosen, values=values, user=request.user, now=now)
    batch = start_bulk(
        act=act, ids=ids, values=values, user=request.user, now=now,
        label=act.sentence(values, len(ids), request.user), token=_token(request.POST.get("token", "")),
    )  # fmt: skip
    return redirect("clients:batch", batch.pk)


def _too_many() -> str:
    return _("That is more than %(most)s rows; narrow the list first.") % {"most": MAX_ROWS}


def _token(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return str(uuid.uuid4())


@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of an act on many records."""
    found = get_object_or_404(Batch.objects.visible_to(request.user).select_related("by", "undone_by"), pk=pk)
    act, job, undo_job = act_of(found), _work_of(found), job_of(found, UNDO_KIND)
    running = next((one for one in (undo_job, job) if one and not one.is_over), None)
    changes = found.changes.visible_to(request.user).filter(client__isnull=False).select_related("client")
    context = {
        "batch": found, "act": act, "job": running or undo_job or job, "running": running,
        "changes": list(changes.order_by("pk")[:SAMPLE]), "can_undo": can_undo(found, request.user, timezone.now()),
        "file": _file_of(found, request.user) if found.kind == BatchKind.EXPORT else None,
    }  # fmt: skip
    return page(request, "lists/batch.html", context)


def _work_of(batch: Batch) -> Job | None:
    return job_of(batch, EXPORT_KIND if batch.kind == BatchKind.EXPORT else JOB_KIND)


def _file_of(batch: Batch, user: Any) -> dict[str, Any] | None:
    """The owner's file, and whether it can still be fetched; of others only the line is told."""
    file = ExportFile.objects.visible_to(user).filter(batch=batch).first()
    if file is None:
        return None
    ready = bool(file.expires_at and file.expires_at > timezone.now() and path_of(file))
    return {"file": file, "is_ready": ready, "is_over": bool(file.expires_at) and not ready}


@require_POST
def batch_undo(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Batch.objects.visible_to(request.user), pk=pk)
    if start_undo(batch=found, user=request.user, now=timezone.now()) is None:
        messages.info(request, _("This cannot be undone, or is undone already."))
    return redirect("clients:batch", pk)
