from typing import Any, cast

from crispy_forms.layout import Div
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.rights import may
from accounts.rules import Act
from clients.models import Client
from common.forms import DateInput, PlainFormMixin
from common.text import clean

TEXTS = ("name", "street", "postcode", "city", "country", "phone")


class ClientForm(PlainFormMixin, forms.ModelForm):
    """Facts of a client; owner and team only for those who may assign, among what they see."""

    layout = (
        Div("ref", "kind", css_class="form-grid"),
        "name",
        Div("owner", "team", css_class="form-grid"),
        Div("email", "phone", css_class="form-grid"),
        "street",
        Div("postcode", "city", "country", css_class="form-grid"),
        Div("language", "observed_from", css_class="form-grid"),
    )

    class Meta:
        model = Client
        fields = [
            "ref", "kind", "name", "owner", "team", "email", "phone", "street", "postcode", "city", "country",
            "language", "observed_from",
        ]  # fmt: skip
        widgets = {"observed_from": DateInput()}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # The reference ties the client to other systems: it stays.
            del self.fields["ref"]
        if may(user, Act.ASSIGN):
            self._limit("owner", User.objects.visible_to(user).filter(is_active=True).order_by("name"))
            self._limit("team", Team.objects.visible_to(user).order_by("name"))
        else:
            del self.fields["owner"], self.fields["team"]
        self.layout = _only(self.layout, set(self.fields))

    def _limit(self, name: str, rows: Any) -> None:
        """What stands there now may stay, also when the person could not have chosen it."""
        current = getattr(self.instance, f"{name}_id")
        field = cast(forms.ModelChoiceField, self.fields[name])
        field.queryset = rows | rows.model.objects.filter(pk=current)

    def clean_ref(self) -> str:
        return clean(self.cleaned_data["ref"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in TEXTS:
            if name in data:
                data[name] = clean(data[name])
        if "name" in data and not data["name"]:
            self.add_error("name", _("A client needs a name."))
        return data


def _only(layout: tuple[Any, ...], names: set[str]) -> tuple[Any, ...]:
    """The layout without the fields this person does not get."""
    kept: list[Any] = []
    for part in layout:
        if isinstance(part, str):
            kept.extend([part] if part in names else [])
        elif fields := [name for name in part.fields if name in names]:
            kept.append(Div(*fields, css_class=part.css_class))
    return tuple(kept)
