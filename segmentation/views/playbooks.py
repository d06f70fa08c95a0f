"""Playbooks: read, worded anew, played with a client."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rights import may
from accounts.rules import Act
from clients.models import Client
from common.htmx import page
from segmentation.forms.playbooks import BookForm, DiagnosisForm, PlayForm
from segmentation.labels import SEGMENTS
from segmentation.rules.grid import Segment
from segmentation.rules.own import PLAYBOOKS
from segmentation.rules.playbooks import LANGUAGES, Diagnosis
from segmentation.selectors.playbooks import book_rows, play_of, playbook_of
from segmentation.services.playbooks import diagnose, play_step, write_playbook
from segmentation.views import user_of


@require_safe
def playbooks(request: HttpRequest) -> HttpResponse:
    context = {
        "rows": book_rows(request.user),
        "languages": LANGUAGES,
        "may_set": may(request.user, Act.CONFIGURE),
    }
    return page(request, "segmentation/playbooks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, segment: str, language: str) -> HttpResponse:
    if not may(request.user, Act.CONFIGURE):
        raise PermissionDenied
    if segment not in [each.value for each in PLAYBOOKS] or language not in LANGUAGES:
        raise Http404
    chosen = Segment(segment)
    form = BookForm(request.POST or None, book=playbook_of(chosen, language))
    if request.method == "POST" and form.is_valid():
        write_playbook(
            segment=chosen, language=language, aim=form.cleaned_data["aim"], stages=form.stages(),
            by=user_of(request), now=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("The playbook is kept."))
        return redirect("segmentation:playbooks")
    named = {"segment": SEGMENTS[chosen], "language": language.upper()}
    context = {
        "form": form, "headline": _("Playbook: %(segment)s (%(language)s)") % named,
        "lead": _("Progress is counted by the place of a step: change its words, but keep the order."),
        "cancel_url": reverse("segmentation:playbooks"),
    }  # fmt: skip
    return page(request, "generic/form.html", context)


def _client(request: HttpRequest, client_pk: int) -> Client:
    return get_object_or_404(Client.objects.visible_to(request.user, act=Act.EDIT), pk=client_pk)


@require_POST
def play(request: HttpRequest, client_pk: int) -> HttpResponse:
    client, form = _client(request, client_pk), PlayForm(request.POST)
    book = play_of(client)
    if form.is_valid() and book is not None:
        said = form.cleaned_data
        known = {(step.stage, step.step) for stage in book.stages for step in stage.steps}
        if (said["stage"], said["step"]) in known:
            play_step(
                client=client, segment=book.segment, stage=said["stage"], step=said["step"], done=said["done"],
                today=timezone.localdate(), by=user_of(request),
            )  # fmt: skip
    return redirect(client)


@require_POST
def diagnosis(request: HttpRequest, client_pk: int) -> HttpResponse:
    client, form = _client(request, client_pk), DiagnosisForm(request.POST)
    if form.is_valid():
        diagnose(
            client=client, diagnosis=Diagnosis(form.cleaned_data["diagnosis"]),
            target=Segment(form.cleaned_data["target"]), today=timezone.localdate(), by=user_of(request),
            now=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("The diagnosis is kept."))
    else:
        messages.error(request, _("Nothing was kept: choose a diagnosis and a segment to reach."))
    return redirect(client)
