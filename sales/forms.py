from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.forms import PlainFormMixin
from common.reading.labels import DATE_FORMATS, DECIMAL_MARKS
from sales.labels import FIELDS
from sales.models import Category
from sales.rules import Field, Mapping

SUFFIXES = (".csv", ".tsv", ".txt", ".gz", ".xlsx", ".xlsm", ".xls")  # the last two get their own refusal

_FOUND_OUT = ("", _("Found out from the file"))


def _date_formats() -> list[tuple[str, Any]]:
    return [_FOUND_OUT, *((written, label) for written, label in DATE_FORMATS.items() if "%" in written)]


class UploadForm(PlainFormMixin, forms.Form):
    file = forms.FileField(
        label=_("File of orders"), max_length=200,
        help_text=_("CSV (also packed as .csv.gz) or XLSX, with the names of the columns in the first row."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.gz,.xlsx"}),
    )  # fmt: skip

    def clean_file(self) -> UploadedFile:
        file = cast(UploadedFile, self.cleaned_data["file"])
        if Path(file.name or "").suffix.lower() not in SUFFIXES:
            raise forms.ValidationError(_("Only files ending in .csv, .csv.gz or .xlsx can be read."))
        if (file.size or 0) > settings.CMIX_UPLOAD_MAX_BYTES:
            most = filesizeformat(settings.CMIX_UPLOAD_MAX_BYTES)
            raise forms.ValidationError(_("The file is larger than %(most)s."), params={"most": most})
        return file


class MappingForm(PlainFormMixin, forms.Form):
    """One choice of column per field, then how days and numbers are written, then whose new clients are."""

    date_format = forms.ChoiceField(label=_("Days are written"), choices=_date_formats, required=False)
    decimal_mark = forms.ChoiceField(
        label=_("Decimals are written"), choices=[_FOUND_OUT, *DECIMAL_MARKS.items()], required=False
    )
    owner = forms.ModelChoiceField(
        label=_("Owner of new clients"), queryset=User.objects.none(),
        help_text=_("Clients that exist keep their owner."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, header: Sequence[str], user: User, mapping: Mapping, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._encoding = mapping.encoding
        columns = [("", "–"), *((name, name) for name in dict.fromkeys(header) if name)]
        for field, label in FIELDS.items():
            self.fields[f"column_{field}"] = forms.ChoiceField(
                label=label, choices=columns, required=field in (Field.CLIENT, Field.DAY),
                initial=mapping.columns.get(field.value, ""),
            )  # fmt: skip
        owners = User.objects.visible_to(user).filter(is_active=True) | User.objects.filter(pk=user.pk)
        cast(forms.ModelChoiceField, self.fields["owner"]).queryset = owners.order_by("name", "pk")
        self.initial.update(date_format=_offered(mapping.date_format), decimal_mark=mapping.decimal_mark)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if Field.AMOUNT in self.mapping().missing():
            raise forms.ValidationError(
                _("Choose the column of amounts, or those of quantity and unit price.")
            )
        return cleaned

    def column_fields(self) -> list[forms.BoundField]:
        return [self[f"column_{field}"] for field in FIELDS]

    def mapping(self) -> Mapping:
        chosen = {field.value: self.cleaned_data.get(f"column_{field}") for field in FIELDS}
        return Mapping(
            {field: column for field, column in chosen.items() if column},
            self.cleaned_data.get("date_format", ""), self.cleaned_data.get("decimal_mark", ""), self._encoding,
        )  # fmt: skip


def _offered(date_format: str) -> str:
    """A preset may name a format with a time of day; its day alone is what the form offers."""
    day = date_format.split(" ")[0]
    return day if day in DATE_FORMATS else ""


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
