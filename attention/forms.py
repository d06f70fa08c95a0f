from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from attention.labels import LINE_STATES
from attention.rules.lines import SNOOZE_WEEKS, LineState, task_day
from common.text import clean

LONGEST_SNOOZE = timedelta(days=365)
LONGEST_WEEK_MINUTES = 60 * 60
LONGEST_TITLE = 200


class AnswerForm(forms.Form):
    """One answer to one line. A snooze without a day or weeks lasts one week."""

    state = forms.ChoiceField(choices=[(state.value, label) for state, label in LINE_STATES.items()])
    spent_minutes = forms.IntegerField(
        required=False, min_value=0, max_value=LONGEST_WEEK_MINUTES, label=_("Minutes spent")
    )
    weeks = forms.TypedChoiceField(
        required=False, coerce=int,
        choices=[(weeks, str(weeks)) for weeks in SNOOZE_WEEKS],
    )  # fmt: skip
    until = forms.DateField(required=False, label=_("Until"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        if until and not self.today < until <= self.today + LONGEST_SNOOZE:
            raise forms.ValidationError(_("Choose a day after today and within a year."))
        return until

    @property
    def answer(self) -> dict[str, Any]:
        """Arguments of ``services.answer_line``."""
        data = self.cleaned_data
        state = LineState(data["state"])
        until = data["until"] or self.today + timedelta(weeks=data["weeks"] or SNOOZE_WEEKS[0])
        return {
            "state": state,
            "spent_minutes": data["spent_minutes"],
            "snoozed_until": until if state == LineState.SNOOZED else None,
        }


class LineTaskForm(forms.Form):
    """What to do about a line, and by when: without a day by Friday."""

    title = forms.CharField(max_length=LONGEST_TITLE, label=_("What to do"))
    due_on = forms.DateField(label=_("Due"), required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_title(self) -> str:
        title = clean(self.cleaned_data["title"])
        if not title:
            raise forms.ValidationError(_("Say what there is to do."))
        return title

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"] or task_day(self.today)
        if not self.today <= due_on <= self.today + LONGEST_SNOOZE:
            raise forms.ValidationError(_("Choose a day from today on and within a year."))
        return due_on
