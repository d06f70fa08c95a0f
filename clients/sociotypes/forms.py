from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clients.lists.clients import CLIENTS
from clients.models import SavedView
from clients.selectors import audience
from clients.sociotypes.files import refs_of
from clients.sociotypes.labels import CERTAINTIES, TRAITS, type_names
from clients.sociotypes.rules.instrument import CHOICES, CURRENT, TYPES, Sociotype
from clients.sociotypes.rules.observed import TRAITS_OF, Certainty, Trait
from clients.sociotypes.selectors.asking import clients_by_refs, ids_of
from common.forms import PlainFormMixin
from common.lists.state import ListState

MAX_REFS = 20_000


class AudienceForm(PlainFormMixin, forms.Form):
    """Whom a round is for: a saved view, references, or clients picked in a list."""

    name = forms.CharField(label=_("Name of the round"), max_length=120, strip=True)
    view = forms.ModelChoiceField(
        label=_("Saved view"), queryset=SavedView.objects.none(), required=False,
        empty_label=_("None"),
    )  # fmt: skip
    refs = forms.CharField(
        label=_("References of clients"), required=False, max_length=400_000,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=_("One a line, or with commas between them."),
    )  # fmt: skip
    clients = forms.CharField(required=False, max_length=400_000, widget=forms.HiddenInput)
    # The list of clients as its address says it, when all that fit were picked there.
    listed = forms.CharField(required=False, max_length=4_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, clients: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.allowed = user, clients
        self.unknown: list[str] = []
        views = SavedView.objects.visible_to(user).filter(list_key="clients").order_by("name")
        self.fields["view"].queryset = views  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["client_ids"] = self._chosen(data)
        if not data["client_ids"] and not self.errors:
            raise forms.ValidationError(_("Choose a view, or name clients you work with."))
        return data

    def _chosen(self, data: dict[str, Any]) -> list[int]:
        said = (data.get("clients") or "").split(",")
        ids = [int(each) for each in said if each.isascii() and each.isdigit() and len(each) < 19]
        found: list[int] = []
        if data.get("view"):
            found += ids_of(self.allowed.filter(pk__in=audience(data["view"].pk, self.user).values("pk")))
        if data.get("listed"):
            found += ids_of(self.allowed.filter(pk__in=self._listed(data["listed"]).values("pk")))
        if ids:
            found += ids_of(self.allowed.filter(pk__in=ids[:MAX_REFS]))
        refs = refs_of(data.get("refs") or "")[:MAX_REFS]
        by_ref, self.unknown = clients_by_refs(refs, self.allowed)
        return list(dict.fromkeys([*found, *by_ref]))

    def _listed(self, query: str) -> Any:
        return ListState.read(CLIENTS, QueryDict(query), self.user).asked_rows()

    def picked(self) -> int:
        """How many clients came along from a list, before anything was sent."""
        return len(
            self._chosen({"clients": self.initial.get("clients"), "listed": self.initial.get("listed")})
        )


class PhoneForm(forms.Form):
    """The twelve statements as they are read out; none may be passed over without saying so."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = "fr" if (get_language() or "").startswith("fr") else "en"
        words = CURRENT.choices[language]
        choices = [*((str(n), words[n - 1]) for n in CHOICES), ("none", CURRENT.no_answer[language])]
        for item in CURRENT.items:
            self.fields[item.key] = forms.ChoiceField(
                label=item.text[language], choices=choices, widget=forms.RadioSelect
            )

    @property
    def values(self) -> dict[str, int | None]:
        data = self.cleaned_data
        return {key: None if data[key] == "none" else int(data[key]) for key in CURRENT.keys}


class ObservationForm(forms.Form):
    """One type, how sure, and the facts that were seen; no field for free words about a person."""

    certainty = forms.ChoiceField(
        label=_("How sure are you?"), widget=forms.RadioSelect,
        choices=[(each.value, label) for each, label in CERTAINTIES.items()],
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = type_names()
        self.fields["kind"] = forms.ChoiceField(
            label=_("Type"), widget=forms.RadioSelect, choices=[(kind.value, names[kind]) for kind in TYPES]
        )
        self.fields["traits"] = forms.MultipleChoiceField(
            label=_("What did you see?"), widget=forms.CheckboxSelectMultiple,
            choices=[(trait.value, TRAITS[trait]) for trait in Trait],
            error_messages={"required": _("Name at least one fact that you saw.")},
        )  # fmt: skip
        self.order_fields(["traits", "kind", "certainty"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("kind") and data.get("traits"):
            fitting = set(TRAITS_OF[Sociotype(data["kind"])])
            if not fitting & {Trait(trait) for trait in data["traits"]}:
                self.add_error("kind", _("None of the facts you saw speaks for this type."))
        return data

    @property
    def observed(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "kind": Sociotype(data["kind"]), "certainty": Certainty(data["certainty"]),
            "traits": [Trait(trait) for trait in data["traits"]],
        }  # fmt: skip
