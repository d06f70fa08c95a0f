"""Rounds: many clients chosen at once, their people invited by a job, each once."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.crypto import get_random_string

from clients.models import Invitation, Person, QuestionnaireRound
from clients.sociotypes.emails import queue_invitation
from clients.sociotypes.rules.asking import LINK_DAYS, LeftOut
from clients.sociotypes.selectors.asking import asked_of, judged
from jobs.services import enqueue

JOB_KIND = "clients.questionnaire_round"
BATCH = 100
"""Invitations written in one transaction, with their mails."""


class NobodyChosen(ValueError):
    """A round without a client."""


def job_key(round_: QuestionnaireRound) -> str:
    return str(round_.pk)


def audience_key(client_ids: Sequence[int], day: str) -> str:
    """The same clients chosen on the same day are the same round, however often it is started."""
    digest = hashlib.sha256(",".join(map(str, sorted(client_ids))).encode()).hexdigest()[:32]
    return f"{day}:{digest}"


@transaction.atomic
def start_round(
    *, name: str, client_ids: Sequence[int], key: str, by: Any, now: datetime, enqueue_job: bool = True
) -> QuestionnaireRound:
    """Note the round and leave its invitations to a job. Raises ``NobodyChosen``."""
    if not client_ids:
        raise NobodyChosen
    round_, created = QuestionnaireRound.objects.get_or_create(
        key=key,
        defaults={"name": name, "audience": list(client_ids), "created_by": by, "created_at": now},
    )
    if created and enqueue_job:
        enqueue(kind=JOB_KIND, key=job_key(round_), payload={"round": round_.pk}, user=by)
    return round_


def write_invitations(
    *,
    round_: QuestionnaireRound,
    now: datetime,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, int]:
    """Invite everybody who may be; killed half-way, the next try goes on with those who are missing."""
    if round_.written_at is not None:
        return {"invited": round_.invitations.count(), **round_.left_out}
    asked = asked_of(round_.audience, now)
    for first in range(0, len(asked.invited), BATCH):
        _invite(round_, asked.invited[first : first + BATCH], now)
        progress(min(first + BATCH, len(asked.invited)), len(asked.invited))
    mine = Invitation.objects.filter(round=round_).count()
    left_out = dict(asked.left_out)
    # Those this round itself invited before it was interrupted are no one's being left out.
    already = left_out.get(LeftOut.INVITED.value, 0) - (mine - len(asked.invited))
    left_out[LeftOut.INVITED.value] = max(0, already)
    left_out = {reason: count for reason, count in left_out.items() if count}
    QuestionnaireRound.objects.filter(pk=round_.pk).update(left_out=left_out, written_at=now)
    return {"invited": mine, **left_out}


@transaction.atomic
def _invite(round_: QuestionnaireRound, people: Sequence[int], now: datetime) -> None:
    """Asked again under the lock: somebody may have objected since the round was judged."""
    held = Person.objects.select_for_update().filter(pk__in=people)
    list(held.values_list("pk", flat=True))
    for person in judged(Person.objects.filter(pk__in=people), now).filter(verdict=""):
        invite(person=person, round_=round_, now=now)


@transaction.atomic
def invite(*, person: Person, round_: QuestionnaireRound, now: datetime) -> Invitation:
    """The invitation and its mail exist together; a second one of the same round is the first."""
    invitation, created = Invitation.objects.get_or_create(
        round=round_, person=person,
        defaults={
            "nonce": get_random_string(22), "created_at": now, "expires_at": now + timedelta(days=LINK_DAYS),
        },
    )  # fmt: skip
    if created:
        invitation.mail = queue_invitation(invitation, reminder=0, started=False, now=now)
        invitation.save(update_fields=["mail"])
    return invitation


@transaction.atomic
def revoke(*, invitation: Invitation, by: Any, now: datetime) -> bool:
    """Close a link; answers saved so far stay with the person and are not scored. False when it was closed."""
    open_ = Invitation.objects.filter(
        pk=invitation.pk, revoked_at__isnull=True, sheet__completed_at__isnull=True
    )
    return bool(open_.update(revoked_at=now, revoked_by=by))
