from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PlainFormMixin
from common.money import MAX_CENTS, to_cents
from segmentation.labels import SEGMENTS
from segmentation.rules.grid import Preset, Segment, Thresholds
from segmentation.selectors.grid import DEFAULT_SORT, SORTS, GridFilter

_SORT_CHOICES = [(sign + key, key) for key in SORTS for sign in ("", "-")]


class GridFilterForm(forms.Form):
    """What the grid's address says besides the filters of the list of clients. What makes no sense in it counts as
    not said."""

    segment = forms.ChoiceField(
        required=False, choices=[(segment.value, label) for segment, label in SEGMENTS.items()]
    )
    sort = forms.ChoiceField(required=False, choices=_SORT_CHOICES)
    page = forms.IntegerField(required=False, min_value=1, max_value=10**6)
    scale = forms.ChoiceField(required=False, choices=[("linear", "linear"), ("log", "log")])

    def chosen(self) -> GridFilter:
        self.is_valid()
        said = self.cleaned_data
        return GridFilter(
            segment=Segment(said["segment"]) if said.get("segment") else None,
            sort=said.get("sort") or DEFAULT_SORT,
            page=said.get("page") or 1,
            log_scale=said.get("scale") != "linear",
        )


class LinesForm(PlainFormMixin, forms.Form):
    """The two lines as a person types them: an amount and a percentage."""

    revenue = forms.DecimalField(
        label=_("Revenue from"), min_value=0, max_value=MAX_CENTS // 100, decimal_places=2,
        help_text=_("Net sales of the last 52 weeks."),
    )  # fmt: skip
    margin = forms.DecimalField(
        label=_("Margin rate from, in %"), min_value=-100, max_value=100, decimal_places=2,
        help_text=_("A client on a line counts as high."),
    )  # fmt: skip

    def lines(self) -> Thresholds:
        return Thresholds(to_cents(self.cleaned_data["revenue"]), float(self.cleaned_data["margin"] / 100))

    @staticmethod
    def typed(lines: Thresholds) -> dict[str, Any]:
        """What a person would have typed for ``lines``."""
        if lines.revenue_cents is None or lines.margin_rate is None:
            return {}
        return {
            "revenue": Decimal(lines.revenue_cents).scaleb(-2),
            "margin": round(Decimal(str(lines.margin_rate)) * 100, 2),
        }


class ActivationForm(LinesForm):
    """One button per proposal; a preset's values are computed again, only typed ones are taken as sent."""

    preset = forms.ChoiceField(choices=[(preset.value, preset.value) for preset in Preset])
    as_of = forms.DateField(input_formats=["%Y-%m-%d"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = False  # the page shows one such form per proposal
        for field in self.fields.values():
            field.widget = forms.HiddenInput()
        if self.data.get("preset") != Preset.TYPED:
            self.fields["revenue"].required = self.fields["margin"].required = False

    @property
    def chosen_preset(self) -> Preset:
        return Preset(self.cleaned_data["preset"])
