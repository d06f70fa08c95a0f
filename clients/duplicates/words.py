"""The sentences of likely duplicates."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.reasons import Reason
from common.wording import explain

REASONS = {
    "same_registration": _("Same registration number"),
    "same_company": _("Same company number, another establishment"),
    "same_email": _("Same e-mail"),
    "same_phone": _("Same phone number"),
    "same_name": _("Same name, spelling and legal form apart"),
    "similar_name": _("Similar name: %(similarity_rate)s of the letters agree"),
    "same_place": _("Same place"),
    "same_city": _("Same town, another postcode"),
    "same_street": _("Same street and number"),
    "other_registration": _("Different registration numbers"),
    "other_place": _("Different places"),
    "other_name": _("Different names"),
    "part_of_name": _("One name is part of the other"),
    "same_client": _("Of the same client"),
    "other_kind": _("One is a company, the other a private person"),
}


def sentences(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    return [explain(Reason.from_json(reason), REASONS) for reason in reasons]
