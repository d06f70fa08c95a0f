"""People of clients, their consents, and the history of a client."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rights import may
from accounts.rules import Act
from clients.editing import saved, visible, visible_client
from clients.labels import CONSENT_PURPOSES
from clients.models import Interaction, MergedPerson, Person
from clients.past import history as history_of
from clients.record_forms import PersonForm
from clients.rules import ConsentPurpose
from clients.services import give_consent, save_person, withdraw_consent
from common.htmx import page

TALKS_SHOWN = 8


def page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    found = Person.objects.visible_to(request.user).select_related("client").filter(pk=pk).first()
    if found is None:  # a merged record is found where it lives on, by whoever may see that
        return redirect(visible(request, MergedPerson, pk, Act.SEE, "person").person)
    talks = Interaction.objects.visible_to(request.user).filter(person=found).select_related("by")
    context = {
        "person": found,
        "consents": _consents(found),
        "talks": talks.order_by("-happened_at", "-pk")[:TALKS_SHOWN],
        "may_edit": may(request.user, Act.EDIT),
    }
    return page(request, "clients/person.html", context)


def _consents(found: Person) -> list[dict[str, Any]]:
    """Each purpose with what holds now and what held before."""
    by_purpose: dict[str, list[Any]] = {}
    for consent in found.consents.order_by("-given_at"):
        by_purpose.setdefault(consent.purpose, []).append(consent)
    return [
        {
            "purpose": purpose.value,
            "label": label,
            "open": next((one for one in by_purpose.get(purpose, []) if one.withdrawn_at is None), None),
            "past": [one for one in by_purpose.get(purpose, []) if one.withdrawn_at is not None],
        }
        for purpose, label in CONSENT_PURPOSES.items()
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def person_create(request: HttpRequest, pk: int) -> HttpResponse:
    client = visible_client(request, pk, Act.EDIT)
    new = Person(client=client, language=client.language)
    form = PersonForm(request.POST or None, instance=new)
    if request.method == "POST" and form.is_valid():
        save_person(form.instance, by=request.user, at=timezone.now())
        messages.success(request, _("%(person)s saved.") % {"person": form.instance.name})
        return redirect(client)
    context = {
        "form": form,
        "headline": _("New person at %(client)s") % {"client": client.name},
        "lead": _("Who decides, who buys, who uses: each with the language you write to them in."),
        "cancel_url": client.get_absolute_url(),
    }
    return page(request, "generic/form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found: Person = visible(request, Person, pk, Act.EDIT, "client")
    name = found.name
    form = PersonForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        conflict = saved(
            request, form,
            lambda: save_person(found, by=request.user, at=timezone.now(), seen=form.seen_version),
            lambda stored: PersonForm(instance=stored), found.get_absolute_url(),
        )  # fmt: skip
        if conflict:
            return conflict
        messages.success(request, _("%(person)s saved.") % {"person": found.name})
        return redirect(found)
    context = {
        "form": form,
        "headline": name,
        "lead": found.client.name,
        "cancel_url": found.get_absolute_url(),
    }
    return page(request, "generic/form.html", context)


@require_POST
def consent(request: HttpRequest, pk: int) -> HttpResponse:
    found: Person = visible(request, Person, pk, Act.EDIT, "client")
    purposes = {purpose.value: purpose for purpose in ConsentPurpose}
    purpose = purposes.get(request.POST.get("purpose", ""))
    act = request.POST.get("act", "")
    if purpose is None or act not in ("give", "withdraw"):
        raise BadRequest("unknown consent")
    now = timezone.now()
    if act == "give":
        source = request.POST.get("source", "").replace("\x00", "")[:120].strip()
        give_consent(person=found, purpose=purpose, at=now, by=request.user, source=source)
    else:
        withdraw_consent(person=found, purpose=purpose, at=now, by=request.user)
    return redirect(f"{found.get_absolute_url()}#consents")


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    client = visible_client(request, pk)
    context = {"client": client, "found": history_of(client, request.user, page_number(request))}
    return page(request, "clients/history.html", context)
