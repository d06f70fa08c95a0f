from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from common.htmx import page
from sales.forms import MarginForm
from sales.selectors import margin_changes, margin_rows
from sales.services import assume_margin


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
        "changes": margin_changes(),
    }
    return page(request, "sales/margins.html", context)


def _set_margin(request: HttpRequest) -> HttpResponse:
    form = MarginForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was changed: a margin is a percentage between -100 and 100."))
        return redirect("sales:margins")
    days = assume_margin(
        category=form.cleaned_data["category"], rate=form.rate, by=request.user, at=timezone.now()
    )
    messages.success(
        request,
        _("The assumption for %(category)s is kept; %(days)s days of sales are computed again tonight.")
        % {"category": form.cleaned_data["category"], "days": days},
    )
    return redirect("sales:margins")
