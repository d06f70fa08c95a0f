"""What the views of this app share: who reaches what, and how a refusal is said."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.rules import Act
from trust_audit.labels import REFUSALS
from trust_audit.models import Audit, Site
from trust_audit.services.refusals import Refused

View = Callable[..., HttpResponse]


def said(refusal: Refused) -> str:
    return str(REFUSALS[refusal.code]) % refusal.values


def site_for(request: HttpRequest, pk: int, act: Act = Act.SEE) -> Site:
    return get_object_or_404(Site.objects.visible_to(request.user, act).select_related("client"), pk=pk)


def audit_for(request: HttpRequest, pk: int, act: Act = Act.SEE) -> Audit:
    rows = Audit.objects.visible_to(request.user, act).select_related(
        "site__client", "lead", "signed_by", "previous"
    )
    return get_object_or_404(rows, pk=pk)


def leads(user: Any, audit: Audit) -> bool:
    """Who has the first word: the auditor; anybody who may edit, while there is none."""
    return audit.lead_id in (None, user.pk)


def only_the_lead(user: Any, audit: Audit) -> None:
    if not leads(user, audit):
        raise Refused("lead_only", name=str(audit.lead))


def back_when_refused(to: str) -> Callable[[View], View]:
    """A refused act says why and leads back to the page ``to`` of the same arguments."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except Refused as refusal:
                if getattr(request, "htmx", None):
                    return HttpResponse(said(refusal), status=422, content_type="text/plain; charset=utf-8")
                messages.error(request, said(refusal))
                return redirect(to, *(args or kwargs.values()))

        return answered

    return decorate
