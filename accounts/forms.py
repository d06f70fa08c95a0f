from typing import Any

from django import forms
from django.contrib.auth import forms as auth_forms
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import may_send_reset
from accounts.validators import time_zones
from common.forms import PlainFormMixin

LONGEST_EMAIL = 254


class LoginForm(PlainFormMixin, auth_forms.AuthenticationForm):
    error_messages = {
        "invalid_login": _("E-mail and password do not match. Mind capitals in the password."),
        "inactive": _("This account is closed."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget = forms.EmailInput(
            attrs={"autocomplete": "username", "autofocus": True, "maxlength": LONGEST_EMAIL}
        )

    def clean_username(self) -> str:
        """One spelling, so that capitals do not buy a guesser more attempts; no longer than attempts are kept."""
        name: str = self.cleaned_data["username"].strip().lower()
        if len(name) > LONGEST_EMAIL:
            raise self.get_invalid_login_error()
        return name


class ChangePasswordForm(PlainFormMixin, auth_forms.PasswordChangeForm):
    pass


class NewPasswordForm(PlainFormMixin, auth_forms.SetPasswordForm):
    pass


class ResetForm(PlainFormMixin, auth_forms.PasswordResetForm):
    """One mail per account in five minutes, in the account's language; nobody sees the difference."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = User._meta.get_field("email").verbose_name.capitalize()  # type: ignore[union-attr]

    def get_users(self, email: str) -> list[User]:
        now = timezone.now()
        return [user for user in super().get_users(email) if may_send_reset(user=user, now=now)]

    def send_mail(
        self, subject_template_name: str, email_template_name: str, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> None:  # fmt: skip
        with translation.override(context["user"].language):
            super().send_mail(subject_template_name, email_template_name, context, *args, **kwargs)


class TimeZoneInput(forms.TextInput):
    """A text field that suggests zones: six hundred options in every page would be too many."""

    template_name = "accounts/widgets/time_zone.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["zones"] = sorted(
            zone for zone in time_zones() if zone.startswith(("Europe/", "Indian/R", "America/M"))
        )
        context["widget"]["attrs"]["list"] = "time-zones"
        return context


class ProfileForm(PlainFormMixin, forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "weekly_hours"]
        widgets = {"time_zone": TimeZoneInput}
