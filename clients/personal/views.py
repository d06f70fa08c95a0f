"""The page of somebody's data with its rights, and what falls due."""

import logging
import tempfile
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.rights import may
from accounts.rules import Act
from clients.models import Client, Person, RetentionNotice, Trail
from clients.personal.erasing import erase_subject
from clients.personal.export import export_subject
from clients.personal.forms import ConfirmErasure, PostponeForm, RuleForm
from clients.personal.holdings import by_name
from clients.personal.profiling import set_objection
from clients.personal.retention import change_rule, postpone, rules
from clients.personal.selectors import retention_page
from clients.personal.sources import NotAPerson, Subject, subject_of
from clients.rules import RetentionAudience
from common.htmx import page

audit = logging.getLogger("clients.audit")


def _subject(request: HttpRequest, kind: str, pk: int, act: Act) -> Subject:
    """Somebody with whom the reader may do ``act``; else not found, like who does not exist."""
    records: Any = {"client": Client, "person": Person}.get(kind)
    if records is None:
        raise Http404
    rows = records.objects.visible_to(request.user, act=act)
    try:
        return subject_of(
            get_object_or_404(rows.select_related("client") if kind == "person" else rows, pk=pk)
        )
    except NotAPerson as error:
        raise Http404 from error


@require_safe
def privacy(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    subject = _subject(request, kind, pk, Act.SEE)
    audit.info("data of %s %s seen by user %s", subject.kind, subject.record_id, request.user.pk)
    trail = Trail.objects.filter(subject=subject.kind, record_id=subject.record_id).select_related("by")
    mine = subject.people[0] if subject.people else None
    for person in subject.people:
        mine = person if person.is_client else mine
    context = {
        "subject": subject, "kind": kind, "pk": pk, "person": mine, "trail": trail.order_by("-at")[:20],
        "consents": mine.consents.order_by("purpose", "-given_at") if mine else [],
        "notice": RetentionNotice.objects.filter(client=subject.client, person=subject.person).first(),
        "may_edit": may(request.user, Act.EDIT), "may_export": may(request.user, Act.EXPORT),
        "may_erase": may(request.user, Act.ERASE),
        # Only when asked for: it reads every mail there is.
        "mails_by_name": by_name(subject) if request.GET.get("mails") and may(request.user, Act.EXPORT) else None,
    }  # fmt: skip
    return page(request, "clients/privacy.html", context)


@require_POST
def hand_out(request: HttpRequest, kind: str, pk: int) -> FileResponse:
    subject = _subject(request, kind, pk, Act.EXPORT)
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the answer closes it)
    export_subject(subject=subject, to=file, by=request.user, now=timezone.now())
    file.seek(0)
    audit.info("data of %s %s handed out by user %s", subject.kind, subject.record_id, request.user.pk)
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{subject.kind}-{subject.record_id}.zip",
        content_type="application/zip",
    )


def erase(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    subject = _subject(request, kind, pk, Act.ERASE)
    form = ConfirmErasure(request.POST or None, wanted=subject.name)
    if request.method == "POST" and form.is_valid():
        erase_subject(subject=subject, by=request.user, now=timezone.now())
        audit.info("data of %s %s erased by user %s", subject.kind, subject.record_id, request.user.pk)
        messages.success(request, _("Erased. Sums stay as they were; no later file brings these data back."))
        return redirect("clients:list")
    context = {"subject": subject, "form": form, "kind": kind, "pk": pk}
    return page(request, "clients/erase.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def objection(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    subject = _subject(request, kind, pk, Act.EDIT)
    people = [person for person in subject.people if person.is_client] or subject.people
    person = people[0] if people else _self_of(subject.client)
    objected = request.POST.get("objected") == "yes"
    if set_objection(person=person, objected=objected, by=request.user, now=timezone.now()):
        messages.success(
            request,
            _("Objection noted: from now on in no list, segment or type.") if objected
            else _("The objection was taken back."),
        )  # fmt: skip
    return redirect("clients:privacy", kind=kind, pk=pk)


def _self_of(client: Client) -> Person:
    """The person who is a private client known by name alone so far."""
    first, _space, last = client.name.rpartition(" ")
    return Person.objects.get_or_create(
        client=client, is_client=True,
        defaults={"first_name": first[:100], "last_name": (last or client.name)[:100], "email": client.email},
    )[0]  # fmt: skip


# --- retention ----------------------------------------------------------------------------------
@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 7 else 1
    context = {
        "found": retention_page(request.user, number=max(1, number)),
        "rules": list(rules().values()),
        "may_configure": may(request.user, Act.CONFIGURE),
        "may_erase": may(request.user, Act.ERASE),
        "today": timezone.localdate(),
    }
    return page(request, "clients/retention.html", context)


@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Postpone with a reason."""
    notice = get_object_or_404(RetentionNotice.objects.visible_to(request.user, act=Act.ERASE), pk=pk)
    form = PostponeForm(request.POST, today=timezone.localdate())
    if form.is_valid():
        postpone(notice=notice, by=request.user, **form.cleaned_data)
        messages.success(request, _("Postponed."))
    else:
        messages.error(request, _("Nothing was changed: give a day ahead and a reason."))
    return redirect("clients:retention")


@require_POST
def change_retention(request: HttpRequest, audience: str) -> HttpResponse:
    if not may(request.user, Act.CONFIGURE):
        raise PermissionDenied
    form = RuleForm(request.POST)
    if audience not in {each.value for each in RetentionAudience}:
        raise Http404
    if form.is_valid():
        change_rule(
            audience=RetentionAudience(audience), by=request.user, now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("The rule was changed; the next night follows it."))
    else:
        messages.error(request, _("Nothing was changed: between 1 and 240 months."))
    return redirect("clients:retention")


@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """The text that people are to be given (articles 13 and 14), to print in the reader's language."""
    return page(request, "clients/privacy_notice.html", {"rules": rules()})


urlpatterns = [
    path("privacy/<str:kind>/<int:pk>/", privacy, name="privacy"),
    path("privacy/<str:kind>/<int:pk>/export/", hand_out, name="hand_out"),
    path("privacy/<str:kind>/<int:pk>/erase/", erase, name="erase"),
    path("privacy/<str:kind>/<int:pk>/objection/", objection, name="objection"),
    path("privacy-notice/", notice, name="privacy_notice"),
    path("retention/", retention, name="retention"),
    path("retention/<int:pk>/keep/", keep, name="retention_keep"),
    path("retention/<str:audience>/rule/", change_retention, name="retention_rule"),
]
