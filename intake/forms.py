from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from clients.labels import LEGAL_BASES
from clients.rules import LegalBasis
from common.forms import PlainFormMixin
from common.reading.labels import DATE_FORMATS, DECIMAL_MARKS
from common.reading.shapes import Mapping
from intake.catalogue import Offer
from intake.labels import KINDS, MODES
from intake.rules import Kind, Mode

SUFFIXES = (".csv", ".tsv", ".txt", ".gz", ".xlsx", ".xlsm", ".xls")  # the last two get their own refusal

_FOUND_OUT = ("", _("Found out from the file"))


def _date_formats() -> list[tuple[str, Any]]:
    return [_FOUND_OUT, *((written, label) for written, label in DATE_FORMATS.items() if "%" in written)]


class UploadForm(PlainFormMixin, forms.Form):
    """A file, and what it holds."""

    kind = forms.ChoiceField(label=_("What does the file hold?"), choices=[], widget=forms.RadioSelect())
    file = forms.FileField(
        label=_("File"), max_length=200,
        help_text=_("CSV (also packed as .csv.gz) or XLSX, with the names of the columns in the first row."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.gz,.xlsx"}),
    )  # fmt: skip

    def __init__(self, *args: Any, offers: Sequence[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["kind"]).choices = [
            (offer.kind.value, KINDS[offer.kind]) for offer in offers
        ]

    def clean_file(self) -> UploadedFile:
        file = cast(UploadedFile, self.cleaned_data["file"])
        if Path(file.name or "").suffix.lower() not in SUFFIXES:
            raise forms.ValidationError(_("Only files ending in .csv, .csv.gz or .xlsx can be read."))
        if (file.size or 0) > settings.CMIX_UPLOAD_MAX_BYTES:
            most = filesizeformat(settings.CMIX_UPLOAD_MAX_BYTES)
            raise forms.ValidationError(_("The file is larger than %(most)s."), params={"most": most})
        return file

    @property
    def chosen(self) -> Kind:
        return Kind(self.cleaned_data["kind"])


class MappingForm(PlainFormMixin, forms.Form):
    """One choice of column per field, then how days and numbers are written, then whose new clients are."""

    date_format = forms.ChoiceField(label=_("Days are written"), choices=_date_formats, required=False)
    decimal_mark = forms.ChoiceField(
        label=_("Decimals are written"), choices=[_FOUND_OUT, *DECIMAL_MARKS.items()], required=False
    )

    def __init__(
        self, *args: Any, offer: Offer, header: Sequence[str], user: User, mapping: Mapping, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._encoding, self._offer = mapping.encoding, offer
        columns = [("", "–"), *((name, name) for name in dict.fromkeys(header) if name)]
        for spec in offer.fields:
            said = [
                (f"={value}", _("Always: %(value)s") % {"value": label})
                for value, label in spec.options.items()
            ]
            self.fields[f"column_{spec.name}"] = forms.ChoiceField(
                label=str(spec.label), choices=columns + said, required=spec.required,
                help_text=str(spec.help_text),
                initial=mapping.columns.get(spec.name, ""),
            )  # fmt: skip
        if offer.asks_owner:
            owners = User.objects.visible_to(user).filter(is_active=True) | User.objects.filter(pk=user.pk)
            self.fields["owner"] = forms.ModelChoiceField(
                label=_("Owner of new clients"), queryset=owners.order_by("name", "pk"),
                help_text=_("Clients that exist keep their owner."),
            )  # fmt: skip
        self.initial.update(date_format=_offered(mapping.date_format), decimal_mark=mapping.decimal_mark)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        mapped = self.mapping().columns
        required = {spec.name for spec in self._offer.fields if spec.required}
        if missing := [name for name in self._offer.missing(mapped) if name not in required]:
            named = ", ".join(self._offer.label_of(name) for name in missing)
            raise forms.ValidationError(self._hint(missing) or _("Say which column holds: %(names)s."),
                                        params={"names": named})  # fmt: skip
        return cleaned

    def _hint(self, missing: Sequence[str]) -> Any:
        if self._offer.kind == Kind.ORDERS and "amount" in missing:
            return _("Choose the column of amounts, or those of quantity and unit price.")
        return None

    def column_fields(self) -> list[forms.BoundField]:
        return [self[f"column_{spec.name}"] for spec in self._offer.fields]

    def rule_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("date_format", "decimal_mark", "owner") if name in self.fields]

    def mapping(self) -> Mapping:
        chosen = {spec.name: self.cleaned_data.get(f"column_{spec.name}") for spec in self._offer.fields}
        return Mapping(
            {field: column for field, column in chosen.items() if column},
            self.cleaned_data.get("date_format", ""), self.cleaned_data.get("decimal_mark", ""), self._encoding,
        )  # fmt: skip


def _offered(date_format: str) -> str:
    """A preset may name a format with a time of day; its day alone is what the form offers."""
    day = date_format.split(" ")[0]
    return day if day in DATE_FORMATS else ""


class ConfirmForm(PlainFormMixin, forms.Form):
    """How the file is imported; for files about people also on which basis and from where."""

    mode = forms.ChoiceField(label=_("Records that exist"), choices=[(mode.value, label) for mode, label in MODES.items()],
                             initial=Mode.UPSERT.value)  # fmt: skip
    legal_basis = forms.ChoiceField(
        label=_("Legal basis of the personal data"),
        choices=[("", "–"), *((basis.value, label) for basis, label in LEGAL_BASES.items())],
        initial=LegalBasis.LEGITIMATE_INTEREST.value,
        help_text=_("Kept with every person this file brings."),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Source"),
        max_length=120,
        help_text=_("Where the data came from: a fair, a file, the person."),
    )

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not offer.asks_mode:
            del self.fields["mode"]
        if not offer.asks_basis:
            del self.fields["legal_basis"], self.fields["source"]

    @property
    def choices(self) -> dict[str, Any]:
        """Arguments of ``imports.confirm``."""
        cleaned = self.cleaned_data
        return {
            "mode": Mode(cleaned.get("mode", Mode.UPSERT.value)),
            "legal_basis": cleaned.get("legal_basis", ""), "source": cleaned.get("source", ""),
        }  # fmt: skip
