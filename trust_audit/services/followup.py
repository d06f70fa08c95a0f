"""Actions, seals and share links of a site."""

import secrets
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import User
from trust_audit.models import Action, Audit, ShareLink
from trust_audit.rules.gains import Effort
from trust_audit.services.evidence import add_closing_proof
from trust_audit.services.refusals import Refused
from trust_audit.states import ActionState

SHARED_FOR = timedelta(days=30)


@transaction.atomic
def add_action(
    *, audit: Audit, code: str, title: str, owner: User | None, due_on: date | None, effort: Effort,
    gain: float | None, by: User, now: datetime,
) -> Action:  # fmt: skip
    """An action for a criterion; the one that exists for it is returned as it stands."""
    action, _ = Action.objects.get_or_create(
        audit=audit,
        code=code,
        defaults={
            "site_id": audit.site_id, "title": title.strip()[:200], "owner": owner, "due_on": due_on,
            "effort": effort.value, "gain": gain, "created_by": by, "created_at": now,
        },
    )  # fmt: skip
    return action


@transaction.atomic
def change_action(
    *, action: Action, title: str, owner: User | None, due_on: date | None, effort: Effort, doing: bool
) -> Action:
    action = Action.objects.select_for_update().get(pk=action.pk)
    action.title, action.owner, action.due_on, action.effort = (
        title.strip()[:200],
        owner,
        due_on,
        effort.value,
    )
    if action.is_open:
        action.state = (ActionState.DOING if doing else ActionState.TO_DO).value
    action.save()
    return action


@transaction.atomic
def close_action(
    *, action: Action, file: UploadedFile | None, url: str, caption: str, by: User, now: datetime, day: date
) -> Action:
    """Done, with evidence that is newer than the action. Raises ``Refused`` without it."""
    action = Action.objects.select_for_update().get(pk=action.pk)
    if not action.is_open:
        return action
    if file is None and not url:
        raise Refused("close_without_evidence")
    action.proof = add_closing_proof(
        action=action, file=file, url=url, caption=caption, by=by, now=now, day=day
    )
    action.state, action.done_at = ActionState.DONE.value, now
    action.save()
    return action


@transaction.atomic
def verify_action(*, action: Action, by: User) -> Action:
    """Somebody else than its owner looked at the evidence."""
    action = Action.objects.select_for_update().get(pk=action.pk)
    if action.state == ActionState.VERIFIED:
        return action
    if action.state != ActionState.DONE:
        raise Refused("not_done")
    if by.pk in (action.owner_id, action.proof.created_by_id if action.proof else None):
        raise Refused("verify_own")
    action.state, action.verified_by = ActionState.VERIFIED.value, by
    action.save()
    return action


@transaction.atomic
def reopen_action(*, action: Action) -> Action:
    action = Action.objects.select_for_update().get(pk=action.pk)
    action.state, action.done_at, action.verified_by = ActionState.DOING.value, None, None
    action.save()
    return action


@transaction.atomic
def share(*, audit: Audit, note: str, days: int, by: User, now: datetime) -> ShareLink:
    """A link to the report of a signed audit. Raises ``Refused`` while it runs."""
    if not audit.is_signed:
        raise Refused("share_running")
    return ShareLink.objects.create(
        audit=audit, secret=secrets.token_urlsafe(24), note=note.strip()[:120], created_by=by,
        expires_at=now + timedelta(days=days),
    )  # fmt: skip


@transaction.atomic
def revoke(*, link: ShareLink, now: datetime) -> None:
    ShareLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(revoked_at=now)
