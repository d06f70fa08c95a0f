from typing import Any, cast

from crispy_forms.layout import Div
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.rights import may
from accounts.rules import Act
from clients.families import is_below
from clients.fields import ClientPickField
from clients.models import Client
from clients.services.records import LONGEST_TAG, MAX_TAGS
from common.forms import DateInput, PlainFormMixin, VersionedFormMixin
from common.text import clean

TEXTS = ("name", "street", "postcode", "city", "country", "phone", "registration_number")


class ClientForm(VersionedFormMixin, PlainFormMixin, forms.ModelForm):
    """Facts of a client; owner and team only for those who may assign, among what they see.

    ``tag_names`` are words separated by commas; the caller saves them with the client.
    """

    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")
    parent = ClientPickField(label=_("Parent company"), required=False)
    tag_names = forms.CharField(
        label=_("Tags"), required=False, max_length=MAX_TAGS * (LONGEST_TAG + 2),
        help_text=_("Words of your own, separated by commas."),
    )  # fmt: skip

    layout = (
        Div("ref", "kind", css_class="form-grid"),
        "name",
        Div("owner", "team", css_class="form-grid"),
        Div("email", "phone", css_class="form-grid"),
        Div("website", "registration_number", css_class="form-grid"),
        "street",
        Div("postcode", "city", "country", css_class="form-grid"),
        Div("language", "observed_from", css_class="form-grid"),
        "parent",
        "tag_names",
    )

    class Meta:
        model = Client
        fields = [
            "ref", "kind", "name", "owner", "team", "email", "phone", "street", "postcode", "city", "country",
            "language", "observed_from", "website", "registration_number", "parent",
        ]  # fmt: skip
        widgets = {"observed_from": DateInput()}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_parent(user)
        if self.instance.pk:
            self.fields["tag_names"].initial = ", ".join(sorted(str(tag) for tag in self.instance.tags.all()))
            # The reference ties the client to other systems: it stays.
            del self.fields["ref"]
        if may(user, Act.ASSIGN):
            self._limit("owner", User.objects.visible_to(user).filter(is_active=True).order_by("name"))
            self._limit("team", Team.objects.visible_to(user).order_by("name"))
        else:
            del self.fields["owner"], self.fields["team"]
        self.layout = _only(self.layout, set(self.fields))

    def _prepare_parent(self, user: Any) -> None:
        """A parent out of sight is neither named nor changed."""
        parent = self.instance.parent
        if parent and not Client.objects.visible_to(user).filter(pk=parent.pk).exists():
            del self.fields["parent"]
            return
        cast(ClientPickField, self.fields["parent"]).user = user
        self.initial["parent"] = parent

    @property
    def tag_list(self) -> list[str]:
        return cast(str, self.cleaned_data["tag_names"]).split(",")

    def clean_tag_names(self) -> str:
        names = [clean(name) for name in self.cleaned_data["tag_names"].split(",")]
        if len(names) > MAX_TAGS or any(len(name) > LONGEST_TAG for name in names):
            raise forms.ValidationError(
                _("At most %(most)s tags of %(long)s letters each."),
                params={"most": MAX_TAGS, "long": LONGEST_TAG},
            )
        return ", ".join(name for name in names if name)

    def clean_parent(self) -> Client | None:
        parent: Client | None = self.cleaned_data["parent"]
        if parent and self.instance.pk and is_below(parent, self.instance):
            raise forms.ValidationError(_("A company cannot belong to itself or to one of its subsidiaries."))
        return parent

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
