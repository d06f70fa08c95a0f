from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import timezone, translation
from django.utils.translation import check_for_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from accounts.forms import ChangePasswordForm, LoginForm, NewPasswordForm, ProfileForm, ResetForm
from accounts.labels import ROLES
from accounts.models import User
from accounts.rights import may
from accounts.rules import Act, Reach, Role, choices_for
from accounts.selectors import demo_logins, rights_changes, rights_table
from accounts.services import RightsRefused, RightsStale, change_rights, said_now
from common.htmx import page


class LoginView(auth_views.LoginView):
    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        logins = demo_logins() if settings.CMIX_DEMO else []
        return super().get_context_data(**kwargs) | {"demo_logins": logins}


class PasswordChangeView(auth_views.PasswordChangeView):
    """Django signs the person's other sessions out: their hash no longer fits."""

    template_name = "generic/form.html"
    form_class = ChangePasswordForm
    success_url = reverse_lazy("accounts:profile")
    extra_context = {
        "headline": gettext_lazy("Change password"),
        "lead": gettext_lazy("You will be logged out everywhere else."),
        "cancel_url": reverse_lazy("accounts:profile"),
    }

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, _("Password changed."))
        return response


class PasswordResetView(auth_views.PasswordResetView):
    """The answer is the same for a known and an unknown address; links never trust the Host header."""

    template_name = "accounts/password_reset.html"
    form_class = ResetForm
    subject_template_name = "accounts/emails/password_reset_subject.txt"
    email_template_name = "accounts/emails/password_reset.txt"
    html_email_template_name = "accounts/emails/password_reset.html"
    success_url = reverse_lazy("accounts:password_reset_done")

    def form_valid(self, form: Any) -> HttpResponse:
        self.extra_email_context = {
            "base_url": settings.CMIX_BASE_URL,
            "company": settings.CMIX_COMPANY,
            "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
        }
        return super().form_valid(form)


class PasswordResetConfirmView(auth_views.PasswordResetConfirmView):
    template_name = "accounts/password_reset_confirm.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("accounts:login")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, _("Password set. Log in with it."))
        return response


def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        with translation.override(form.save().language):  # the page that shows it speaks it already
            messages.success(request, _("Profile saved."))
        return redirect("accounts:profile")
    return page(request, "accounts/profile.html", {"form": form})


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language: for this browser, and for the account of whoever is signed in."""
    code = request.POST.get("language", "")
    known = code in dict(settings.LANGUAGES) and check_for_language(code)
    if known and request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(language=code)
    return set_language(request)


@require_http_methods(["GET", "HEAD", "POST"])
def rights(request: HttpRequest) -> HttpResponse:
    """What each role may do, and with whose clients: nobody has to guess why a button is missing. Who
    configures changes it here."""
    may_set = may(request.user, Act.CONFIGURE)
    if request.method == "POST":
        if not may_set:
            raise PermissionDenied
        return _set_rights(request)
    said, version = said_now()
    context = {
        "roles": [ROLES[role] for role in Role], "rows": rights_table(said), "version": version,
        "may_set": may_set, "changes": rights_changes() if may_set else [],
    }  # fmt: skip
    return page(request, "accounts/rights.html", context)


def _set_rights(request: HttpRequest) -> HttpResponse:
    version = request.POST.get("version", "")
    wanted = {
        (role, act): Reach(int(said))
        for role in Role
        for act in Act
        if len(choices_for(role, act)) > 1
        and (said := request.POST.get(f"{role.value}-{act.value}", "")) in ("0", "1", "2", "3")
    }
    try:
        seen = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else -1
        changes = change_rights(wanted=wanted, seen=seen, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    except RightsStale:
        messages.error(request, _("Nothing was changed: somebody else changed the table meanwhile."))
    except RightsRefused:
        messages.error(
            request,
            _("Nothing was changed: a role would get more than it may, or you would lock yourself out."),
        )
    else:
        text = ngettext("%(count)d right was changed.", "%(count)d rights were changed.", len(changes))
        messages.success(request, text % {"count": len(changes)} if changes else _("Nothing differs."))
    return redirect("accounts:rights")
