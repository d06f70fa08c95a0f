"""Forms of readiness, of the plan and of the matrix."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DateInput, PlainFormMixin
from segmentation.labels import COMPETITOR_FACTS, STEPS
from segmentation.models import MigrationFacts
from segmentation.rules.readiness import Assumptions
from segmentation.rules.waves import Hold, Wave


class ScenarioForm(forms.Form):
    """The sliders, in percent; what makes no sense counts as not said."""

    lead = forms.IntegerField(required=False, min_value=0, max_value=100)
    market = forms.IntegerField(required=False, min_value=0, max_value=100)

    def rates(self) -> tuple[float | None, float | None]:
        self.is_valid()
        said = self.cleaned_data
        lead, market = said.get("lead"), said.get("market")
        return (None if lead is None else lead / 100, None if market is None else market / 100)


def _percent(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=100)


class AssumptionsForm(forms.Form):
    """Every assumption of readiness; rates in percent. ``groups()`` arranges them for the page."""

    competitor_facts = forms.MultipleChoiceField(
        label=_("What competitors offer and we do not"), required=False, choices=list(COMPETITOR_FACTS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each is a fifth of their lead."),
    )  # fmt: skip
    market = _percent(_("Share of the market that orders online"))
    market_on = forms.DateField(label=_("As of"), required=False, widget=DateInput())

    def __init__(self, *args: Any, assumptions: Assumptions, type_names: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type_names = type_names
        self.fields["market"].initial = round(assumptions.market * 100)
        for name in ("rho", "h1", "h2"):
            for number, value in enumerate(getattr(assumptions, name)):
                field = _percent(type_names[number])
                field.initial = round(value * 100)
                self.fields[f"{name}{number}"] = field
        for number, value in enumerate(assumptions.hours):
            self.fields[f"hours{number}"] = forms.DecimalField(
                label=type_names[number], min_value=0, max_value=400, decimal_places=1, initial=value
            )

    def table(self) -> list[tuple[Any, list[Any]]]:
        rows = (
            ("rho", _("Would migrate when asked, %")),
            ("h1", _("Would leave for a faster competitor, % a year")),
            ("h2", _("Would leave when the move turns inevitable, % a year")),
            ("hours", _("Hours the move takes us")),
        )
        return [(label, [self[f"{name}{number}"] for number in range(4)]) for name, label in rows]

    def values(self) -> Assumptions:
        said = self.cleaned_data
        rates: dict[str, Any] = {
            name: tuple(said[f"{name}{number}"] / 100 for number in range(4)) for name in ("rho", "h1", "h2")
        }
        hours = tuple(max(0.1, float(said[f"hours{number}"])) for number in range(4))
        return Assumptions(**rates, hours=hours, market=said["market"] / 100)


class PlanFilterForm(forms.Form):
    wave = forms.TypedChoiceField(
        required=False, coerce=int, choices=[(int(wave), wave.name) for wave in Wave]
    )
    hold = forms.TypedChoiceField(
        required=False, coerce=int, choices=[(int(hold), hold.name) for hold in Hold]
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=10**6)

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        said = self.cleaned_data
        wave, hold = said.get("wave"), said.get("hold")
        return {
            "wave": None if wave in (None, "") else wave,
            "hold": None if hold in (None, "") else hold,
            "page": said.get("page") or 1,
        }


class StepForm(forms.Form):
    step = forms.ChoiceField(choices=[(step.value, label) for step, label in STEPS.items()])
    done_on = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_done_on(self) -> date:
        day: date = self.cleaned_data.get("done_on") or self.today
        if day > self.today:
            raise forms.ValidationError(_("This day lies ahead."))
        return day


class FactsForm(forms.ModelForm):
    class Meta:
        model = MigrationFacts
        fields = ("is_volunteer", "is_ambassador", "hours")


class ReferenceForm(PlainFormMixin, forms.Form):
    online_began_on = forms.DateField(
        label=_("Our offer online began"), widget=DateInput(),
        help_text=_("Whoever bought before is an existing client."),
    )  # fmt: skip
    new_since = forms.DateField(
        label=_("New services are those since"), widget=DateInput(),
        help_text=_("Products introduced from this day on are new."),
    )  # fmt: skip
