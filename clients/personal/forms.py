from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DateInput, PlainFormMixin
from common.text import clean


class ConfirmErasure(PlainFormMixin, forms.Form):
    """Who erases types the name, so that nobody is erased by a slip."""

    name = forms.CharField(label=_("Type the name to confirm"), max_length=250)

    def __init__(self, *args: Any, wanted: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = wanted

    def clean_name(self) -> str:
        name = clean(self.cleaned_data["name"])
        if name.casefold() != clean(self.wanted).casefold():
            raise forms.ValidationError(_("This is not the name; nothing was erased."))
        return name


class PostponeForm(forms.Form):
    until = forms.DateField(widget=DateInput())
    reason = forms.CharField(max_length=300)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if not self.today < until <= date(self.today.year + 10, 12, 31):
            raise forms.ValidationError(_("Choose a day ahead, within ten years."))
        return until


class RuleForm(forms.Form):
    months = forms.IntegerField(min_value=1, max_value=240)
    is_on = forms.BooleanField(required=False)
