"""The firm's own copy of the checklist: a draft is edited, then put in force for audits to come."""

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from trust_audit.models import ChecklistVersion
from trust_audit.rules.checklist import LANGUAGES, read_checklist
from trust_audit.selectors.checklists import current_key, data_of, draft
from trust_audit.services.refusals import Refused
from trust_audit.states import ChecklistState


def _plain(value: Any) -> Any:
    """As JSON holds it: days as ISO text."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | float | bool) else value.isoformat()


@transaction.atomic
def begin_draft(*, by: User, now: datetime) -> ChecklistVersion:
    """A copy of what is in force; the draft that exists is returned instead."""
    if existing := draft():
        return existing
    base = current_key()
    number = ChecklistVersion.objects.count() + 1
    content = _plain(copy.deepcopy(data_of(base)))
    content["version"] = key = f"{base.split('.')[0]}.{number}"
    return ChecklistVersion.objects.create(key=key, content=content, created_by=by)


@transaction.atomic
def change_criterion(*, code: str, changes: Mapping[str, Any]) -> ChecklistVersion:
    """Edit a criterion of the draft: weight, cap, texts and anchors in both languages.

    Raises ``Refused`` when there is no draft or the result is not in order.
    """
    row = ChecklistVersion.objects.select_for_update().filter(state=ChecklistState.DRAFT.value).first()
    if row is None:
        raise Refused("no_draft")
    content = copy.deepcopy(row.content)
    criterion = next((one for one in content["criterion"] if one["code"] == code), None)
    if criterion is None:
        raise Refused("no_criterion")
    _apply(criterion, changes)
    try:
        read_checklist(content)
    except ValueError as error:
        raise Refused("checklist_fault", fault=str(error)) from error
    row.content = content
    row.save(update_fields=["content"])
    return row


def _apply(criterion: dict[str, Any], changes: Mapping[str, Any]) -> None:
    criterion["weight"] = changes["weight"]
    if changes.get("cap") is None:
        criterion.pop("cap", None)
    else:
        criterion["cap"] = changes["cap"]
    for language in LANGUAGES:
        for name in ("question", "why", "how"):
            criterion[name] = criterion[name] | {language: changes[f"{name}_{language}"].strip()}
        lines = [line.strip() for line in changes[f"anchors_{language}"].splitlines() if line.strip()]
        criterion["anchors"] = criterion["anchors"] | {language: lines}
    if changes.get("law_checked_on") and criterion.get("law"):
        criterion["law"] = criterion["law"] | {"checked_on": changes["law_checked_on"].isoformat()}


@transaction.atomic
def put_in_force(*, now: datetime, name: str = "") -> ChecklistVersion:
    """From now on audits begin with the draft; those that run or ended keep theirs."""
    row = ChecklistVersion.objects.select_for_update().filter(state=ChecklistState.DRAFT.value).first()
    if row is None:
        raise Refused("no_draft")
    row.state, row.activated_at, row.name = ChecklistState.IN_FORCE.value, now, name.strip()[:120]
    row.save(update_fields=["state", "activated_at", "name"])
    return row


@transaction.atomic
def drop_draft() -> None:
    ChecklistVersion.objects.filter(state=ChecklistState.DRAFT.value).delete()
