from datetime import date
from decimal import Decimal
from typing import Any, cast

from crispy_forms.layout import Div
from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DateInput, PlainFormMixin
from common.text import clean
from sales.models import Category, Product


class MarginForm(forms.Form):
    """One category's assumed margin, typed in percent; empty takes the assumption back."""

    category = forms.ModelChoiceField(queryset=Category.objects.all(), widget=forms.HiddenInput())
    percent = forms.DecimalField(
        label=_("Assumed margin, in %"), min_value=-100, max_value=100, max_digits=5, decimal_places=2,
        required=False,
    )  # fmt: skip

    @property
    def rate(self) -> Decimal | None:
        percent = self.cleaned_data["percent"]
        return None if percent is None else percent / 100


class CategoryForm(PlainFormMixin, forms.ModelForm):
    """A category; its assumed margin is typed in percent."""

    percent = forms.DecimalField(
        label=_("Assumed margin, in %"), min_value=-100, max_value=100, max_digits=5, decimal_places=2,
        required=False, help_text=_("For lines without a known cost; empty assumes nothing."),
    )  # fmt: skip
    layout: tuple[Any, ...] = (Div("name", "parent", css_class="form-grid"), "is_near_universe", "percent")

    class Meta:
        model = Category
        fields = ["name", "parent", "is_near_universe"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Category.objects.exclude(pk=self.instance.pk).order_by("name")
        parent = cast(forms.ModelChoiceField, self.fields["parent"])
        parent.queryset, parent.empty_label = others, "–"
        if (rate := self.instance.assumed_margin_rate) is not None:
            self.initial["percent"] = f"{rate * 100:.2f}"

    def clean_name(self) -> str:
        name = clean(self.cleaned_data["name"])
        if not name or {">", "|"} & set(name):
            raise forms.ValidationError(
                _("A name is not empty and holds neither > nor |, which part names in files.")
            )
        return name

    @property
    def rate(self) -> Decimal | None:
        percent = self.cleaned_data["percent"]
        return None if percent is None else percent / 100


class ProductForm(PlainFormMixin, forms.ModelForm):
    layout: tuple[Any, ...] = (
        Div("name", "category", css_class="form-grid"),
        Div("sold_online", "introduced_on", css_class="form-grid"),
        "unit_cost",
    )

    class Meta:
        model = Product
        fields = ["name", "category", "sold_online", "introduced_on", "unit_cost"]
        widgets = {"introduced_on": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category = cast(forms.ModelChoiceField, self.fields["category"])
        category.queryset, category.empty_label = Category.objects.order_by("name"), "–"
        if (cost := self.instance.unit_cost) is not None and cost == round(cost, 2):
            self.initial["unit_cost"] = round(cost, 2)

    def clean_name(self) -> str:
        if not (name := clean(self.cleaned_data["name"])):
            raise forms.ValidationError(_("A product needs a name."))
        return name

    def clean_introduced_on(self) -> date | None:
        day: date | None = self.cleaned_data["introduced_on"]
        if day and not 1900 <= day.year <= 2200:
            raise forms.ValidationError(_("Choose a day between 1900 and 2200."))
        return day
