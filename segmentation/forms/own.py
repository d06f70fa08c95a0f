"""Forms of a company's own segmentation."""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from clients.labels import KINDS
from clients.models import Tag
from common.forms import PlainFormMixin
from common.money import MAX_CENTS
from sales.models import Category
from segmentation.labels import FACTS, OPERATORS
from segmentation.models import OwnSegment, OwnSegmentation
from segmentation.rules.own import MAX_CONDITIONS, NUMBERS, Condition, Fact, Method, Operator

SUFFIXES = (".csv", ".tsv", ".txt", ".gz", ".xlsx")


class ImportForm(PlainFormMixin, forms.Form):
    name = forms.CharField(
        label=_("Name of the segmentation"), max_length=80,
        help_text=_("One of this name that was imported before is replaced."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("File of segments"), max_length=200,
        help_text=_("CSV or XLSX with the columns ref and segment, and name if the segments have one."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.gz,.xlsx"}),
    )  # fmt: skip

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if OwnSegmentation.objects.filter(name=name).exclude(method=Method.IMPORTED.value).exists():
            raise forms.ValidationError(_("A segmentation of this name is computed by rules."))
        return name

    def clean_file(self) -> UploadedFile:
        file = cast(UploadedFile, self.cleaned_data["file"])
        if Path(file.name or "").suffix.lower() not in SUFFIXES:
            raise forms.ValidationError(_("Only files ending in .csv, .csv.gz or .xlsx can be read."))
        if (file.size or 0) > settings.CMIX_UPLOAD_MAX_BYTES:
            raise forms.ValidationError(_("The file is too large to be read."))
        return file


class NewRulesForm(PlainFormMixin, forms.ModelForm):
    class Meta:
        model = OwnSegmentation
        fields = ("name",)


class PlaybookForm(forms.ModelForm):
    """The mapping of one segment, chosen in the table of segments."""

    class Meta:
        model = OwnSegment
        fields = ("playbook",)


class SegmentForm(PlainFormMixin, forms.ModelForm):
    """Name, playbook and up to four conditions, all of which must hold. ``conditions()`` reads them."""

    class Meta:
        model = OwnSegment
        fields = ("name", "playbook")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.instance.rule if self.instance.pk else []
        for number in range(MAX_CONDITIONS):
            condition = given[number] if number < len(given) else None
            self._add_condition(number, condition)

    def _add_condition(self, number: int, condition: Condition | None) -> None:
        nothing: tuple[str, str | Promise] = ("", "—")
        self.fields[f"fact{number}"] = forms.ChoiceField(
            required=False, choices=[nothing, *((fact.value, label) for fact, label in FACTS.items())],
            initial=condition.fact.value if condition else "", label=_("Fact"),
        )  # fmt: skip
        self.fields[f"operator{number}"] = forms.ChoiceField(
            required=False, choices=[(each.value, label) for each, label in OPERATORS.items()],
            initial=condition.operator.value if condition else "", label=_("Comparison"),
        )  # fmt: skip
        self.fields[f"value{number}"] = forms.CharField(
            required=False, max_length=80, initial=as_typed(condition) if condition else "", label=_("Value")
        )

    def condition_rows(self) -> list[tuple[Any, Any, Any]]:
        return [
            (self[f"fact{number}"], self[f"operator{number}"], self[f"value{number}"])
            for number in range(MAX_CONDITIONS)
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        self._conditions: list[Condition] = []
        for number in range(MAX_CONDITIONS):
            if fact := said.get(f"fact{number}"):
                self._read(
                    number, Fact(fact), said.get(f"operator{number}"), said.get(f"value{number}") or ""
                )
        return said

    def _read(self, number: int, fact: Fact, operator: str | None, typed: str) -> None:
        try:
            self._conditions.append(read_condition(fact, Operator(operator or ""), typed.strip()))
        except ValueError as error:
            self.add_error(f"value{number}", str(error) or _("This cannot be compared so."))

    def conditions(self) -> list[Condition]:
        return self._conditions


def read_condition(fact: Fact, operator: Operator, typed: str) -> Condition:
    """Raises ``ValueError`` with what is wrong with ``typed``."""
    if (operator in (Operator.AT_LEAST, Operator.BELOW)) != (fact in NUMBERS):
        raise ValueError(str(_("Numbers compare with “at least” or “below”, words with “is” or “is not”.")))
    if fact in NUMBERS:
        return Condition(fact, operator, _number(fact, typed))
    return Condition(fact, operator, _found(fact, typed))


def _number(fact: Fact, typed: str) -> float | int:
    try:
        value = Decimal(typed.replace(",", ".").replace(" ", "").replace("\u202f", "").replace("\xa0", ""))
    except InvalidOperation:
        raise ValueError(str(_("A number is needed."))) from None
    if not value.is_finite() or abs(value) > MAX_CENTS // 100:
        raise ValueError(str(_("A number is needed.")))
    if fact == Fact.REVENUE:
        return round(value * 100)
    return float(value / 100) if fact == Fact.MARGIN else int(value)


def _found(fact: Fact, typed: str) -> int | str:
    if fact == Fact.KIND:
        kinds = {str(label).casefold(): kind.value for kind, label in KINDS.items()}
        kinds |= {kind.value: kind.value for kind in KINDS}
        found: int | str | None = kinds.get(typed.casefold())
    else:
        model, lookup = _NAMED[fact]
        found = model._default_manager.filter(**{lookup: typed}).values_list("pk", flat=True).first()
    if found is None:
        raise ValueError(str(_("Nothing of this name is known.")))
    return found


_NAMED: dict[Fact, tuple[Any, str]] = {
    Fact.TAG: (Tag, "name__iexact"),
    Fact.CATEGORY: (Category, "name__iexact"),
    Fact.OWNER: (User, "email__iexact"),
    Fact.TEAM: (Team, "name__iexact"),
}


def as_typed(condition: Condition) -> str:
    """The value as a person would have typed it."""
    if condition.fact == Fact.REVENUE:
        return f"{Decimal(str(condition.value)) / 100:f}"
    if condition.fact == Fact.MARGIN:
        return f"{Decimal(str(condition.value)) * 100:f}".rstrip("0").rstrip(".")
    if condition.fact in NUMBERS:
        return str(condition.value)
    if condition.fact == Fact.KIND:
        return str({kind.value: label for kind, label in KINDS.items()}.get(str(condition.value), ""))
    model, lookup = _NAMED[condition.fact]
    field = lookup.removesuffix("__iexact")
    return str(model._default_manager.filter(pk=condition.value).values_list(field, flat=True).first() or "?")


def sentence(condition: Condition) -> str:
    return f"{FACTS[condition.fact]} {OPERATORS[condition.operator]} {as_typed(condition)}"
