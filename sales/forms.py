from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from sales.models import Category


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
