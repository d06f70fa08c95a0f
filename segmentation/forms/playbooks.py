from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PlainFormMixin
from segmentation.models import DilemmaDiagnosis
from segmentation.rules.playbooks import Playbook, Stage, read_steps


class PlayForm(forms.Form):
    stage = forms.IntegerField(min_value=0, max_value=20)
    step = forms.IntegerField(min_value=0, max_value=20)
    done = forms.BooleanField(required=False)


class DiagnosisForm(forms.ModelForm):
    class Meta:
        model = DilemmaDiagnosis
        fields = ("diagnosis", "target")


class BookForm(PlainFormMixin, forms.Form):
    """The aim, and each stage with a title and one step a line. Stages are not added: progress counts by them."""

    aim = forms.CharField(label=_("Aim"), max_length=200)

    def __init__(self, *args: Any, book: Playbook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.book = book
        self.fields["aim"].initial = book.aim
        for number, stage in enumerate(book.stages):
            self.fields[f"title{number}"] = forms.CharField(
                label=_("Stage %(number)s") % {"number": number + 1}, max_length=120, initial=stage.title
            )
            self.fields[f"steps{number}"] = forms.CharField(
                label=_("Steps, one a line"), widget=forms.Textarea(attrs={"rows": 6}),
                initial="\n".join(stage.steps), max_length=3000,
            )  # fmt: skip

    def stages(self) -> list[Stage]:
        said = self.cleaned_data
        return [
            Stage(said[f"title{number}"], read_steps(said[f"steps{number}"]))
            for number in range(len(self.book.stages))
        ]
