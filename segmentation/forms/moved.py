from django import forms

from segmentation.labels import CAUSES
from segmentation.rules.history import Cause
from segmentation.selectors.moved import DEFAULT_PERIOD, PERIODS, MovedFilter


class MovedFilterForm(forms.Form):
    """The address of "who moved". What makes no sense in it counts as not said."""

    days = forms.TypedChoiceField(required=False, coerce=int, choices=[(days, days) for days in PERIODS])
    before = forms.CharField(required=False, max_length=24)
    after = forms.CharField(required=False, max_length=24)
    cause = forms.ChoiceField(
        required=False, choices=[(cause.value, label) for cause, label in CAUSES.items()]
    )
    owner = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    q = forms.CharField(required=False, max_length=100)
    page = forms.IntegerField(required=False, min_value=1, max_value=10**6)

    def chosen(self) -> MovedFilter:
        self.is_valid()
        said = self.cleaned_data
        return MovedFilter(
            days=said.get("days") or DEFAULT_PERIOD,
            before=said.get("before") or "",
            after=said.get("after") or "",
            cause=Cause(said["cause"]) if said.get("cause") else None,
            owner=said.get("owner"),
            search=said.get("q") or "",
            page=said.get("page") or 1,
        )
