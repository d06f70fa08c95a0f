"""The timeline of a client, talks logged in place, and tasks."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rules import Act
from clients.dossier import Dossier
from clients.editing import saved, visible_client
from clients.models import Client, Interaction
from clients.objectivity import doubtful_words
from clients.people_views import page_number
from clients.record_forms import AnyInteractionForm, InteractionForm
from clients.services import delete_record, log_interaction
from clients.timeline import talks_of
from clients.timeline import timeline as timeline_of
from common.htmx import page
from common.once import once


@require_safe
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    client = visible_client(request, pk)
    dossier = Dossier(client, request.user, timezone.now(), once(request))
    found = timeline_of(dossier, kind=request.GET.get("kind", ""), number=page_number(request))
    context = {"client": client, "timeline": found, "service": dossier.of(talks_of).service}
    return page(request, "clients/timeline.html", context, partial="events")


def _warn(request: HttpRequest, text: str) -> None:
    """A word that judges, or tells of health or belief, is pointed at; the note is kept as it was written."""
    if words := doubtful_words(text):
        messages.warning(
            request,
            _("Saved. Read your note once more (%(words)s): keep to facts the client may read.")
            % {"words": ", ".join(f"“{word}”" for word in words)},
        )


def _logged(request: HttpRequest, form: InteractionForm, client: Client) -> HttpResponse:
    interaction = form.instance
    interaction.client = client
    task = log_interaction(
        interaction, by=request.user, at=timezone.now(), next_on=form.cleaned_data.get("next_on")
    )
    _warn(request, f"{interaction.summary} {interaction.next_step}")
    if task:
        messages.success(request, _("Logged, and a task for what comes next."))
    else:
        messages.success(request, _("Logged."))
    return redirect(f"{client.get_absolute_url()}#panel-timeline")


@require_http_methods(["GET", "HEAD", "POST"])
def log(request: HttpRequest, pk: int) -> HttpResponse:
    client = visible_client(request, pk, Act.EDIT)
    form = InteractionForm(
        request.POST or None, client=client, now=timezone.now(), instance=Interaction(client=client)
    )
    if request.method == "POST" and form.is_valid():
        return _logged(request, form, client)
    context = {
        "form": form,
        "headline": _("What happened with %(client)s?") % {"client": client.name},
        "submit": _("Log it"),
        "cancel_url": client.get_absolute_url(),
        "client": client,
    }
    return page(request, "clients/log.html", context, partial="fold", status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def log_any(request: HttpRequest) -> HttpResponse:
    form = AnyInteractionForm(request.POST or None, user=request.user, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        return _logged(request, form, form.cleaned_data["client"])
    context = {
        "form": form,
        "headline": _("Log a call"),
        "lead": _("Or a visit, an e-mail, a meeting, a note: it stands on the client's timeline at once."),
        "submit": _("Log it"),
        "cancel_url": reverse("home"),
    }
    return page(request, "generic/form.html", context, status=422 if form.errors else 200)


def _own(request: HttpRequest, pk: int) -> Interaction:
    """One's own talk; of others' nobody rewrites what they said."""
    talks = Interaction.objects.visible_to(request.user, act=Act.EDIT).filter(by_id=request.user.pk)
    return get_object_or_404(talks.select_related("client", "person"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def interaction_edit(request: HttpRequest, pk: int) -> HttpResponse:
    talk = _own(request, pk)
    now, client = timezone.now(), talk.client

    def form_for(instance: Any, data: Any = None) -> InteractionForm:
        return InteractionForm(data, client=client, now=now, instance=instance)

    form = form_for(talk, request.POST or None)
    url = f"{client.get_absolute_url()}#panel-timeline"
    if request.method == "POST" and form.is_valid():
        conflict = saved(
            request, form, lambda: log_interaction(talk, by=request.user, at=now, seen=form.seen_version),
            form_for, url,
        )  # fmt: skip
        if conflict:
            return conflict
        _warn(request, f"{talk.summary} {talk.next_step}")
        return redirect(url)
    context = {
        "form": form,
        "headline": client.name,
        "lead": _("What you wrote before stays in the history."),
        "cancel_url": url,
        "delete_url": reverse("clients:interaction_delete", args=[talk.pk]),
    }
    return page(request, "clients/talk_form.html", context)


@require_POST
def interaction_delete(request: HttpRequest, pk: int) -> HttpResponse:
    talk = _own(request, pk)
    client = talk.client
    delete_record(talk, by=request.user, at=timezone.now(), client=client)
    messages.success(request, _("Deleted; the history keeps that it was there."))
    return redirect(f"{client.get_absolute_url()}#panel-timeline")
