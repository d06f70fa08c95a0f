from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import SavedView
from common.forms import PlainFormMixin
from common.text import clean


class SaveViewForm(PlainFormMixin, forms.Form):
    """A list under a name."""

    name = forms.CharField(label=_("Name"), max_length=80)
    shared = forms.BooleanField(
        label=_("Shared with the team"), required=False,
        help_text=_("Each reader sees only the own clients through it."),
    )  # fmt: skip
    pinned = forms.BooleanField(label=_("Pinned above the list"), required=False)
    default = forms.BooleanField(label=_("Opened first"), required=False)

    def clean_name(self) -> str:
        if not (name := clean(self.cleaned_data["name"])):
            raise forms.ValidationError(_("A view needs a name."))
        return name


class ViewForm(SaveViewForm):
    """The same of a view that exists; its name stays the only one of its kind."""

    def __init__(self, *args: Any, view: SavedView, **kwargs: Any) -> None:
        self.view = view
        kwargs["initial"] = {
            "name": view.name, "shared": view.is_shared, "pinned": view.is_pinned, "default": view.is_default,
        }  # fmt: skip
        super().__init__(*args, **kwargs)

    def clean_name(self) -> str:
        name = super().clean_name()
        same = SavedView.objects.filter(owner_id=self.view.owner_id, list_key=self.view.list_key, name=name)
        if same.exclude(pk=self.view.pk).exists():
            raise forms.ValidationError(_("Another view of yours has this name."))
        return name
