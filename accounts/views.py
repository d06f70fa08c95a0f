from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import translation
from django.utils.translation import check_for_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from accounts.forms import ChangePasswordForm, LoginForm, NewPasswordForm, ProfileForm, ResetForm
from accounts.labels import ROLES
from accounts.models import User
from accounts.rules import Role
from accounts.selectors import demo_logins, rights_table
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


def rights(request: HttpRequest) -> HttpResponse:
    """What each role may do, and with whose clients: nobody has to guess why a button is missing."""
    context = {"roles": [ROLES[role] for role in Role], "rows": rights_table()}
    return page(request, "accounts/rights.html", context)
