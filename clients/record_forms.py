"""Forms of people, talks, tasks and buying units."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from crispy_forms.layout import Div
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import Act
from clients.fields import ClientPickField
from clients.models import BuyingUnit, Client, Interaction, Person, Task
from common.forms import DateInput, PlainFormMixin, VersionedFormMixin
from common.text import clean

FIRST_DAY = date(1990, 1, 1)
FARTHEST = timedelta(days=3650)


class MomentInput(forms.DateTimeInput):
    """The browser's own field of day and time, which wants ISO text whatever the page's language."""

    input_type = "datetime-local"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


class PersonForm(VersionedFormMixin, PlainFormMixin, forms.ModelForm):
    layout: tuple[Any, ...] = (
        Div("first_name", "last_name", css_class="form-grid"),
        Div("job_title", "role", css_class="form-grid"),
        "is_decision_maker",
        Div("email", "phone", css_class="form-grid"),
        Div("language", "left_on", css_class="form-grid"),
        Div("legal_basis", "source", css_class="form-grid"),
    )

    class Meta:
        model = Person
        fields = [
            "first_name", "last_name", "job_title", "role", "is_decision_maker", "email", "phone", "language",
            "left_on", "legal_basis", "source",
        ]  # fmt: skip
        widgets = {"left_on": DateInput()}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("first_name", "last_name", "job_title", "phone", "source"):
            if name in data:
                data[name] = clean(data[name])
        if "last_name" in data and not data["last_name"]:
            self.add_error("last_name", _("A person needs a last name."))
        return data


class InteractionForm(VersionedFormMixin, PlainFormMixin, forms.ModelForm):
    """What happened with a client; a day for what comes next makes it a task."""

    next_on = forms.DateField(
        label=_("By when"), required=False, widget=DateInput(),
        help_text=_("With a day, what comes next becomes a task of yours."),
    )  # fmt: skip
    layout: tuple[Any, ...] = (
        Div("kind", "happened_at", "minutes", css_class="form-grid"),
        "summary",
        Div("person", "came_from_client", css_class="form-grid"),
        Div("next_step", "next_on", css_class="form-grid"),
    )

    class Meta:
        model = Interaction
        fields = ["kind", "happened_at", "minutes", "summary", "person", "came_from_client", "next_step"]
        widgets = {"happened_at": MomentInput(), "summary": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "summary": _("Facts only, in words the client could read: on request you must show them."),
        }

    def __init__(self, *args: Any, client: Client, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        found = Person.objects.filter(client=client) if client.pk else Person.objects.none()
        field = cast(forms.ModelChoiceField, self.fields["person"])
        field.queryset = found.order_by("-is_decision_maker", "last_name", "pk")
        if self.instance.pk:
            del self.fields["next_on"]
            self.layout = (*self.layout[:3], "next_step")
        else:
            self.initial["happened_at"] = self.initial.get("happened_at") or now

    def clean_happened_at(self) -> datetime:
        at: datetime = self.cleaned_data["happened_at"]
        if not datetime(FIRST_DAY.year, 1, 1, tzinfo=UTC) <= at <= self.now + timedelta(days=1):
            raise forms.ValidationError(_("A talk has happened already, and not before 1990."))
        return at

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "next_step" in data:
            data["next_step"] = clean(data["next_step"])
        if data.get("next_on") and not data.get("next_step"):
            self.add_error("next_step", _("Say what comes next."))
        if data.get("next_on"):
            _check_due(self, "next_on", self.now.date())
        return data


def _check_due(form: Any, name: str, today: date) -> None:
    if not FIRST_DAY <= form.cleaned_data[name] <= today + FARTHEST:
        form.add_error(name, _("Choose a day between 1990 and ten years from now."))


class AnyInteractionForm(InteractionForm):
    """A talk logged from anywhere: the client is chosen by writing."""

    client = ClientPickField(label=_("Client"), act=Act.EDIT)
    layout: tuple[Any, ...] = ("client", Div("kind", "happened_at", "minutes", css_class="form-grid"), "summary",
              "came_from_client", Div("next_step", "next_on", css_class="form-grid"))  # fmt: skip

    def __init__(self, *args: Any, user: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, client=Client(), now=now, **kwargs)
        cast(ClientPickField, self.fields["client"]).user = user
        del self.fields["person"]


class TaskForm(VersionedFormMixin, PlainFormMixin, forms.ModelForm):
    """Something to do; its owner is among those the person sees who also see the client."""

    layout: tuple[Any, ...] = (
        "title", Div("due_on", "owner", css_class="form-grid"), "note", "remind_by_mail",
    )  # fmt: skip

    class Meta:
        model = Task
        fields = ["title", "due_on", "owner", "note", "remind_by_mail"]
        widgets = {"due_on": DateInput(), "note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, client: Client | None, user: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.for_client, self.today = client, today
        owners = User.objects.visible_to(user).filter(is_active=True)
        current = self.instance.owner_id or user.pk
        field = cast(forms.ModelChoiceField, self.fields["owner"])
        field.queryset = (owners | User.objects.filter(pk=current)).order_by("name", "pk")
        self.initial["owner"] = self.initial.get("owner") or user.pk

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "title" in data:
            data["title"] = clean(data["title"])
            if not data["title"]:
                self.add_error("title", _("Say what there is to do."))
        if "due_on" in data:
            _check_due(self, "due_on", self.today)
        client = data.get("client") or self.for_client
        owner = data.get("owner")
        if client and owner and not Client.objects.visible_to(owner).filter(pk=client.pk).exists():
            self.add_error("owner", _("This person does not see the client."))
        return data


class AnyTaskForm(TaskForm):
    client = ClientPickField(label=_("Client"), act=Act.EDIT)
    layout: tuple[Any, ...] = ("client", *TaskForm.layout)

    def __init__(self, *args: Any, user: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, client=None, user=user, today=today, **kwargs)
        cast(ClientPickField, self.fields["client"]).user = user


class UnitForm(VersionedFormMixin, PlainFormMixin, forms.ModelForm):
    """A household or a group; its head is one of the people of its present members that one sees."""

    layout: tuple[Any, ...] = (Div("ref", "kind", css_class="form-grid"), "name", "head")

    class Meta:
        model = BuyingUnit
        fields = ["ref", "kind", "name", "head"]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["head"]
            self.layout = self.layout[:2]
            return
        del self.fields["ref"]
        members = self.instance.memberships.filter(left_on=None).values("client_id")
        people = Person.objects.visible_to(user).filter(client__in=members)
        head = cast(forms.ModelChoiceField, self.fields["head"])
        head.queryset = people.order_by("last_name", "pk")
        current = self.instance.head
        if current and not people.filter(pk=current.pk).exists():
            del self.fields["head"]  # somebody out of sight decides: not named, not changed
        self.layout = ("kind", "name", *(["head"] if "head" in self.fields else []))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("ref", "name"):
            if name in data:
                data[name] = clean(data[name])
                if not data[name]:
                    self.add_error(name, _("A buying unit needs a reference and a name."))
        return data


class JoinForm(PlainFormMixin, forms.Form):
    """A client joins a unit on a day."""

    client = ClientPickField(label=_("Client"), act=Act.EDIT)
    joined_on = forms.DateField(label=_("Since"), widget=DateInput())
    layout: tuple[Any, ...] = (Div("client", "joined_on", css_class="form-grid"),)

    def __init__(self, *args: Any, user: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        cast(ClientPickField, self.fields["client"]).user = user
        self.fields["joined_on"].initial = today

    def clean_joined_on(self) -> date:
        day: date = self.cleaned_data["joined_on"]
        if not FIRST_DAY <= day <= self.today:
            raise forms.ValidationError(_("Choose a day between 1990 and today."))
        return day
