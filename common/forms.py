"""Forms are printed by crispy inside the page's own ``<form>`` (``generic/form.html`` or a page's own)."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms


def plain_helper(*layout: Any) -> FormHelper:
    """Fields alone: the template supplies form tag, CSRF token and buttons."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.include_media = False
    if layout:
        helper.layout = Layout(*layout)
    return helper


class PlainFormMixin:
    """Gives a form its helper; a form that wants columns sets ``layout``."""

    layout: tuple[Any, ...] = ()

    @property
    def helper(self) -> FormHelper:
        helper = plain_helper(*self.layout)
        helper.render_hidden_fields = True
        helper.form = self if isinstance(self, forms.BaseForm) else None
        return helper


class DateInput(forms.DateInput):
    """The browser's own date field, which wants ISO dates whatever the page's language."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class VersionedFormMixin:
    """Carries the moment its record was last changed when the page was made, so that a change made
    meanwhile by somebody else is not overwritten unseen (see ``clients.services.save_record``)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        instance, fields = self.instance, self.fields  # type: ignore[attr-defined]
        if instance.pk:
            fields["version"] = forms.CharField(
                required=False,
                max_length=40,
                widget=forms.HiddenInput,
                initial=instance.updated_at.isoformat(),
            )

    @property
    def seen_version(self) -> str:
        """Empty for a new record, and for a program that does not say what it has read."""
        return self.cleaned_data.get("version", "")  # type: ignore[attr-defined,no-any-return]
