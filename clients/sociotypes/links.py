"""Personal links: signed, for thirty days, revocable. Reading one changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from clients.models import AnswerSheet, Invitation
from clients.rules import ClientState
from clients.sociotypes.permission import is_profiled
from clients.sociotypes.rules.asking import LINK_DAYS

SALT = "sociotype"


class LinkState(StrEnum):
    OPEN = "open"
    BROKEN = "broken"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ANSWERED = "answered"
    REFUSED = "refused"  # the person wants no profile, no more questionnaires, or is no longer there


@dataclass(frozen=True)
class Link:
    """What a token opens. A broken one tells nothing; all others name their invitation."""

    state: LinkState
    token: str
    invitation: Invitation | None = None
    sheet: AnswerSheet | None = None

    @property
    def held(self) -> Invitation:
        """Raises ``ValueError`` for a broken link."""
        if self.invitation is None:
            raise ValueError(self.state)
        return self.invitation


def token_of(invitation: Invitation) -> str:
    return signing.dumps({"invitation_id": invitation.pk, "nonce": invitation.nonce}, salt=SALT)


def address_of(invitation: Invitation) -> str:
    """For mails: the host is the configured one, never that of a request."""
    return f"{settings.CMIX_BASE_URL}{reverse('questionnaire:welcome', args=[token_of(invitation)])}"


def open_link(token: str, now: datetime) -> Link:
    """Three queries at most, none of which writes."""
    try:
        said = signing.loads(token, salt=SALT)
        pk, nonce = int(said["invitation_id"]), str(said["nonce"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return Link(LinkState.BROKEN, token)
    invitation = Invitation.objects.select_related("person__client").filter(pk=pk).first()
    if invitation is None or not constant_time_compare(nonce, invitation.nonce):
        return Link(LinkState.BROKEN, token)
    sheet = AnswerSheet.objects.filter(invitation=invitation).first()
    return Link(_state(token, invitation, sheet, now), token, invitation, sheet)


def _state(token: str, invitation: Invitation, sheet: AnswerSheet | None, now: datetime) -> LinkState:
    if refuses(invitation):
        return LinkState.REFUSED
    if sheet is not None and sheet.completed_at is not None:
        return LinkState.ANSWERED
    if invitation.revoked_at is not None:
        return LinkState.REVOKED
    if now > invitation.expires_at or _too_old(token):
        return LinkState.EXPIRED
    return LinkState.OPEN


def _too_old(token: str) -> bool:
    try:
        signing.loads(token, salt=SALT, max_age=LINK_DAYS * 86400)
    except signing.SignatureExpired:
        return True
    return False


def refuses(invitation: Invitation) -> bool:
    """Asked anew at every step: an objection noted anywhere closes the link."""
    person = invitation.person
    if person.client.state != ClientState.ACTIVE or person.left_on is not None:
        return True
    opted_out = type(person).objects.filter(pk=person.pk, questionnaire_opt_out__isnull=False).exists()
    return opted_out or not is_profiled(person)
