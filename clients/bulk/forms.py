"""What an act on many clients needs to know. ``payload`` is what its job is given, as JSON."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from clients.models import Client, Tag
from common.forms import DateInput, PlainFormMixin
from common.text import clean

NOBODY = "nobody"
KEEP = ""


class AssignForm(PlainFormMixin, forms.Form):
    """Owner and team among those the person sees; what stays empty is not touched."""

    owner = forms.ChoiceField(label=_("New owner"), required=False)
    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("New team"), required=False, empty_label=_("As it is")
    )
    follow = forms.BooleanField(
        label=_("The clients go to the team of the new owner"), required=False, initial=True
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = User.objects.visible_to(user).filter(is_active=True).order_by("name", "pk")
        people = [(str(pk), name) for pk, name in self._people.values_list("pk", "name")]
        choices = [(KEEP, _("As it is")), *people, (NOBODY, _("Nobody"))]
        cast(forms.ChoiceField, self.fields["owner"]).choices = choices
        cast(forms.ModelChoiceField, self.fields["team"]).queryset = Team.objects.visible_to(user).order_by(
            "name"
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not data.get("owner") and not data.get("team"):
            raise forms.ValidationError(_("Choose a new owner, a new team or both."))
        return data

    def payload(self) -> dict[str, Any]:
        owner, team = self.cleaned_data["owner"], self.cleaned_data["team"]
        values: dict[str, Any] = {}
        if owner:
            values["owner"] = None if owner == NOBODY else int(owner)
        if team:
            values["team"] = team.pk
        elif values.get("owner") and self.cleaned_data["follow"]:
            found = self._people.get(pk=values["owner"])
            if found.team_id:
                values["team"] = found.team_id
        return values


def _tags_seen(user: Any) -> list[str]:
    tags = Tag.objects.filter(clients__in=Client.objects.visible_to(user)).distinct()
    return list(tags.order_by("name").values_list("name", flat=True)[:200])


class TagForm(PlainFormMixin, forms.Form):
    tag = forms.CharField(label=_("Tag"), max_length=40, help_text=_("One of yours, or a new word."))

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = {"tag": _tags_seen(user)}
        self.fields["tag"].widget.attrs |= {"list": "known-tags", "autocomplete": "off"}

    def clean_tag(self) -> str:
        if not (name := clean(self.cleaned_data["tag"])):
            raise forms.ValidationError(_("A tag is a word or two."))
        return name

    def payload(self) -> dict[str, Any]:
        return {"tag": self.cleaned_data["tag"]}


class UntagForm(PlainFormMixin, forms.Form):
    tag = forms.ChoiceField(label=_("Tag"))

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["tag"]).choices = [(name, name) for name in _tags_seen(user)]

    def payload(self) -> dict[str, Any]:
        return {"tag": self.cleaned_data["tag"]}


class TaskForm(PlainFormMixin, forms.Form):
    title = forms.CharField(label=_("What to do"), max_length=200)
    due_on = forms.DateField(label=_("Due"), widget=DateInput(), input_formats=["%Y-%m-%d"])
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Who does it"), required=False, empty_label=_("The owner of each client"),
        help_text=_("Where a client has no owner, you."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    remind = forms.BooleanField(label=_("Remind by e-mail"), required=False, initial=True)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.visible_to(user).filter(is_active=True).order_by("name", "pk")
        cast(forms.ModelChoiceField, self.fields["owner"]).queryset = people

    def clean_title(self) -> str:
        if not (title := clean(self.cleaned_data["title"])):
            raise forms.ValidationError(_("Say what is to be done."))
        return title

    def payload(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "title": data["title"], "note": data["note"].replace("\x00", ""), "remind": data["remind"],
            "due_on": data["due_on"].isoformat(), "owner": data["owner"].pk if data["owner"] else None,
        }  # fmt: skip


class ExportForm(PlainFormMixin, forms.Form):
    content = forms.ChoiceField(
        label=_("File"), choices=[
            ("csv", _("CSV, as the list shows them")), ("xlsx", _("XLSX, as the list shows them")),
            ("csv-record", _("CSV, complete records")), ("xlsx-record", _("XLSX, complete records")),
        ],
    )  # fmt: skip

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def payload(self) -> dict[str, Any]:
        return {"content": self.cleaned_data["content"]}
