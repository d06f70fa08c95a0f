from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import Act
from clients.models import Client
from common.forms import DateInput, PlainFormMixin
from trust_audit.labels import IMPACTS, MODES, PAGE_KINDS, PROFILES
from trust_audit.models import Action, Seal, Site
from trust_audit.rules.checklist import LANGUAGES, WEIGHTS, Criterion, Mode, Profile
from trust_audit.states import Impact, PageKind, SiteKind

CALL_SECONDS = 3600


def _choices(labels: Any) -> list[tuple[str, Any]]:
    return [(key.value, label) for key, label in labels.items()]


class SiteForm(PlainFormMixin, forms.ModelForm):
    """A site; a client's names one of the clients its writer may edit."""

    url = forms.URLField(label=_("Address"), max_length=300, assume_scheme="https")
    allowed = forms.BooleanField(
        label=_("I may audit this site"),
        required=False,
        help_text=_(
            "Your name and the moment are kept. Until somebody ticks this, no probe visits the site."
        ),
    )
    layout: tuple[Any, ...] = (
        "name",
        "url",
        Div("kind", "client", css_class="form-grid"),
        Div("profile", "reaudit_months", css_class="form-grid"),
        "allowed",
    )

    class Meta:
        model = Site
        fields = ["name", "url", "kind", "client", "profile", "reaudit_months"]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Client.objects.visible_to(user, Act.EDIT)
        current = Client.objects.filter(pk=self.instance.client_id)
        self.fields["client"].queryset = (mine | current).order_by("name")  # type: ignore[attr-defined]
        if self.instance.allowed_at:
            del self.fields["allowed"]
            self.layout = self.layout[:-1]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == SiteKind.CLIENT and not data.get("client"):
            self.add_error("client", _("Say whose site it is."))
        if data.get("kind") in (SiteKind.OWN, SiteKind.COMPETITOR):
            data["client"] = self.instance.client = None
        return data


class StartForm(PlainFormMixin, forms.Form):
    profile = forms.ChoiceField(label=_("Profile"), choices=_choices(PROFILES))
    mode = forms.ChoiceField(
        label=_("Mode"), choices=_choices(MODES), widget=forms.RadioSelect, initial=Mode.FULL.value
    )
    allowed = forms.BooleanField(label=_("I may audit this site"), required=False)

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        kwargs["initial"] = {"profile": site.profile, "mode": Mode.FULL.value}
        super().__init__(*args, **kwargs)
        if site.allowed_at:
            del self.fields["allowed"]

    @property
    def choice(self) -> tuple[Profile, Mode]:
        return Profile(self.cleaned_data["profile"]), Mode(self.cleaned_data["mode"])


class SealForm(PlainFormMixin, forms.ModelForm):
    layout = (
        Div("issuer", "host", css_class="form-grid"),
        Div("strength", "renewal_on", css_class="form-grid"),
        Div("cost", "owner", css_class="form-grid"),
        "benefit",
    )
    cost = forms.DecimalField(
        label=_("Cost per year"), min_value=0, max_digits=9, decimal_places=2, required=False
    )

    class Meta:
        model = Seal
        fields = ["issuer", "host", "strength", "renewal_on", "owner", "benefit"]
        widgets = {"renewal_on": DateInput()}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = colleagues(user)  # type: ignore[attr-defined]

    def save(self, commit: bool = True) -> Seal:
        cost = self.cleaned_data["cost"]
        self.instance.cost_cents = None if cost is None else int(cost * 100)
        seal: Seal = super().save(commit)
        return seal


def colleagues(user: Any) -> Any:
    return User.objects.visible_to(user).filter(is_active=True).order_by("name")


class LevelForm(forms.Form):
    """What the criterion's page sends: one of the things it may say."""

    level = forms.TypedChoiceField(
        choices=[(str(level), str(level)) for level in range(5)], coerce=int, required=False, empty_value=None
    )
    clear = forms.BooleanField(required=False)


class RangedLevelForm(forms.Form):
    level = forms.IntegerField(min_value=0, max_value=4)
    reason = forms.CharField(max_length=500, required=False)


class FindingForm(forms.Form):
    text = forms.CharField(max_length=1000)
    impact = forms.ChoiceField(choices=_choices(IMPACTS), initial=Impact.MAJOR.value)
    page = forms.IntegerField(required=False)


class PageForm(forms.Form):
    kind = forms.ChoiceField(choices=_choices(PAGE_KINDS), initial=PageKind.PRODUCT.value)
    url = forms.URLField(max_length=500, assume_scheme="https")


class FileForm(forms.Form):
    file = forms.FileField()
    caption = forms.CharField(max_length=300, required=False)
    captured_on = forms.DateField(required=False)


class AddressForm(forms.Form):
    url = forms.URLField(max_length=500, assume_scheme="https")
    caption = forms.CharField(max_length=300, required=False)


class CallForm(forms.Form):
    """One timed call; without a waiting time nobody answered."""

    called_at = forms.DateTimeField()
    waited_seconds = forms.IntegerField(min_value=0, max_value=CALL_SECONDS, required=False)
    solved = forms.BooleanField(required=False)


class OrderForm(forms.Form):
    ordered_on = forms.DateField()
    promised_on = forms.DateField()
    delivered_on = forms.DateField(required=False)
    right_goods = forms.BooleanField(required=False)
    extra_cost = forms.BooleanField(required=False)


class ActionForm(PlainFormMixin, forms.ModelForm):
    doing = forms.BooleanField(label=_("Somebody is doing it"), required=False)
    layout = ("title", Div("owner", "due_on", css_class="form-grid"), "effort", "doing")

    class Meta:
        model = Action
        fields = ["title", "owner", "due_on", "effort"]
        widgets = {"due_on": DateInput()}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = User.objects.filter(pk=self.instance.owner_id)
        self.fields["owner"].queryset = (colleagues(user) | current).distinct()  # type: ignore[attr-defined]


class NewActionForm(forms.Form):
    owner = forms.IntegerField(required=False)
    due_on = forms.DateField(required=False)


class ClosingForm(PlainFormMixin, forms.Form):
    file = forms.FileField(label=_("File or picture"), required=False)
    url = forms.URLField(label=_("Address"), max_length=500, required=False, assume_scheme="https")
    caption = forms.CharField(label=_("Caption"), max_length=300, required=False)


class ShareForm(forms.Form):
    note = forms.CharField(max_length=120, required=False)
    days = forms.IntegerField(min_value=1, max_value=365, initial=30)


class CriterionForm(PlainFormMixin, forms.Form):
    """A criterion of the firm's draft, in both languages; one anchor a line."""

    weight = forms.TypedChoiceField(
        label=_("Weight"), choices=[(weight, weight) for weight in WEIGHTS], coerce=int
    )
    cap = forms.IntegerField(
        label=_("Cap while at level 0"), min_value=0, max_value=100, required=False,
        help_text=_("Empty: level 0 blocks nothing."),
    )  # fmt: skip
    law_checked_on = forms.DateField(label=_("Law checked on"), required=False, widget=DateInput())

    def __init__(self, *args: Any, criterion: Criterion, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"weight": criterion.weight, "cap": criterion.cap}
        if criterion.law:
            initial["law_checked_on"] = criterion.law.checked_on
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        if criterion.law is None:
            del self.fields["law_checked_on"]
        for code in LANGUAGES:
            self._add_texts(code, criterion)
        self.layout = (
            Div("weight", "cap", css_class="form-grid"),
            *(["law_checked_on"] if criterion.law else []),
            *(f"{name}_{code}" for name in ("question", "why", "how", "anchors") for code in LANGUAGES),
        )

    def _add_texts(self, code: str, criterion: Criterion) -> None:
        labels = {"question": _("Question"), "why": _("Why"), "how": _("How to check")}
        anchors = _("Levels, one a line, from 0 up")
        for name, label in labels.items():
            self.fields[f"{name}_{code}"] = forms.CharField(
                label=f"{label} ({code})", max_length=1000, initial=getattr(criterion, name)[code],
                widget=forms.Textarea(attrs={"rows": 2, "lang": code}),
            )  # fmt: skip
        self.fields[f"anchors_{code}"] = forms.CharField(
            label=f"{anchors} ({code})", max_length=2000,
            initial="\n".join(criterion.anchors[code]),
            widget=forms.Textarea(attrs={"rows": len(criterion.levels), "lang": code}),
        )  # fmt: skip
